import type { Check } from '../../core/check.ts';
import { isRecord } from '../../core/decode.ts';
import { type Verdict, healthy, notApplicable, partOf, problem } from '../../core/verdict.ts';
import { productOf } from '../device.ts';
import type { GpuSettings } from '../settings.ts';
import { type FlagRead, type NumberRead, activeOf, numberOf } from '../smi/read-field.ts';
import type { FieldName } from '../smi/record.ts';
import type { GpuSources } from '../sources.ts';
import { cannotTell, isExpected, notReported } from './judging.ts';
import { type GpuContext, type GpuFinding, perGpu } from './per-gpu.ts';

interface Cause {
  readonly reason: string;
  readonly state: FieldName;
  readonly counterUs: FieldName;
  readonly element: string;
  readonly says: string;
}

/** What the hardware does by itself. A power cap of the software and its own limit of heat are how healthy GPUs work under load. */
const CAUSES: readonly Cause[] = [
  { reason: 'HardwareThermalSlowdown', state: 'hwThermalSlowdown', counterUs: 'hwThermalSlowdownUs', element: 'hw_thermal_slowdown', says: 'heat makes the hardware halve its clocks' },
  { reason: 'PowerBrakeSlowdown', state: 'powerBrakeSlowdown', counterUs: 'powerBrakeSlowdownUs', element: 'hw_power_brake_slowdown', says: 'the power supply makes the hardware halve its clocks' },
];

const SOURCE = 'nvidia-smi -q -x, clocks_event_reasons_counters';

/** Does the hardware slow a GPU down? The counters also tell what happened between two looks. */
export function throttled(sources: GpuSources): Check<GpuSettings> {
  return perGpu(sources, 'throttled', 'GPUThrottled', judgeThrottled);
}

/** Pure. */
export function judgeThrottled(context: GpuContext): GpuFinding {
  const found = CAUSES.map((cause) => judgeCause(context, cause));
  const verdicts = found.flatMap(({ verdicts }) => verdicts);
  const memo = Object.fromEntries(found.flatMap(({ counterUs, seenBy }, index) => {
    const element = CAUSES[index]?.element ?? '';
    return [...(counterUs === undefined ? [] : [[element, counterUs]]), ...(seenBy === undefined ? [] : [[seenByKey(element), seenBy]])];
  }));
  return {
    verdicts: verdicts.some(({ kind }) => kind !== 'not-applicable') ? verdicts : [notApplicable(`${productOf(context.gpu)} reports no hardware slowdowns`)],
    memo,
    readings: found.flatMap(({ percent }, index) => (percent === undefined ? [] : [
      { name: `${CAUSES[index]?.element ?? ''}_time`, subject: context.gpu.address, value: Math.round(percent * 10) / 10, unit: 'percent', source: SOURCE },
    ])),
  };
}

/** Elements of one block, which a driver either fills all or none. */
const STATES: readonly FieldName[] = ['hwThermalSlowdown', 'powerBrakeSlowdown', 'swThermalSlowdown', 'swPowerCap', 'hwSlowdown'];
const COUNTERS: readonly FieldName[] = ['hwThermalSlowdownUs', 'powerBrakeSlowdownUs', 'swThermalSlowdownUs', 'swPowerCapUs'];

function isMissing({ gpu: { fields } }: GpuContext, field: FieldName, block: readonly FieldName[]): boolean {
  return fields[field].kind === 'unsupported' && block.some((other) => isExpected(fields[other]));
}

interface CauseFinding {
  readonly verdicts: readonly Verdict[];
  readonly counterUs?: number;
  readonly percent?: number;
  readonly seenBy?: SeenBy | undefined;
}

/** By which of the two a slowdown was seen first: its message stays with that as long as either lasts. */
type SeenBy = 'state' | 'share';

const seenByKey = (element: string): string => `${element} seen by`;

function seenByBefore(memo: unknown, element: string): SeenBy | undefined {
  const value = isRecord(memo) ? memo[seenByKey(element)] : undefined;
  return value === 'state' || value === 'share' ? value : undefined;
}

function judgeCause(context: GpuContext, { reason, state, counterUs, element, says }: Cause): CauseFinding {
  const { gpu, name, before, settings: { hardwareSlowdownMaxPercent: limit } } = context;
  const [active, counter] = [activeOf(gpu.fields[state]), numberOf(gpu.fields[counterUs], 'us')];
  const percent = timeShare(before, element, counter);
  const kept = { ...(counter.kind === 'number' ? { counterUs: counter.value } : {}), ...(percent === undefined ? {} : { percent }) };
  // What one of the two says is not hidden by the other, which cannot be read.
  const isActive = active.kind === 'flag' && active.value;
  const [isLong, earlier] = [percent !== undefined && percent > limit, seenByBefore(before?.memo, element)];
  if (isLong || isActive) {
    const seenBy = earlier ?? (isActive ? 'state' : 'share');
    const how = seenBy === 'state' ? `${element} is Active` : `${element} for more than ${limit}% of the time`;
    return { ...kept, seenBy, verdicts: [problem(reason, partOf(gpu.address, element), `${name}: ${says} (${how})`)] };
  }
  const counterElement = `${element} counter`;
  const gap = gapOf(context, { field: state, element, read: active, block: STATES }, element) ?? gapOf(context, { field: counterUs, element: counterElement, read: counter, block: COUNTERS }, element);
  if (gap !== undefined) return { ...kept, seenBy: earlier, verdicts: [gap] };
  const isTold = active.kind === 'flag' || counter.kind === 'number';
  return { ...kept, verdicts: [...(isTold ? [healthy] : []), ...notReported(context, state, element), ...notReported(context, counterUs, counterElement)] };
}

/** Percent of the time since the look before in which the counter grew; undefined where that cannot be told. */
function timeShare(before: GpuContext['before'], element: string, counter: NumberRead): number | undefined {
  const lastUs = counterBefore(before?.memo, element);
  // One that shrank began anew with the driver.
  if (before === undefined || lastUs === undefined || counter.kind !== 'number' || counter.value < lastUs) return undefined;
  return ((counter.value - lastUs) / 1_000 / before.intervalMs) * 100;
}

interface Source {
  readonly field: FieldName;
  readonly element: string;
  readonly read: FlagRead | NumberRead;
  readonly block: readonly FieldName[];
}

function gapOf(context: GpuContext, { field, element, read, block }: Source, part: string): Verdict | undefined {
  if (read.kind === 'bad') return cannotTell(context, element, read.text, part);
  return isMissing(context, field, block) ? cannotTell(context, element, 'nothing, though the others are told', part) : undefined;
}

function counterBefore(memo: unknown, element: string): number | undefined {
  const value = isRecord(memo) ? memo[element] : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
