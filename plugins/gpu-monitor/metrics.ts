import type { Metric } from '../core/check.ts';
import type { SmiLook } from './smi/look.ts';
import { type Unit, numberOf } from './smi/read-field.ts';
import type { FieldName, GpuRecord } from './smi/record.ts';

/** One number of each GPU. */
interface Row {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly unit: Unit;
  /** To the unit of the name: MiB to bytes, microseconds to seconds, percent to a ratio. */
  readonly factor?: number;
  /** In place of a factor below 1, which no double holds exactly. */
  readonly divisor?: number;
  /** Each field with what its label says, where the name alone does not tell them apart; the first that has a value where labels are equal. */
  readonly fields: readonly (readonly [FieldName, label?: string])[];
  readonly label?: string;
}

const MIB = 2 ** 20;
const MHZ = 1e6;
const CLOCK_HELP = 'Clock that is in force now, by domain.';

const ROWS: readonly Row[] = [
  { name: 'temperature_celsius', type: 'gauge', help: 'Temperature, by what was measured.', unit: 'C', label: 'sensor', fields: [['temperature', 'gpu'], ['memoryTemperature', 'memory']] },
  { name: 'temperature_margin_celsius', type: 'gauge', help: 'Degrees left to the T.Limit of the device.', unit: 'C', fields: [['temperatureMargin']] },
  { name: 'memory_total_bytes', type: 'gauge', help: 'Memory of the device (fb_memory_usage).', unit: 'MiB', factor: MIB, fields: [['memoryTotal']] },
  { name: 'memory_used_bytes', type: 'gauge', help: 'Memory in use (fb_memory_usage).', unit: 'MiB', factor: MIB, fields: [['memoryUsed']] },
  { name: 'power_draw_watts', type: 'gauge', help: 'Power drawn by the device.', unit: 'W', fields: [['powerDraw']] },
  { name: 'power_limit_watts', type: 'gauge', help: 'Power limit in force.', unit: 'W', fields: [['powerLimit']] },
  { name: 'utilization_ratio', type: 'gauge', help: 'Share of time in which something ran, by part.', unit: '%', divisor: 100, label: 'part', fields: [['utilizationGpu', 'gpu'], ['utilizationMemory', 'memory']] },
  { name: 'clock_hertz', type: 'gauge', help: CLOCK_HELP, unit: 'MHz', factor: MHZ, label: 'domain', fields: [['clockGraphics', 'graphics'], ['clockSm', 'sm'], ['clockMemory', 'memory']] },
  {
    name: 'throttle_seconds_total', type: 'counter', help: 'Time in which clocks were held down, by cause.', unit: 'us', divisor: 1e6, label: 'cause',
    fields: [['hwThermalSlowdownUs', 'hw_thermal_slowdown'], ['powerBrakeSlowdownUs', 'hw_power_brake_slowdown'], ['swThermalSlowdownUs', 'sw_thermal_slowdown'], ['swPowerCapUs', 'sw_power_cap']],
  },
  {
    name: 'ecc_errors_total', type: 'counter', help: 'ECC errors since the driver was loaded, by kind.', unit: '', label: 'kind',
    fields: [
      ['volatileSramCorrectable', 'sram_correctable'], ['volatileDramCorrectable', 'dram_correctable'], ['volatileSramUncorrectable', 'sram_uncorrectable'],
      ['volatileSramUncorrectableParity', 'sram_uncorrectable_parity'], ['volatileSramUncorrectableSecded', 'sram_uncorrectable_secded'],
      ['volatileDramUncorrectable', 'dram_uncorrectable'], ['volatileSingleBit', 'single_bit'], ['volatileDoubleBit', 'double_bit'],
    ],
  },
  {
    name: 'ecc_errors_lifetime_total', type: 'counter', help: 'ECC errors in the life of the device, by kind.', unit: '', label: 'kind',
    fields: [
      ['aggregateSramCorrectable', 'sram_correctable'], ['aggregateDramCorrectable', 'dram_correctable'], ['aggregateSramUncorrectable', 'sram_uncorrectable'],
      ['aggregateSramUncorrectableParity', 'sram_uncorrectable_parity'], ['aggregateSramUncorrectableSecded', 'sram_uncorrectable_secded'],
      ['aggregateDramUncorrectable', 'dram_uncorrectable'], ['aggregateSingleBit', 'single_bit'], ['aggregateDoubleBit', 'double_bit'],
    ],
  },
  { name: 'remapped_rows', type: 'gauge', help: 'Memory rows that were replaced, by cause.', unit: '', label: 'cause', fields: [['remapCorrectable', 'correctable'], ['remapUncorrectable', 'uncorrectable']] },
  { name: 'remap_banks_exhausted', type: 'gauge', help: 'Memory banks without a spare row left (row_remapper_histogram_none).', unit: 'bank(s)', fields: [['remapBanksNone']] },
  { name: 'retired_pages', type: 'gauge', help: 'Memory pages that were retired, by cause.', unit: '', label: 'cause', fields: [['retiredSingleBit', 'single_bit'], ['retiredDoubleBit', 'double_bit']] },
  { name: 'pcie_replays_total', type: 'counter', help: 'Packets that the PCIe link repeated (replay_counter).', unit: '', fields: [['replayCounter']] },
  { name: 'pcie_link_width', type: 'gauge', help: 'Lanes of the PCIe link in use.', unit: 'x', fields: [['linkWidthCurrent']] },
];

/** All numbers of one look; what is no number on a board is left out, never 0. Labels are index and UUID, so their number is bounded by that of the GPUs. */
export function gpuMetrics(look: SmiLook): readonly Metric[] {
  const run = look.kind === 'answered' || look.kind === 'failed' ? look.run : undefined;
  return [
    { name: 'npd_plugins_gpu_nvidia_smi_answers', type: 'gauge', help: '1 if the last nvidia-smi gave data, else 0.', labels: {}, value: Number(look.kind === 'answered') },
    ...(run === undefined ? [] : [{ name: 'npd_plugins_gpu_nvidia_smi_duration_seconds', type: 'gauge' as const, help: 'How long the last nvidia-smi took that ended.', labels: {}, value: run.tookMs / 1_000 }]),
    ...(run === undefined || run.exitCode === null ? [] : [{ name: 'npd_plugins_gpu_nvidia_smi_exit_code', type: 'gauge' as const, help: 'Exit code of the last nvidia-smi that ended by itself.', labels: {}, value: run.exitCode }]),
    ...(look.kind === 'answered' ? look.document.gpus.flatMap((gpu) => ROWS.flatMap((row) => samplesOf(row, gpu))) : []),
  ];
}

function samplesOf({ name, type, help, unit, factor = 1, divisor = 1, fields, label }: Row, gpu: GpuRecord): readonly Metric[] {
  const { uuid } = gpu.fields;
  const device = { index: String(gpu.index), uuid: uuid.kind === 'value' ? uuid.text : '' };
  return fields.flatMap(([field, part = '']): readonly Metric[] => {
    const read = numberOf(gpu.fields[field], unit);
    if (read.kind !== 'number') return [];
    return [{ name: `npd_plugins_gpu_${name}`, type, help, labels: label === undefined ? device : { ...device, [label]: part }, value: (read.value * factor) / divisor }];
  });
}
