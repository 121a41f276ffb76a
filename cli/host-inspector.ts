import type { MonitorDefinition } from '../plugins/core/monitor.ts';
import { hostInspector } from '../plugins/host-inspector/host-inspector.ts';
import { siblingsIn } from '../plugins/host-inspector/monitors/siblings.ts';
import type { hostSettings } from '../plugins/host-inspector/settings.ts';
import { liveSources } from '../plugins/host-inspector/sources.ts';
import { runChild } from '../plugins/linux/child.ts';
import type { FilesystemProbe } from '../plugins/linux/filesystem-probe.ts';
import type { MonitorParts } from './monitor-parts.ts';
import { sparingly } from './spare-memory.ts';

/** The host-inspector with the file systems that `probe` asks, and with the node's other monitors, whose sockets lie in `socketFolder`. */
export function hostInspectorOf({ recorded }: MonitorParts, probe: FilesystemProbe, socketFolder: string): MonitorDefinition<typeof hostSettings> {
  return hostInspector(probe, recorded?.sources ?? { ...liveSources, run: sparingly(runChild), askSibling: siblingsIn(socketFolder) });
}
