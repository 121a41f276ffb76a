import type { ConditionSpec } from '../../core/conditions.ts';

const MINUTE_MS = 60_000;

/** GPUs at, or near, the temperature at which they slow down. */
export const gpuTemperatureHigh: ConditionSpec = {
  type: 'GPUTemperatureHigh',
  polarity: 'problem',
  reasons: [
    {
      reason: 'GPUOverheating',
      severity: 'warn',
      reads: 'nvidia-smi -q -x, temperature',
      limit: 'at the slowdown limit of the device (T.Limit margin or threshold), of its memory, or above temperature_threshold',
      advice: 'Check fans, air flow, inlet temperature and, with liquid cooling, flow; move work away until it is cooler.',
      // Peaks of seconds are how a device under load regulates itself.
      raiseAfterMs: 90_000,
      clearAfterMs: 90_000,
      privilege: 'a',
    },
    {
      reason: 'GPUNearSlowdown',
      severity: 'warn',
      reads: 'nvidia-smi -q -x, temperature',
      limit: 'less than 3 degrees from there',
      advice: 'Compare with the other GPUs of the node: one that is hotter has bad contact or a blocked air path.',
      // Boards are built to work some degrees below their limit; only what stays there is told.
      raiseAfterMs: 10 * MINUTE_MS,
      clearAfterMs: 5 * MINUTE_MS,
      privilege: 'a',
    },
  ],
  healthy: { reason: 'NoGPUTemperatureHigh', message: 'all GPUs are below their own temperature limits' },
  unknownReason: 'GPUTemperatureUnknown',
  notApplicableReason: 'NoGPUPresent',
  moreNotApplicableReasons: ['NoGPUExpected', 'NotReportedByGPU'],
};
