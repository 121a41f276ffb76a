import { parseCount } from '../../core/decode.ts';
import { normalAddress } from './address.ts';
import type { Field } from './field.ts';
import { FIELDS } from './fields.ts';
import { type FieldMaker, fieldMaker, fieldsBy, MOST_GPUS, oncePerAddress } from './gpu-fields.ts';
import type { GpuRecord, SmiDocument } from './record.ts';

const HELP_LINE = /^"[\w.]+"(?: or "[\w.]+")*$/;

/** Columns of the output as a whole and of a GPU's place. Every driver has them, and without them nothing can be read. */
const FRAME: readonly string[] = ['driver_version', 'count', 'index', 'pci.bus_id'];

/** One unknown name makes nvidia-smi refuse the whole question, so these are what every driver from 418 to 610 takes; the newer ones keep the old names. */
const OLDEST: ReadonlySet<string> = new Set([
  ...FRAME,
  'name', 'uuid', 'serial', 'persistence_mode', 'pstate',
  'pcie.link.width.current', 'pcie.link.width.max', 'pcie.link.gen.current', 'pcie.link.gen.max',
  'clocks_throttle_reasons.hw_slowdown', 'clocks_throttle_reasons.hw_thermal_slowdown', 'clocks_throttle_reasons.hw_power_brake_slowdown',
  'clocks_throttle_reasons.sw_thermal_slowdown', 'clocks_throttle_reasons.sw_power_cap',
  'memory.total', 'memory.used', 'utilization.gpu', 'utilization.memory', 'ecc.mode.current',
  'ecc.errors.uncorrected.volatile.total', 'ecc.errors.corrected.volatile.total',
  'ecc.errors.uncorrected.aggregate.total', 'ecc.errors.corrected.aggregate.total',
  'retired_pages.single_bit_ecc.count', 'retired_pages.double_bit.count', 'retired_pages.pending',
  'temperature.gpu', 'temperature.memory', 'power.draw', 'enforced.power.limit',
  'clocks.current.graphics', 'clocks.current.sm', 'clocks.current.memory',
]);

/** Column names that `nvidia-smi --help-query-gpu` tells: lines such as `"clocks.current.sm" or "clocks.sm"`, each followed by a description. */
export function parseHelpQueryGpu(text: string): ReadonlySet<string> {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => HELP_LINE.test(line));
  return new Set(lines.flatMap((line) => line.match(/[\w.]+(?=")/g) ?? []));
}

/** What to ask `nvidia-smi --query-gpu=` for, in this order: for each field the newest of its names that the driver knows. `known` is undefined where its help could not be read. */
export function queryColumns(known: ReadonlySet<string> | undefined): readonly string[] {
  const names = known !== undefined && FRAME.every((name) => known.has(name)) ? known : OLDEST;
  const columns = Object.values(FIELDS).flatMap(({ csv }) => csv.find((name) => names.has(name)) ?? []);
  return [...FRAME, ...columns];
}

interface Row {
  readonly driverVersion: string | undefined;
  readonly count: number | undefined;
  readonly gpu: GpuRecord;
}

/**
 * Parses `nvidia-smi --query-gpu=<columns> --format=csv,noheader`: one line per GPU, such as
 *
 *     580.105.08, 8, 0, 00000000:53:00.0, NVIDIA H100 80GB HBM3, GPU-…, 81559 MiB, [N/A], Not Active, 29
 *
 * Never throws. Lines without a comma are complaints that stand in between, and are not looked at here. A line that cannot be
 * read or has no line break (the last one of an output that was cut) is left out, and the document is not whole then; nor is it
 * where the column `count` cannot be read, since nothing else tells that lines are missing.
 */
export function parseSmiCsv(text: string, columns: readonly string[]): SmiDocument {
  const makeField = fieldMaker();
  const lines = text.split('\n');
  const cutLine = lines.pop() ?? '';
  const rowLines = lines.filter((line) => line.includes(','));
  const rows = rowLines.slice(0, MOST_GPUS).flatMap((line, place) => rowOf(line, columns, place, makeField) ?? []);
  const gpus = oncePerAddress(rows.map(({ gpu }) => gpu));
  const [first] = rows;
  return {
    driverVersion: first?.driverVersion,
    attachedGpus: first?.count,
    gpus,
    isWhole: cutLine.trim() === '' && gpus.length === rowLines.length && rows.every(({ count }) => count === gpus.length) && rows.length > 0,
    source: 'nvidia-smi --query-gpu',
  };
}

function rowOf(line: string, columns: readonly string[], place: number, makeField: FieldMaker): Row | undefined {
  const cells = line.split(',').map((cell) => cell.trim());
  if (cells.length !== columns.length) return undefined;
  const fields = new Map(cells.map((cell, index) => [columns[index] ?? '', makeField(cell)]));
  const address = normalAddress(wordIn(fields, 'pci.bus_id') ?? '');
  if (address === undefined) return undefined;
  const gpu = { address, index: countIn(fields, 'index') ?? place, fields: fieldsBy(({ csv }) => csv.flatMap((name) => fields.get(name) ?? [])) };
  return { driverVersion: wordIn(fields, 'driver_version'), count: countIn(fields, 'count'), gpu };
}

function wordIn(fields: ReadonlyMap<string, Field>, column: string): string | undefined {
  const field = fields.get(column);
  return field?.kind === 'value' ? field.text : undefined;
}

function countIn(fields: ReadonlyMap<string, Field>, column: string): number | undefined {
  const word = wordIn(fields, column);
  return word !== undefined && /^[0-9]{1,4}$/.test(word) ? parseCount(word, column) : undefined;
}
