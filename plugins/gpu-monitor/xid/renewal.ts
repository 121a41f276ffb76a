import type { GpuRecord, FieldName, SmiDocument } from '../smi/record.ts';
import { numberOf, type Unit } from '../smi/read-field.ts';
import { type Fold, clear } from './fold.ts';
import type { Counters, Device } from './state.ts';

/** What a GPU counts since it was last set up, in the order in which it is kept. A reset begins all of it anew, and no log tells of that. */
const COUNTERS: readonly (readonly [FieldName, Unit])[] = [
  ['volatileSramUncorrectable', ''], ['volatileSramUncorrectableParity', ''], ['volatileSramUncorrectableSecded', ''], ['volatileDramUncorrectable', ''], ['volatileDoubleBit', ''],
  ['volatileSramCorrectable', ''], ['volatileDramCorrectable', ''], ['volatileSingleBit', ''],
  ['hwThermalSlowdownUs', 'us'], ['powerBrakeSlowdownUs', 'us'], ['swThermalSlowdownUs', 'us'], ['swPowerCapUs', 'us'],
  ['replayCounter', ''],
];

/**
 * What nvidia-smi's counters tell of resets, for errors after which the driver itself never asked for one: those of drivers
 * without a recovery action, and of NVSwitches, which are reset with all GPUs of their fabric. Two outputs after the last
 * line of a device are compared, so that a reset that came before the line is not taken for its end.
 *
 * @param isNew the document was not heard by an earlier look
 */
export function hearCounters(fold: Fold, document: SmiDocument | undefined, isNew: boolean): void {
  const { state } = fold;
  const waiting = [...state.devices.values()].filter((device) => waitsForReset(fold, device));
  if (waiting.length === 0) {
    state.counters.clear();
    return;
  }
  const heard = isNew ? document : undefined;
  if (heard !== undefined) {
    const renewed = heard.gpus.filter((gpu) => isRenewed(state.counters.get(gpu.address), gpu)).map(({ address }) => address);
    for (const device of waiting) {
      if (device.heard === 'counters') for (const address of renewed) device.renewed.add(address);
      if (wasReset(device, heard)) clear(fold, device, ['reset']);
    }
    for (const gpu of heard.gpus) keep(state.counters, gpu);
  }
  for (const device of waiting) {
    if (device.heard === 'line') device.heard = 'look';
    else if (heard !== undefined) device.heard = 'counters';
  }
}

function waitsForReset({ classOf }: Fold, device: Device): boolean {
  return [...device.entries].some(([key, { isActive }]) => isActive && classOf(device, key) === 'reset');
}

function wasReset({ address, switch: itsNumber, renewed }: Device, { gpus, isWhole }: SmiDocument): boolean {
  if (itsNumber === undefined) return renewed.has(address);
  return isWhole && gpus.length > 0 && gpus.every((gpu) => renewed.has(gpu.address));
}

/** None is more than before, and one is less. Without persistence mode the driver lets go of an idle GPU, which begins them anew as well. */
function isRenewed(before: Counters | undefined, gpu: GpuRecord): boolean {
  const { persistenceMode } = gpu.fields;
  if (before === undefined || persistenceMode.kind !== 'value' || persistenceMode.text !== 'Enabled') return false;
  const pairs = countersOf(gpu).flatMap((now, index) => {
    const earlier = before[index] ?? null;
    return earlier === null ? [] : [{ earlier, now: now ?? Infinity }];
  });
  return pairs.every(({ earlier, now }) => now <= earlier) && pairs.some(({ earlier, now }) => now < earlier);
}

function keep(counters: Map<string, Counters>, gpu: GpuRecord): void {
  const now = countersOf(gpu);
  if (now.some((count) => count !== null)) counters.set(gpu.address, now);
}

/** Null for what cannot be told. */
function countersOf({ fields }: GpuRecord): Counters {
  return COUNTERS.map(([name, unit]) => {
    const read = numberOf(fields[name], unit);
    return read.kind === 'number' ? read.value : null;
  });
}
