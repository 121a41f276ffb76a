import type { ConditionSpec } from '../../core/conditions.ts';

const MINUTE_MS = 60_000;

/** The hardware slows GPUs down by itself. */
export const gpuThrottled: ConditionSpec = {
  type: 'GPUThrottled',
  polarity: 'problem',
  reasons: [
    {
      reason: 'HardwareThermalSlowdown',
      severity: 'warn',
      reads: 'nvidia-smi -q -x, clocks_event_reasons and their counters',
      limit: 'active, or more than 5% of the time',
      advice: 'Check fans, air flow and inlet temperature; training on this node is slowed down for all others.',
      raiseAfterMs: 90_000,
      clearAfterMs: 5 * MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'PowerBrakeSlowdown',
      severity: 'warn',
      reads: 'nvidia-smi -q -x, clocks_event_reasons and their counters',
      limit: 'active, or more than 5% of the time',
      advice: 'Check power supplies, their cables and the power cap of the chassis (`ipmitool sdr type "Power Supply"`).',
      raiseAfterMs: 90_000,
      clearAfterMs: 5 * MINUTE_MS,
      privilege: 'a',
    },
  ],
  healthy: { reason: 'NoGPUHardwareSlowdown', message: 'the hardware slows no GPU down' },
  unknownReason: 'GPUThrottledUnknown',
  notApplicableReason: 'NoGPUPresent',
  moreNotApplicableReasons: ['NoGPUExpected', 'NotReportedByGPU'],
};
