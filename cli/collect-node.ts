import { join, resolve } from 'node:path';
import type { SettingsOf, SettingsTable } from '../plugins/core/settings.ts';
import { collectReport } from '../plugins/host-inspector/report/collect.ts';
import type { NodeReport } from '../plugins/host-inspector/report/model.ts';
import type { ReportOptions } from '../plugins/host-inspector/report/scene.ts';
import type { HostSettings } from '../plugins/host-inspector/settings.ts';
import { runChild } from '../plugins/linux/child.ts';
import type { Context, ParsedArgs } from './command.ts';
import type { Host } from './host.ts';
import { givenNodeName } from './node-name.ts';
import { text } from './options.ts';
import { version } from './version.ts';

/** Half a second is enough for some fifty ticks of each CPU. */
const CPU_WINDOW_MS = 500;

/** What differs between a report of its own and one of a node that is served. */
export type OwnOptions = Pick<ReportOptions, 'conditions' | 'timeoutMs' | 'inventory'>;

/**
 * The node report of the host that the flags name. Of a recording there is no inventory, whatever `own` says.
 *
 * @param configured of the host-inspector
 */
export async function collectNode(args: ParsedArgs, context: Context, host: Host, configured: SettingsOf<SettingsTable>, own: OwnOptions): Promise<NodeReport> {
  return await collectReport({
    ...own,
    root: host.root,
    nodeName: givenNodeName(args, context, host.recording),
    version: version(),
    // The table of the monitor is the host-inspector's own.
    settings: configured as unknown as HostSettings,
    probe: host.probe,
    cpuWindowMs: CPU_WINDOW_MS,
    isRecording: host.recording !== undefined,
    inventory: host.recording === undefined ? own.inventory : undefined,
    run: runChild,
    nowMs: host.nowMs,
    signal: context.signal,
  });
}

/** This very program as a child, since what it asks may end it; with `--state-dir` it is asked once per boot. */
export function inventoryOf(args: ParsedArgs, { self: [executable, ...first] }: Context): NonNullable<ReportOptions['inventory']> {
  const folder = text(args, 'state-dir');
  return {
    command: [executable, ...first, 'inspect', '--inventory'],
    cacheFile: folder === undefined ? undefined : join(resolve(folder), 'inventory.json'),
  };
}
