import type { FieldName } from '../../plugins/gpu-monitor/smi/record.ts';

/** Generations of the driver, each with its own shape of `nvidia-smi -q -x`. */
export const DRIVERS = ['418', '470', '525', '535', '550', '570', '580', '595', '610'] as const;
export type Driver = (typeof DRIVERS)[number];

/** A server's SXM board of its time (V100, A100, H100); a desktop board; a guest's share of a GRID board. */
export const FAMILIES = ['datacenter', 'geforce', 'vgpu'] as const;
export type Family = (typeof FAMILIES)[number];

/** Path below `<gpu>`, text, and the field that is read of it, if one is; of the power draw there are two from 550 on. */
export type Leaf = readonly [path: string, text: string, field?: FieldName];

export interface Shape {
  readonly driver: Driver;
  readonly family: Family;
  readonly isMig: boolean;
}

const ADDRESSES = ['18', '2A', '3A', '5D', '9A', 'AB', 'BA', 'DB', '19', '2B', '3B', '5E', '9B', 'AC', 'BB', 'DC'];

/** As nvidia-smi writes it: `00000000:2A:00.0`. */
export function addressOf(gpu: number): string {
  return `00000000:${ADDRESSES[gpu] ?? '00'}:00.0`;
}

const NAMES: Readonly<Record<Family, (age: number) => string>> = {
  datacenter: (age) => (age < 470 ? 'Tesla V100-SXM2-32GB' : age < 525 ? 'NVIDIA A100-SXM4-80GB' : 'NVIDIA H100 80GB HBM3'),
  geforce: () => 'NVIDIA GeForce RTX 2080',
  vgpu: () => 'GRID P4-1Q',
};

/** Everything that is judged of a healthy GPU, among some that is not, in the order and under the names of that driver. */
export function leavesOf(shape: Shape, gpu: number): readonly Leaf[] {
  const age = Number(shape.driver);
  return [...identity(shape, age, gpu), ...link(shape, gpu), ...clockReasons(shape, age), ...memory(shape, age), ...heatAndPower(shape, age), ...fabric(shape, age)];
}

function identity({ family, isMig }: Shape, age: number, gpu: number): readonly Leaf[] {
  const hasMig = family === 'datacenter' && age >= 470;
  return [
    ['product_name', NAMES[family](age), 'productName'],
    ['product_brand', family === 'geforce' ? 'GeForce' : 'NVIDIA'],
    ['display_mode', age >= 580 ? 'Requested functionality has been deprecated' : 'Disabled'],
    ['persistence_mode', 'Enabled', 'persistenceMode'],
    ...when(age >= 470, ['mig_mode/current_mig', hasMig ? (isMig ? 'Enabled' : 'Disabled') : 'N/A', 'migMode'], ['mig_mode/pending_mig', hasMig ? 'Disabled' : 'N/A']),
    ...when(age >= 470, ...(isMig ? migDevices : [['mig_devices', '\n\t\t\tNone\n\t\t'] as const])),
    ['serial', family === 'datacenter' ? `15500000000${String(gpu).padStart(2, '0')}` : 'N/A', 'serial'],
    ['uuid', `GPU-0a0b0c0d-0000-4000-8000-0000000000${gpu.toString(16).padStart(2, '0')}`, 'uuid'],
    ['minor_number', String(gpu), 'minorNumber'],
    ['vbios_version', '96.00.00.00.01'],
    ['gpu_virtualization_mode/virtualization_mode', family === 'vgpu' ? 'VGPU' : 'None', 'virtualizationMode'],
    ...when(age >= 535 && age <= 570,
      ['gpu_reset_status/reset_required', age === 570 ? 'Requested functionality has been deprecated' : 'No', 'resetRequired'],
      ['gpu_reset_status/drain_and_reset_recommended', age === 570 ? 'Requested functionality has been deprecated' : 'No', 'drainAndResetRecommended']),
    ...when(age >= 570, ['gpu_recovery_action', family === 'vgpu' ? 'N/A' : 'None', 'recoveryAction']),
  ];
}

