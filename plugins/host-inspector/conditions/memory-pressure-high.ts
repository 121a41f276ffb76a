import type { ConditionSpec } from '../../core/conditions.ts';
import { memorySettings } from '../settings/memory.ts';

const { memoryStalledMaxPercent, memoryAvailableMinPercent, memoryAvailableFloorBytes, memoryAvailableEnoughBytes } = memorySettings;
const [FLOOR_MI, ENOUGH_GI] = [memoryAvailableFloorBytes.initial / 2 ** 20, memoryAvailableEnoughBytes.initial / 2 ** 30];

/** The node runs out of memory, or all its tasks wait for it. */
export const memoryPressureHigh: ConditionSpec = {
  type: 'MemoryPressureHigh',
  polarity: 'problem',
  reasons: [
    {
      reason: 'MemoryStalled',
      severity: 'warn',
      reads: '/proc/pressure/memory',
      limit: `full avg60 above ${memoryStalledMaxPercent.initial}%`,
      advice: 'Find what grows with `kubectl top pod -A`, check memory limits, look for OOMKilling events.',
      raiseAfterMs: 90_000,
      clearAfterMs: 90_000,
      privilege: 'a',
    },
    {
      reason: 'MemoryLow',
      severity: 'warn',
      reads: '/proc/meminfo',
      limit: `available below ${memoryAvailableMinPercent.initial}% of all memory, at least ${FLOOR_MI}Mi, at most ${ENOUGH_GI}Gi`,
      advice: 'Find what grows with `kubectl top pod -A` or `systemd-cgtop -m`; kubelet evicts below 100Mi.',
      raiseAfterMs: 90_000,
      clearAfterMs: 90_000,
      privilege: 'a',
    },
  ],
  healthy: { reason: 'NodeHasMemoryAvailable', message: 'memory is available and tasks do not wait for it' },
  unknownReason: 'MemoryPressureUnknown',
  notApplicableReason: 'MemoryPressureNotMeasured',
};
