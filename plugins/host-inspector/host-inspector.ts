import type { MonitorDefinition } from '../core/monitor.ts';
import type { FilesystemProbe } from '../linux/filesystem-probe.ts';
import { hostChecks } from './checks/index.ts';
import { hostConditions } from './conditions.ts';
import { hostSettings } from './settings.ts';
import type { HostSources } from './sources.ts';

/** The host-inspector as data: what it checks, what it can say, what can be set. */
export function hostInspector(probe: FilesystemProbe, sources?: HostSources): MonitorDefinition<typeof hostSettings> {
  return {
    name: 'host-inspector',
    description: 'Disks, memory, CPU, kernel limits, processes, network, hardware, clock, services, certificates and ports of the node',
    specs: hostConditions,
    settings: hostSettings,
    checks: hostChecks(probe, sources),
    // Once in the life of a process.
    selfTest: async (root) => (await import('./privileges/self-test.ts')).selfTest(root),
  };
}
