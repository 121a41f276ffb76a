import type { ConditionSpec } from '../../core/conditions.ts';

const MINUTE_MS = 60_000;

/** A GPU is not there that should be. */
export const gpuMissing: ConditionSpec = {
  type: 'GPUMissing',
  polarity: 'problem',
  reasons: [
    {
      reason: 'GPUFellOffBus',
      severity: 'warn',
      reads: 'kernel log (XID 79), /sys/bus/pci/devices',
      limit: 'XID 79 in this boot, or gone from the PCI bus',
      advice: 'Drain the node, power it off and on, check seating and power, replace the GPU if it comes again. Taken out on purpose: set `--expect-gpus`, or stop the plugin and remove its state file.',
      raiseAfterMs: 0,
      clearAfterMs: 0,
      privilege: 'a',
    },
    {
      reason: 'GPULost',
      severity: 'warn',
      reads: 'nvidia-smi -q -x and what it complains of',
      limit: 'the driver says that the GPU is lost',
      advice: 'Drain the node and reboot it; look at `dmesg | grep NVRM` for the XID before it.',
      raiseAfterMs: 0,
      clearAfterMs: MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'GPUCountMismatch',
      severity: 'warn',
      reads: 'nvidia-smi -q -x, /sys/bus/pci/devices, /proc/driver/nvidia/gpus, last good look, `--expect-gpus`',
      limit: 'fewer than on the PCI bus, than before or than expected',
      advice: 'Look at `dmesg | grep NVRM` for the PCI address; set `--expect-gpus` if the GPU was taken out on purpose.',
      // A reset takes the GPU away for some seconds.
      raiseAfterMs: MINUTE_MS,
      clearAfterMs: MINUTE_MS,
      privilege: 'a',
    },
  ],
  healthy: { reason: 'NodeHasAllGPUs', message: 'all GPUs that should be there are' },
  unknownReason: 'GPUMissingUnknown',
  notApplicableReason: 'NoGPUPresent',
  moreNotApplicableReasons: ['NoGPUExpected'],
};