const migDevices: readonly Leaf[] = [
  ['mig_devices/mig_device/index', '0'],
  ['mig_devices/mig_device/gpu_instance_id', '3'],
  ['mig_devices/mig_device/ecc_error_count/volatile_count/sram_uncorrectable', '0', 'migSramUncorrectable'],
  ['mig_devices/mig_device/fb_memory_usage/total', '19968 MiB'],
  ['mig_devices/mig_device/fb_memory_usage/used', '12 MiB'],
];

function link({ family }: Shape, gpu: number): readonly Leaf[] {
  const of = textFor(family);
  return [
    ['pci/pci_bus', ADDRESSES[gpu] ?? '00'],
    ['pci/pci_bus_id', addressOf(gpu)],
    ['pci/pci_gpu_link_info/pcie_gen/max_link_gen', of('5'), 'linkGenMax'],
    ['pci/pci_gpu_link_info/pcie_gen/current_link_gen', of('5'), 'linkGenCurrent'],
    ['pci/pci_gpu_link_info/link_widths/max_link_width', of('16x'), 'linkWidthMax'],
    ['pci/pci_gpu_link_info/link_widths/current_link_width', of('16x'), 'linkWidthCurrent'],
    ['pci/replay_counter', of('0'), 'replayCounter'],
    ['pci/replay_rollover_counter', of('0')],
    ['fan_speed', 'N/A'],
    ['performance_state', 'P0', 'performanceState'],
  ];
}

function clockReasons({ family }: Shape, age: number): readonly Leaf[] {
  const block = age >= 535 ? 'clocks_event_reason' : 'clocks_throttle_reason';
  const counters = 'clocks_event_reasons_counters';
  const of = textFor(family);
  return [
    [`${block}s/${block}_gpu_idle`, of('Active')],
    [`${block}s/${block}_sw_power_cap`, of('Not Active'), 'swPowerCap'],
    [`${block}s/${block}_hw_slowdown`, of('Not Active'), 'hwSlowdown'],
    [`${block}s/${block}_hw_thermal_slowdown`, of('Not Active'), 'hwThermalSlowdown'],
    [`${block}s/${block}_hw_power_brake_slowdown`, of('Not Active'), 'powerBrakeSlowdown'],
    [`${block}s/${block}_sw_thermal_slowdown`, of('Not Active'), 'swThermalSlowdown'],
    ...when(age >= 580,
      [`${counters}/${counters}_sw_power_cap`, of('7015662857 us'), 'swPowerCapUs'],
      [`${counters}/${counters}_sync_boost`, of('0 us')],
      [`${counters}/${counters}_sw_therm_slowdown`, of('0 us'), 'swThermalSlowdownUs'],
      [`${counters}/${counters}_hw_therm_slowdown`, of('0 us'), 'hwThermalSlowdownUs'],
      [`${counters}/${counters}_hw_power_brake`, of('0 us'), 'powerBrakeSlowdownUs']),
  ];
}

function memory(shape: Shape, age: number): readonly Leaf[] {
  const hasEcc = shape.family === 'datacenter';
  const zero = hasEcc ? '0' : 'N/A';
  const no = hasEcc ? 'No' : 'N/A';
  const util = shape.isMig || shape.family === 'vgpu' ? 'N/A' : '0 %';
  const isOldBoard = age < 470;
  return [
    ['fb_memory_usage/total', '81559 MiB', 'memoryTotal'],
    ...when(age >= 525, ['fb_memory_usage/reserved', '480 MiB']),
    ['fb_memory_usage/used', '0 MiB', 'memoryUsed'],
    ['fb_memory_usage/free', '81079 MiB'],
    ['bar1_memory_usage/total', '131072 MiB'],
    ['bar1_memory_usage/used', '1 MiB'],
    ['utilization/gpu_util', util, 'utilizationGpu'],
    ['utilization/memory_util', util, 'utilizationMemory'],
    ['ecc_mode/current_ecc', hasEcc ? 'Enabled' : 'N/A', 'eccMode'],
    ...ecc(age, zero, no),
    ['retired_pages/multiple_single_bit_retirement/retired_count', isOldBoard ? zero : 'N/A', 'retiredSingleBit'],
    ['retired_pages/multiple_single_bit_retirement/retired_pagelist', isOldBoard ? '\n\t\t\t\t' : 'N/A'],
    ['retired_pages/double_bit_retirement/retired_count', isOldBoard ? zero : 'N/A', 'retiredDoubleBit'],
    ['retired_pages/pending_retirement', isOldBoard ? no : 'N/A', 'retirementPending'],
    ...when(age >= 470, ...(hasEcc ? remap(age) : [['remapped_rows', 'N/A'] as const])),
  ];
}

