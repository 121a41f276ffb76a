import type { ConditionSpec } from '../../core/conditions.ts';

/** nvidia-smi does not end: whatever asks the driver hangs as well. */
export const gpuHung: ConditionSpec = {
  type: 'GPUHung',
  polarity: 'problem',
  reasons: [
    {
      reason: 'NvidiaSmiUninterruptible',
      severity: 'warn',
      reads: 'nvidia-smi -q -x, /proc/<pid>/stat',
      limit: 'does not end by SIGKILL, at two looks in a row',
      advice: 'Look for XIDs with `dmesg | grep NVRM`, collect `nvidia-bug-report.sh` if it still runs, drain the node and reboot it.',
      // Seen at a first look and at the next one, which comes up to a tenth early.
      raiseAfterMs: 20_000,
      clearAfterMs: 0,
      privilege: 'a',
    },
    {
      reason: 'NvidiaSmiTimeout',
      severity: 'warn',
      reads: 'nvidia-smi -q -x, /proc/<pid>/stat',
      limit: 'not ended within 20 seconds although it got CPU, at two looks in a row',
      advice: 'Look for XIDs with `dmesg | grep NVRM` and enable persistence mode (`nvidia-persistenced`); drain the node and reboot it if it stays.',
      raiseAfterMs: 20_000,
      clearAfterMs: 0,
      privilege: 'a',
    },
  ],
  healthy: { reason: 'NvidiaSmiIsResponsive', message: 'nvidia-smi answers in time' },
  unknownReason: 'GPUHungUnknown',
  notApplicableReason: 'NoGPUPresent',
  moreNotApplicableReasons: ['NoGPUExpected'],
};
