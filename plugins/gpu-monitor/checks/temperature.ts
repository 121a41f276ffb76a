import type { Check, Reading } from '../../core/check.ts';
import { type Verdict, healthy, notApplicable, partOf, problem } from '../../core/verdict.ts';
import { productOf } from '../device.ts';
import type { GpuSettings } from '../settings.ts';
import { type NumberRead, numberOf } from '../smi/read-field.ts';
import type { FieldName } from '../smi/record.ts';
import type { GpuSources } from '../sources.ts';
import { cannotTell, notReported } from './judging.ts';
import { type GpuContext, type GpuFinding, perGpu } from './per-gpu.ts';

const SOURCE = 'nvidia-smi -q -x, temperature';

/** Parts of a GPU that are judged by themselves. */
const [CORE, THRESHOLD, MEMORY] = ['core', 'threshold', 'memory'];

/** Temperature against the limits of the device itself, which differ between healthy boards by 25 degrees. */
export function temperature(sources: GpuSources): Check<GpuSettings> {
  return perGpu(sources, 'temperature', 'GPUTemperatureHigh', judgeTemperature);
}

/** Pure. Boards with a T.Limit tell how far they are from their limit, older ones the temperature at which they slow down. */
export function judgeTemperature(context: GpuContext): GpuFinding {
  const { gpu } = context;
  const verdicts = [...core(context), ...fixed(context), ...memory(context)];
  const isJudged = verdicts.some(({ kind }) => kind !== 'not-applicable');
  return {
    verdicts: isJudged ? verdicts : [notApplicable(`${productOf(gpu)} reports no temperature with a limit`)],
    readings: [...reading(context, 'temperature', 'temperature'), ...reading(context, 'temperature_margin', 'temperatureMargin'), ...reading(context, 'memory_temperature', 'memoryTemperature')],
  };
}

/** A temperature, or a margin, and the one at which the hardware slows down. */
interface Measure {
  /** Degrees left; 0 and less is beyond the limit. */
  readonly left: number;
  /** For messages. */
  readonly where: string;
}

/** By the margin where the board tells one with its limit, else by the temperature. What one of them says is not hidden by the other, which cannot be read. */
function core(context: GpuContext): readonly Verdict[] {
  const { gpu: { fields, address }, name, settings: { nearSlowdownCelsius } } = context;
  const [margin, marginLimit] = [numberOf(fields.temperatureMargin, 'C'), numberOf(fields.slowdownMargin, 'C')];
  const [now, limit] = [numberOf(fields.temperature, 'C'), numberOf(fields.slowdownTemperature, 'C')];
  const measure = byMargin(margin, marginLimit) ?? byTemperature(now, limit);
  if (measure !== undefined && measure.left <= 0) return [problem('GPUOverheating', partOf(address, CORE), `${name}: as hot as where it slows down (${measure.where})`)];
  const bad = firstBad([['gpu_temp_tlimit', margin], ['gpu_temp_slow_tlimit_threshold', marginLimit], ['gpu_temp', now], ['gpu_temp_slow_threshold', limit]]);
  if (bad !== undefined) return [cannotTell(context, bad.element, bad.text, CORE)];
  if (marginLimit.kind === 'number' && margin.kind === 'none') return [cannotTell(context, 'gpu_temp_tlimit', 'nothing, though there is a limit for it', CORE)];
  if (measure === undefined) return withoutMeasure(context, margin, limit);
  if (measure.left < nearSlowdownCelsius) return [problem('GPUNearSlowdown', partOf(address, CORE), `${name}: less than ${nearSlowdownCelsius} degrees from where it slows down (${measure.where})`)];
  return [healthy, ...(margin.kind === 'number' ? notReported(context, 'slowdownMargin', 'gpu_temp_slow_tlimit_threshold') : [])];
}

function byMargin(margin: NumberRead, limit: NumberRead): Measure | undefined {
  if (margin.kind !== 'number' || limit.kind !== 'number') return undefined;
  return { left: margin.value - limit.value, where: `T.Limit margin ${limit.value} C, gpu_temp_slow_tlimit_threshold` };
}

function byTemperature(now: NumberRead, limit: NumberRead): Measure | undefined {
  if (now.kind !== 'number' || limit.kind !== 'number') return undefined;
  return { left: limit.value - now.value, where: `${limit.value} C, gpu_temp_slow_threshold` };
}

/** What always comes together must come together; a driver or question that knows no limit at all is another matter. */
function withoutMeasure(context: GpuContext, margin: NumberRead, limit: NumberRead): readonly Verdict[] {
  const { slowdownMargin } = context.gpu.fields;
  if (limit.kind === 'number') return [cannotTell(context, 'gpu_temp', 'nothing, though there is a limit for it', CORE)];
  if (margin.kind === 'number' && slowdownMargin.kind === 'unsupported') return [cannotTell(context, 'gpu_temp_slow_tlimit_threshold', 'nothing, though there is a margin to it', CORE)];
  return [notApplicable(`${productOf(context.gpu)} reports no temperature at which it slows down`)];
}

/** The limit that somebody set. */
function fixed(context: GpuContext): readonly Verdict[] {
  const { gpu, name, settings: { temperature_threshold: limit } } = context;
  if (limit === 'off') return [];
  const now = numberOf(gpu.fields.temperature, 'C');
  if (now.kind !== 'number') return [cannotTell(context, 'gpu_temp', now.kind === 'bad' ? now.text : 'nothing, though temperature_threshold is set', THRESHOLD)];
  return [now.value > limit ? problem('GPUOverheating', partOf(gpu.address, THRESHOLD), `${name}: hotter than ${limit} C (temperature_threshold)`) : healthy];
}

/** Memory of its own with a limit: HBM. Where the limit is a margin of which the state is not told, there is nothing to compare. */
function memory(context: GpuContext): readonly Verdict[] {
  const { gpu: { fields, address }, name } = context;
  const [now, limit] = [numberOf(fields.memoryTemperature, 'C'), numberOf(fields.memoryMaxTemperature, 'C')];
  const bad = firstBad([['memory_temp', now], ['gpu_temp_max_mem_threshold', limit]]);
  if (bad !== undefined) return [cannotTell(context, bad.element, bad.text, MEMORY)];
  if (limit.kind === 'none') return now.kind === 'none' ? notReported(context, 'memoryTemperature', 'memory_temp') : notReported(context, 'memoryMaxTemperature', 'gpu_temp_max_mem_threshold');
  if (now.kind === 'none') return [cannotTell(context, 'memory_temp', 'nothing, though there is a limit for it', MEMORY)];
  const where = `${valueOf(limit)} C, gpu_temp_max_mem_threshold`;
  return [valueOf(now) >= valueOf(limit) ? problem('GPUOverheating', partOf(address, MEMORY), `${name}: its memory is as hot as it may be (${where})`) : healthy];
}

function firstBad(reads: readonly (readonly [string, NumberRead])[]): { readonly element: string; readonly text: string } | undefined {
  const [bad] = reads.flatMap(([element, read]) => (read.kind === 'bad' ? [{ element, text: read.text }] : []));
  return bad;
}

function valueOf(read: NumberRead): number {
  return read.kind === 'number' ? read.value : NaN;
}

function reading({ gpu }: GpuContext, name: string, field: FieldName): readonly Reading[] {
  const read = numberOf(gpu.fields[field], 'C');
  return read.kind === 'number' ? [{ name, subject: gpu.address, value: read.value, unit: 'celsius', source: SOURCE }] : [];
}
