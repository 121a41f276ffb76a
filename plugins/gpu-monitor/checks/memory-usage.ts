import type { Check } from '../../core/check.ts';
import { type Verdict, healthy, notApplicable, partOf, problem } from '../../core/verdict.ts';
import { productOf } from '../device.ts';
import type { GpuSettings } from '../settings.ts';
import { numberOf } from '../smi/read-field.ts';
import type { GpuSources } from '../sources.ts';
import { cannotTell } from './judging.ts';
import { type GpuContext, type GpuFinding, perGpu } from './per-gpu.ts';

const SOURCE = 'nvidia-smi -q -x, fb_memory_usage';

const PART = 'memory';

const NOT_SET: Verdict = { ...notApplicable('memory_threshold is not set'), reason: 'MemoryThresholdNotSet' };

/** Memory in use against `memory_threshold`; without that it is nobody's problem, not even that of a GPU of which nothing can be told. */
export function memoryUsage(sources: GpuSources): Check<GpuSettings> {
  const check = perGpu(sources, 'memory-usage', 'GPUMemoryPressure', judgeMemoryUsage);
  return {
    ...check,
    async look(scene) {
      const look = await check.look(scene);
      const isLimited = scene.settings.memory_threshold !== 'off';
      return isLimited || look.verdicts.every(({ kind }) => kind === 'not-applicable') ? look : { ...look, verdicts: [NOT_SET] };
    },
  };
}

/** Pure. */
export function judgeMemoryUsage(context: GpuContext): GpuFinding {
  const { gpu, name, settings: { memory_threshold: limit } } = context;
  if (limit === 'off') return { verdicts: [NOT_SET] };
  const [used, total] = [numberOf(gpu.fields.memoryUsed, 'MiB'), numberOf(gpu.fields.memoryTotal, 'MiB')];
  if (used.kind === 'bad') return { verdicts: [cannotTell(context, 'fb_memory_usage used', used.text, PART)] };
  if (total.kind === 'bad') return { verdicts: [cannotTell(context, 'fb_memory_usage total', total.text, PART)] };
  if (used.kind === 'none' && total.kind === 'none') return { verdicts: [notApplicable(`${productOf(gpu)} reports no fb_memory_usage`)] };
  if (used.kind === 'none' || total.kind === 'none') return { verdicts: [cannotTell(context, 'fb_memory_usage', 'only one of total and used', PART)] };
  if (total.value <= 0) return { verdicts: [cannotTell(context, 'fb_memory_usage total', '0 MiB', PART)] };
  const percent = (used.value / total.value) * 100;
  const message = `${name}: more than ${limit}% of its memory in use (memory_threshold)`;
  return {
    verdicts: [percent > limit ? problem('GPUMemoryUsageHigh', partOf(gpu.address, PART), message) : healthy],
    readings: [{ name: 'memory_used', subject: gpu.address, value: Math.round(percent * 10) / 10, unit: 'percent', source: SOURCE }],
  };
}
