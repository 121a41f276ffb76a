import type { ConditionSpec, EventSpec } from '../core/conditions.ts';
import { gpuDriverUnhealthy } from './conditions/gpu-driver-unhealthy.ts';
import { gpuHung } from './conditions/gpu-hung.ts';
import { gpuInterconnectFault } from './conditions/gpu-interconnect-fault.ts';
import { gpuMemoryFault } from './conditions/gpu-memory-fault.ts';
import { gpuMemoryPressure } from './conditions/gpu-memory-pressure.ts';
import { gpuMissing } from './conditions/gpu-missing.ts';
import { gpuRecoveryRequired } from './conditions/gpu-recovery-required.ts';
import { gpuTemperatureHigh } from './conditions/gpu-temperature-high.ts';
import { gpuThrottled } from './conditions/gpu-throttled.ts';
import { gpuXidError } from './conditions/gpu-xid-error.ts';
import { type RollUp, rollUpNames, rollUpSpecs } from './roll-ups.ts';
import { xidEvents } from './xid/events.ts';

/** The condition table of the gpu-monitor, without roll-ups. */
const CONDITIONS: readonly ConditionSpec[] = [
  gpuHung, gpuDriverUnhealthy, gpuMissing, gpuXidError, gpuMemoryFault, gpuMemoryPressure, gpuTemperatureHigh, gpuThrottled, gpuInterconnectFault, gpuRecoveryRequired,
];

/** The condition table with the roll-ups that were asked for, at its end and always in the same order: NPD, the documentation and the tests read it from here. */
export function gpuConditions(rollUps: readonly RollUp[]): readonly ConditionSpec[] {
  return [...CONDITIONS, ...rollUpNames.filter((name) => rollUps.includes(name)).map((name) => rollUpSpecs[name])];
}

/** Events of the gpu-monitor that belong to no condition. */
export const gpuEvents: readonly EventSpec[] = [
  ...xidEvents,
  { reason: 'InfoROMCorrupted', severity: 'warn', reads: 'nvidia-smi -q -x, exit code 14', meaning: 'the InfoROM of a GPU is corrupted while the GPU can be read and used; once' },
];