/** Boards before Turing count by bits, those before 570 count SRAM as one. */
function ecc(age: number, zero: string, no: string): readonly Leaf[] {
  if (age < 470) {
    return (['volatile', 'aggregate'] as const).flatMap((life): readonly Leaf[] => [
      [`ecc_errors/${life}/single_bit/device_memory`, zero],
      [`ecc_errors/${life}/single_bit/total`, zero, `${life}SingleBit`],
      [`ecc_errors/${life}/double_bit/device_memory`, zero],
      [`ecc_errors/${life}/double_bit/total`, zero, `${life}DoubleBit`],
    ]);
  }
  const lives = (['volatile', 'aggregate'] as const).flatMap((life): readonly Leaf[] => [
    [`ecc_errors/${life}/sram_correctable`, zero, `${life}SramCorrectable`],
    ...when(age < 570, [`ecc_errors/${life}/sram_uncorrectable`, zero, `${life}SramUncorrectable`]),
    ...when(age >= 570,
      [`ecc_errors/${life}/sram_uncorrectable_parity`, zero, `${life}SramUncorrectableParity`],
      [`ecc_errors/${life}/sram_uncorrectable_secded`, zero, `${life}SramUncorrectableSecded`]),
    [`ecc_errors/${life}/dram_correctable`, zero, `${life}DramCorrectable`],
    [`ecc_errors/${life}/dram_uncorrectable`, zero, `${life}DramUncorrectable`],
  ]);
  return [
    ...lives,
    ...when(age >= 570, ['ecc_errors/aggregate/sram_threshold_exceeded', no, 'sramThresholdExceeded'], ['ecc_errors/aggregate_uncorrectable_sram_sources/sram_l2', zero]),
    ...when(age >= 580, ['ecc_errors/channel_repair_pending', no, 'channelRepairPending'], ['ecc_errors/tpc_repair_pending', no, 'tpcRepairPending']),
    ...when(age >= 595, ['ecc_errors/unrepairable_memory', no, 'unrepairableMemory']),
  ];
}

function remap(age: number): readonly Leaf[] {
  const histogram = 'remapped_rows/row_remapper_histogram/row_remapper_histogram';
  return [
    ['remapped_rows/remapped_row_corr', '0', 'remapCorrectable'],
    ...when(age >= 595, ['remapped_rows/remapped_row_corr_inactive', '0']),
    ['remapped_rows/remapped_row_unc', '0', 'remapUncorrectable'],
    ...when(age >= 595, ['remapped_rows/remapped_row_unc_inactive', '0']),
    ['remapped_rows/remapped_row_pending', 'No', 'remapPending'],
    ['remapped_rows/remapped_row_failure', 'No', 'remapFailure'],
    ...when(age >= 525,
      [`${histogram}_max`, '2560 bank(s)', 'remapBanksMax'],
      [`${histogram}_high`, '0 bank(s)'],
      [`${histogram}_partial`, '0 bank(s)'],
      [`${histogram}_low`, '0 bank(s)'],
      [`${histogram}_none`, '0 bank(s)', 'remapBanksNone']),
  ];
}

