import type { ConditionSpec } from '../../core/conditions.ts';

const MINUTE_MS = 60_000;

/** Links between GPUs, or to the host, that are worse than they were. */
export const gpuInterconnectFault: ConditionSpec = {
  type: 'GPUInterconnectFault',
  polarity: 'problem',
  reasons: [
    {
      reason: 'FabricUnhealthy',
      severity: 'warn',
      reads: 'nvidia-smi -q -x, fabric',
      limit: 'state other than Completed, or its health not good',
      advice: 'Look at `systemctl status nvidia-fabricmanager` (or nvidia-imex) and its log; restart it while no GPU is in use.',
      // Registration takes minutes after a boot.
      raiseAfterMs: 5 * MINUTE_MS,
      clearAfterMs: MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'NVLinkInactive',
      severity: 'warn',
      reads: 'nvidia-smi nvlink -s',
      limit: 'fewer active links than before, or than the other GPUs of the node have',
      advice: 'Look at `nvidia-smi nvlink -e` and for XID 74 and 144 to 150 in the kernel log; reset the GPUs, check cables and the NVSwitch if it stays.',
      // Seen by two looks in a row: a reset trains them anew.
      raiseAfterMs: 4 * MINUTE_MS,
      clearAfterMs: MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'PCIeLinkDegraded',
      severity: 'warn',
      reads: 'nvidia-smi -q -x, pci',
      limit: 'fewer lanes than before while in use, or replays far above the usual rate',
      advice: 'Look at the AER lines of `dmesg | grep -i aer` and `lspci -vv -s <PCI address>` (LnkSta); reseat the board or its riser.',
      raiseAfterMs: 5 * MINUTE_MS,
      clearAfterMs: 5 * MINUTE_MS,
      privilege: 'a',
    },
  ],
  healthy: { reason: 'NoGPUInterconnectFault', message: 'all links of the GPUs are as they were' },
  unknownReason: 'GPUInterconnectUnknown',
  notApplicableReason: 'NoGPUPresent',
  moreNotApplicableReasons: ['NoGPUExpected', 'NotReportedByGPU'],
};
