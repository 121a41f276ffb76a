import type { Check } from '../../core/check.ts';
import { type Verdict, healthy, problem, unknown, unknownOf } from '../../core/verdict.ts';
import { describeGpu } from '../device.ts';
import type { GpuSettings } from '../settings.ts';
import type { SmiLook } from '../smi/look.ts';
import { numberOf } from '../smi/read-field.ts';
import type { GpuRecord } from '../smi/record.ts';
import type { GpuSources } from '../sources.ts';
import { SMI_TIMES, smiScene, withoutData } from './smi-look.ts';

/** npd-ext's own defaults. */
const TEMPERATURE_LIMIT_C = 85;
const MEMORY_LIMIT_PERCENT = 95;

/** The condition GPUHealthy by the rules of npd-ext's plugin, but of every GPU, and without taking what cannot be read for 0. */
export function npdExt({ smi }: GpuSources): Check<GpuSettings> {
  return {
    name: 'npd-ext',
    condition: 'GPUHealthy',
    ...SMI_TIMES,
    look: async ({ root, settings }) => ({ verdicts: judgeNpdExt(await smi.look(smiScene(root, settings)), settings) }),
  };
}

/** Pure. */
export function judgeNpdExt(look: SmiLook, settings: Pick<GpuSettings, 'temperature_threshold' | 'memory_threshold'>): readonly Verdict[] {
  if (look.kind === 'missing') return [{ ...unknown(look.message), reason: 'GPUNotAvailable' }];
  if (look.kind === 'failed') return [unknown(look.complaints[0]?.text ?? 'nvidia-smi failed')];
  if (look.kind !== 'answered') return [withoutData(look)];
  const { gpus, isWhole } = look.document;
  if (gpus.length === 0) return [{ ...unknown('nvidia-smi lists no GPU'), reason: 'GPUNotAvailable' }];
  return [...gpus.map((gpu) => judgeGpu(gpu, settings)), ...(isWhole ? [] : [unknownOf('others', 'the output of nvidia-smi is not whole')])];
}

function judgeGpu(gpu: GpuRecord, settings: Pick<GpuSettings, 'temperature_threshold' | 'memory_threshold'>): Verdict {
  const { address, fields } = gpu;
  const name = describeGpu(gpu);
  const hottest = settings.temperature_threshold === 'off' ? TEMPERATURE_LIMIT_C : settings.temperature_threshold;
  const fullest = settings.memory_threshold === 'off' ? MEMORY_LIMIT_PERCENT : settings.memory_threshold;
  const [temperature, usedPercent] = [numberOf(fields.temperature, 'C'), usedPercentOf(gpu)];
  const isHot = temperature.kind === 'number' && temperature.value > hottest;
  const isFull = usedPercent !== undefined && usedPercent > fullest;
  const isReadable = temperature.kind === 'number' && usedPercent !== undefined;
  if (!isHot && !isFull) return isReadable ? healthy : unknownOf(address, `${name}: temperature or memory cannot be read`);
  if (isHot && isFull) return problem('GPUMultipleIssues', address, `${name}: hotter than ${hottest} C, and more than ${fullest}% of its memory in use`);
  return isHot ? problem('GPUOverheating', address, `${name}: hotter than ${hottest} C`) : problem('GPUMemoryHigh', address, `${name}: more than ${fullest}% of its memory in use`);
}

function usedPercentOf({ fields }: GpuRecord): number | undefined {
  const [used, total] = [numberOf(fields.memoryUsed, 'MiB'), numberOf(fields.memoryTotal, 'MiB')];
  return used.kind === 'number' && total.kind === 'number' && total.value > 0 ? (used.value / total.value) * 100 : undefined;
}
