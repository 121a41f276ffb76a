import type { ConditionSpec, ReasonSpec } from '../../core/conditions.ts';

/**
 * Below the time between two looks: raised, and cleared, by the second one, so within two periods. A monitor that is restarted
 * is back before it, as a rule; one that ends again and again is not told to be back each time.
 */
const PATIENCE = { severity: 'warn', raiseAfterMs: 20_000, clearAfterMs: 20_000 } as const satisfies Partial<ReasonSpec>;

/** Another monitor of this node does not answer, so what NPD last heard of it stays on the node. */
export const nodeMonitorDown: ConditionSpec = {
  type: 'NodeMonitorDown',
  polarity: 'problem',
  reasons: [
    {
      ...PATIENCE,
      reason: 'GPUMonitorDown',
      reads: '/var/run/npd/npd-gpu-monitor.sock, or where our own socket lies; /sys/bus/pci/devices, /sys/module/nvidia, /proc/uptime',
      limit: 'no answer within 3 seconds by two looks; or NVIDIA GPUs without a driver for 15 minutes where its programs are installed',
      advice: 'The GPU conditions of this node are stale. See its container with `kubectl get pods -A -o wide`, the driver with `nvidia-smi`; set gpuMonitorExpected to no if it was removed on purpose.',
      privilege: 'a',
    },
    {
      ...PATIENCE,
      reason: 'NetworkVerifierDown',
      reads: '/var/run/npd/npd-{network-verifier,pod-network-verifier}.sock, or where our own socket lies',
      limit: 'no answer within 3 seconds by two looks',
      advice: 'The network conditions of this node are stale. See its container with `kubectl get pods -A -o wide`; set networkVerifierExpected (or podNetworkVerifierExpected) to no if it was removed on purpose.',
      privilege: 'a',
    },
  ],
  healthy: { reason: 'NodeMonitorsAnswer', message: 'all monitors that are expected on this node answer' },
  unknownReason: 'NodeMonitorsUnknown',
  notApplicableReason: 'NoNodeMonitors',
};
