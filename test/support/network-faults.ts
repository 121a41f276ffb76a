import type { Detail, FaultRow, NetworkFault } from './network-fault.ts';
import { apiFaults } from './network-faults-api.ts';
import { dnsFaults } from './network-faults-dns.ts';
import { serviceFaults } from './network-faults-services.ts';
import { targetFaults } from './network-faults-targets.ts';

/** All of them, in the order of the conditions; the documentation has them from here. */
export const NETWORK_FAULTS: readonly NetworkFault[] = [
  ...faultsOf('ClusterDNSUnavailable', dnsFaults),
  ...faultsOf('APIServerUnreachable', apiFaults),
  ...faultsOf('NetworkTargetUnreachable', targetFaults),
  ...faultsOf('ServiceDiscoveryFailed', serviceFaults),
];

function faultsOf(condition: Detail, rows: readonly FaultRow[]): readonly NetworkFault[] {
  return rows.map(([what, reason, says, begin, more = {}]) => ({ what, condition, reason, says, begin, ...more }));
}
