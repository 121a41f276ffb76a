import type { ConditionSpec, ReasonSpec } from '../../core/conditions.ts';

const HARD_FACT = { severity: 'warn', reads: '/dev/kmsg', raiseAfterMs: 0, clearAfterMs: 0, privilege: 'e' } as const satisfies Partial<ReasonSpec>;

/** The driver logged an error (XID), or an NVSwitch (SXid), after which the GPU is not to be used. */
export const gpuXidError: ConditionSpec = {
  type: 'GPUXidError',
  polarity: 'problem',
  reasons: [
    {
      ...HARD_FACT,
      reason: 'GPUReplacementRequired',
      limit: 'an XID of failed hardware, or a grave one that came again 3 times within 30 days (setting `xidReplaceAfter`)',
      advice: 'Drain the node; inspect seating, power and cooling, run the field diagnostics of NVIDIA, replace the GPU.',
    },
    {
      ...HARD_FACT,
      reason: 'NodeRebootRequired',
      limit: 'an XID or SXid that only a reboot mends, such as 79; over with the boot',
      advice: 'Drain the node and reboot it, a power cycle for XID 79; if it comes again, have the board inspected.',
    },
    {
      ...HARD_FACT,
      reason: 'GPUResetRequired',
      limit: 'an XID or SXid that a reset mends, such as 48, 95, 119; over once nvidia-smi shows it, or the driver was loaded again',
      advice: 'End what uses the GPU, then `nvidia-smi --gpu-reset -i <PCI address>` (all GPUs of an NVSwitch fabric together), or reboot the node.',
    },
  ],
  healthy: { reason: 'NoGPUXidError', message: 'no XID is known that asks for a reset, a reboot or a new GPU' },
  unknownReason: 'GPUXidErrorUnknown',
  notApplicableReason: 'NoGPUPresent',
  moreNotApplicableReasons: ['NoGPUExpected', 'KernelLogNotReadable'],
};