function heatAndPower(shape: Shape, age: number): readonly Leaf[] {
  const of = textFor(shape.family);
  const isServer = shape.family === 'datacenter';
  const hasMargin = isServer && age >= 535;
  const block = age >= 535 ? 'gpu_power_readings' : 'power_readings';
  const isSplit = age >= 550;
  const average = isServer ? '68.57 W' : 'N/A';
  return [
    ['temperature/gpu_temp', shape.family === 'vgpu' ? '0 C' : '29 C', 'temperature'],
    ...when(age >= 525, ['temperature/gpu_temp_tlimit', hasMargin ? '58 C' : 'N/A', 'temperatureMargin']),
    ...when(hasMargin, ['temperature/gpu_temp_max_tlimit_threshold', '-8 C'], ['temperature/gpu_temp_slow_tlimit_threshold', '-2 C', 'slowdownMargin']),
    ...when(!hasMargin, ['temperature/gpu_temp_max_threshold', of('92 C'), 'shutdownTemperature'], ['temperature/gpu_temp_slow_threshold', of('89 C'), 'slowdownTemperature']),
    ['temperature/memory_temp', isServer ? '37 C' : 'N/A', 'memoryTemperature'],
    ...when(!hasMargin, ['temperature/gpu_temp_max_mem_threshold', isServer ? '95 C' : 'N/A', 'memoryMaxTemperature']),
    [`${block}/power_state`, 'P0'],
    ...when(!isSplit, [`${block}/power_draw`, of('68.57 W'), 'powerDraw']),
    ...when(isSplit, [`${block}/average_power_draw`, average, 'powerDraw'], [`${block}/instant_power_draw`, of('68.92 W'), 'powerDraw']),
    ...when(age < 535, [`${block}/power_limit`, of('650.00 W')], [`${block}/enforced_power_limit`, of('700.00 W'), 'powerLimit']),
    ...when(age >= 535, [`${block}/current_power_limit`, of('700.00 W'), 'powerLimit'], [`${block}/requested_power_limit`, of('650.00 W')]),
    ...when(age >= 535, ['module_power_readings/power_state', 'P0'], [`module_power_readings/${isSplit ? 'average_power_draw' : 'power_draw'}`, 'N/A']),
    ['clocks/graphics_clock', of('1980 MHz'), 'clockGraphics'],
    ['clocks/sm_clock', of('1970 MHz'), 'clockSm'],
    ['clocks/mem_clock', of('2619 MHz'), 'clockMemory'],
    ['applications_clocks/graphics_clock', 'N/A'],
    ['max_clocks/sm_clock', of('1980 MHz')],
  ];
}

function fabric({ family }: Shape, age: number): readonly Leaf[] {
  const isServer = family === 'datacenter';
  const of = (text: string): string => (isServer ? text : 'N/A');
  return [
    ...when(age >= 525, ['fabric/state', of('Completed'), 'fabricState'], ['fabric/status', of('Success'), 'fabricStatus']),
    ...when(age >= 580, ['fabric/health/summary', of('Healthy'), 'fabricHealth']),
    ...when(age >= 570,
      ['fabric/health/bandwidth', of('Full'), 'fabricBandwidth'],
      ['fabric/health/route_recovery_in_progress', of('False'), 'fabricRouteRecovery'],
      ['fabric/health/route_unhealthy', of('False'), 'fabricRouteUnhealthy'],
      ['fabric/health/access_timeout_recovery', of('False'), 'fabricAccessTimeoutRecovery']),
    ...when(age >= 580, ['fabric/health/incorrect_configuration', of('None'), 'fabricIncorrectConfiguration']),
    ...when(age >= 595, ['fabric/health/partition_assigned', 'N/A']),
  ];
}

function textFor(family: Family): (text: string) => string {
  return (text) => (family === 'vgpu' ? 'N/A' : text);
}

function when(holds: boolean, ...leaves: readonly Leaf[]): readonly Leaf[] {
  return holds ? leaves : [];
}
