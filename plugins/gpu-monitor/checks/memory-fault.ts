import type { Check } from '../../core/check.ts';
import { type Verdict, healthy, notApplicable, partOf, problem } from '../../core/verdict.ts';
import { productOf } from '../device.ts';
import type { GpuSettings } from '../settings.ts';
import { numberOf } from '../smi/read-field.ts';
import type { FieldName } from '../smi/record.ts';
import type { GpuSources } from '../sources.ts';
import { type FlagRule, cannotTell, isExpected, judgeFlag, notReported } from './judging.ts';
import { type GpuContext, type GpuFinding, perGpu } from './per-gpu.ts';

/**
 * Uncorrectable errors since the driver was loaded, by the names of all driver generations; sums of what is there. See
 * NVIDIA's "GPU memory error management": a single one has killed a workload, and the GPU is to be reset.
 */
const UNCORRECTABLE: readonly (readonly [FieldName, element: string])[] = [
  ['volatileSramUncorrectable', 'sram_uncorrectable'], ['volatileSramUncorrectableParity', 'sram_uncorrectable_parity'], ['volatileSramUncorrectableSecded', 'sram_uncorrectable_secded'],
  ['volatileDramUncorrectable', 'dram_uncorrectable'], ['volatileDoubleBit', 'double_bit'],
  // In MIG mode those of the SRAM are counted by its devices.
  ['migSramUncorrectable', 'sram_uncorrectable of MIG devices'],
];

const REMAP: readonly FlagRule[] = [
  { field: 'remapFailure', reason: 'RowRemapFailed', element: 'remapped_row_failure', says: 'a bad memory row could not be replaced (remapped_row_failure is Yes)' },
  { field: 'remapPending', reason: 'RowRemapPending', element: 'remapped_row_pending', says: 'a bad memory row is replaced by the next reset (remapped_row_pending is Yes)' },
];

const RETIREMENT: FlagRule = { field: 'retirementPending', reason: 'PageRetirementPending', element: 'pending_retirement', says: 'a bad memory page is retired by the next reset (pending_retirement is Yes)' };

const FLAGS: readonly FlagRule[] = [
  { field: 'unrepairableMemory', reason: 'MemoryUnrepairable', element: 'unrepairable_memory', says: 'the memory has a fault that no repair is left for (unrepairable_memory is Yes)' },
  { field: 'sramThresholdExceeded', reason: 'SramEccThresholdExceeded', element: 'sram_threshold_exceeded', says: 'more SRAM errors than the device tolerates (sram_threshold_exceeded is Yes)' },
  { field: 'channelRepairPending', reason: 'MemoryRepairPending', element: 'channel_repair_pending', says: 'a memory channel is repaired by the next reset (channel_repair_pending is Yes)' },
  { field: 'tpcRepairPending', reason: 'MemoryRepairPending', element: 'tpc_repair_pending', says: 'a TPC is repaired by the next reset (tpc_repair_pending is Yes)' },
];

/** Faults of the memory that the driver knows of. */
export function memoryFault(sources: GpuSources): Check<GpuSettings> {
  return perGpu(sources, 'memory-fault', 'GPUMemoryFault', judgeMemoryFault);
}

/** Pure. A board without any of it (no ECC) is not judged. */
export function judgeMemoryFault(context: GpuContext): GpuFinding {
  const { gpu } = context;
  const verdicts = [...uncorrectable(context), ...remapping(context), ...FLAGS.flatMap((rule) => judgeFlag(context, rule))];
  if (verdicts.some(({ kind }) => kind !== 'not-applicable')) return { verdicts };
  return { verdicts: [notApplicable(`${productOf(gpu)} reports no memory errors (no ECC)`)] };
}

function uncorrectable(context: GpuContext): readonly Verdict[] {
  const { gpu, name } = context;
  const reads = UNCORRECTABLE.map(([field, element]) => ({ field, element, read: numberOf(gpu.fields[field], '') }));
  const counts = reads.flatMap(({ read }) => (read.kind === 'number' ? [read.value] : []));
  // Whatever the others are: it must not be hidden by what cannot be read.
  if (counts.some((count) => count > 0)) return [problem('UncorrectableEccError', partOf(gpu.address, 'ecc'), `${name}: uncorrectable ECC errors since the driver was loaded (limit 0)`)];
  const bad = reads.flatMap(({ element, read }) => (read.kind === 'bad' ? [cannotTell(context, element, read.text, 'ecc')] : []));
  const missing = reads.flatMap(({ field, element, read }) => (read.kind === 'none' ? notReported(context, field, element) : []));
  if (counts.length > 0 || bad.length > 0) return [...(counts.length > 0 ? [healthy] : []), ...bad, ...missing];
  // A board without ECC, or in MIG mode, has none of them, and nothing need be said of each.
  return missing.length > 0 ? [notApplicable(`${productOf(gpu)} reports no uncorrectable ECC errors`)] : [];
}

/** Boards have either row remapping (from Ampere on) or page retirement, and of the first always both fields. */
function remapping(context: GpuContext): readonly Verdict[] {
  const { fields } = context.gpu;
  const hasRemapping = REMAP.some(({ field }) => isExpected(fields[field]));
  if (!hasRemapping && isExpected(fields.retirementPending)) return judgeFlag(context, RETIREMENT);
  if (!hasRemapping) {
    const isTold = [...REMAP, RETIREMENT].some(({ field }) => fields[field].kind === 'unsupported');
    return isTold ? [notApplicable(`${productOf(context.gpu)} reports neither row remapping nor page retirement`)] : [];
  }
  return REMAP.flatMap((rule) => {
    const field = fields[rule.field];
    return isExpected(field) ? judgeFlag(context, rule) : [cannotTell(context, rule.element, field.kind === 'unsupported' ? field.text : 'nothing')];
  });
}
