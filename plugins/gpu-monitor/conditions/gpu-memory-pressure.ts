import type { ConditionSpec } from '../../core/conditions.ts';

/** Memory in use above a limit that somebody set. */
export const gpuMemoryPressure: ConditionSpec = {
  type: 'GPUMemoryPressure',
  polarity: 'problem',
  reasons: [
    {
      reason: 'GPUMemoryUsageHigh',
      severity: 'warn',
      reads: 'nvidia-smi -q -x, fb_memory_usage',
      limit: 'off; used above memory_threshold where it is set',
      advice: 'Look who uses it with `nvidia-smi`; frameworks that take all memory at their start are healthy, so set no limit for them.',
      raiseAfterMs: 90_000,
      clearAfterMs: 90_000,
      privilege: 'a',
    },
  ],
  healthy: { reason: 'NodeHasGPUMemoryAvailable', message: 'the memory of all GPUs is below memory_threshold' },
  unknownReason: 'GPUMemoryPressureUnknown',
  notApplicableReason: 'NoGPUPresent',
  moreNotApplicableReasons: ['NoGPUExpected', 'MemoryThresholdNotSet', 'NotReportedByGPU'],
};
