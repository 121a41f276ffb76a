import type { FieldName } from './record.ts';

/** Where a field stands in the outputs of nvidia-smi, the newest name first. */
export interface FieldPlaces {
  /** Paths below `<gpu>` of `nvidia-smi -q -x`. The first that holds a value counts: GeForce boards have `N/A` for the average power and a value for the instant one. */
  readonly xml: readonly string[];
  /** Columns of `nvidia-smi --query-gpu`; none where it has no such column. */
  readonly csv: readonly string[];
}

/** No path of an element: what is counted by MIG devices, of which there may be several. */
export const MIG_SRAM_UNCORRECTABLE = 'mig_devices sram_uncorrectable';

/** The clocks' block and its members were renamed at 535.54. */
function clockReason(name: string): FieldPlaces {
  return {
    xml: [`clocks_event_reasons/clocks_event_reason_${name}`, `clocks_throttle_reasons/clocks_throttle_reason_${name}`],
    csv: [`clocks_event_reasons.${name}`, `clocks_throttle_reasons.${name}`],
  };
}

/** Since 575; the two outputs shorten the names differently. */
function clockCounter(xmlName: string, csvName: string): FieldPlaces {
  return { xml: [`clocks_event_reasons_counters/clocks_event_reasons_counters_${xmlName}`], csv: [`clocks_event_reasons_counters.${csvName}`] };
}

type Life = 'volatile' | 'aggregate';

/** Turing and newer; `sram_uncorrectable` became two from 570 on, on newer boards. */
function ecc(life: Life, xmlName: string, csvName: string): FieldPlaces {
  return { xml: [`ecc_errors/${life}/${xmlName}`], csv: [`ecc.errors.${csvName.replace('.', `.${life}.`)}`] };
}

/** Before Turing. The column is the sum over all memories on newer boards too, so it must not be added to those of SRAM and DRAM. */
function eccTotal(life: Life, bits: 'single' | 'double'): FieldPlaces {
  return { xml: [`ecc_errors/${life}/${bits}_bit/total`], csv: [`ecc.errors.${bits === 'single' ? 'corrected' : 'uncorrected'}.${life}.total`] };
}

function both(xml: string, ...csv: readonly string[]): FieldPlaces {
  return { xml: [xml], csv };
}

/**
 * Every field by its names in the drivers from 418 to 610, as recorded outputs and `nvidia-smi --help-query-gpu` have them.
 * The power block was renamed at 535; its draw was split into average and instant at 550.
 */
export const FIELDS: Readonly<Record<FieldName, FieldPlaces>> = {
  productName: both('product_name', 'name', 'gpu_name'),
  uuid: both('uuid', 'uuid', 'gpu_uuid'),
  serial: both('serial', 'serial', 'gpu_serial'),
  minorNumber: both('minor_number'),
  migMode: both('mig_mode/current_mig', 'mig.mode.current'),
  virtualizationMode: both('gpu_virtualization_mode/virtualization_mode'),
  persistenceMode: both('persistence_mode', 'persistence_mode'),
  performanceState: both('performance_state', 'pstate'),
  recoveryAction: both('gpu_recovery_action', 'gpu_recovery_action'),
  resetRequired: both('gpu_reset_status/reset_required', 'reset_status.reset_required'),
  drainAndResetRecommended: both('gpu_reset_status/drain_and_reset_recommended', 'reset_status.drain_and_reset_recommended'),
  linkWidthCurrent: both('pci/pci_gpu_link_info/link_widths/current_link_width', 'pcie.link.width.current'),
  linkWidthMax: both('pci/pci_gpu_link_info/link_widths/max_link_width', 'pcie.link.width.max'),
  linkGenCurrent: both('pci/pci_gpu_link_info/pcie_gen/current_link_gen', 'pcie.link.gen.current'),
  linkGenMax: both('pci/pci_gpu_link_info/pcie_gen/max_link_gen', 'pcie.link.gen.max'),
  replayCounter: both('pci/replay_counter'),
  hwSlowdown: clockReason('hw_slowdown'),
  hwThermalSlowdown: clockReason('hw_thermal_slowdown'),
  powerBrakeSlowdown: clockReason('hw_power_brake_slowdown'),
  swThermalSlowdown: clockReason('sw_thermal_slowdown'),
  swPowerCap: clockReason('sw_power_cap'),
  hwThermalSlowdownUs: clockCounter('hw_therm_slowdown', 'hw_thermal_slowdown'),
  powerBrakeSlowdownUs: clockCounter('hw_power_brake', 'hw_power_brake_slowdown'),
  swThermalSlowdownUs: clockCounter('sw_therm_slowdown', 'sw_thermal_slowdown'),
  swPowerCapUs: clockCounter('sw_power_cap', 'sw_power_cap'),
  memoryTotal: both('fb_memory_usage/total', 'memory.total'),
  memoryUsed: both('fb_memory_usage/used', 'memory.used'),
  utilizationGpu: both('utilization/gpu_util', 'utilization.gpu'),
  utilizationMemory: both('utilization/memory_util', 'utilization.memory'),
  eccMode: both('ecc_mode/current_ecc', 'ecc.mode.current'),
  volatileSramUncorrectable: ecc('volatile', 'sram_uncorrectable', 'uncorrected.sram'),
  volatileSramUncorrectableParity: ecc('volatile', 'sram_uncorrectable_parity', 'uncorrected.sram.parity'),
  volatileSramUncorrectableSecded: ecc('volatile', 'sram_uncorrectable_secded', 'uncorrected.sram.secded'),
  volatileDramUncorrectable: ecc('volatile', 'dram_uncorrectable', 'uncorrected.dram'),
  volatileDoubleBit: eccTotal('volatile', 'double'),
  // The sum over all instances, which xml-leaves.ts makes.
  migSramUncorrectable: both(MIG_SRAM_UNCORRECTABLE),
  volatileSramCorrectable: ecc('volatile', 'sram_correctable', 'corrected.sram'),
  volatileDramCorrectable: ecc('volatile', 'dram_correctable', 'corrected.dram'),
  volatileSingleBit: eccTotal('volatile', 'single'),
  aggregateSramUncorrectable: ecc('aggregate', 'sram_uncorrectable', 'uncorrected.sram'),
  aggregateSramUncorrectableParity: ecc('aggregate', 'sram_uncorrectable_parity', 'uncorrected.sram.parity'),
  aggregateSramUncorrectableSecded: ecc('aggregate', 'sram_uncorrectable_secded', 'uncorrected.sram.secded'),
  aggregateDramUncorrectable: ecc('aggregate', 'dram_uncorrectable', 'uncorrected.dram'),
  aggregateDoubleBit: eccTotal('aggregate', 'double'),
  aggregateSramCorrectable: ecc('aggregate', 'sram_correctable', 'corrected.sram'),
  aggregateDramCorrectable: ecc('aggregate', 'dram_correctable', 'corrected.dram'),
  aggregateSingleBit: eccTotal('aggregate', 'single'),
  sramThresholdExceeded: ecc('aggregate', 'sram_threshold_exceeded', 'uncorrected.sram.thresholdExceeded'),
  channelRepairPending: both('ecc_errors/channel_repair_pending'),
  tpcRepairPending: both('ecc_errors/tpc_repair_pending'),
  unrepairableMemory: both('ecc_errors/unrepairable_memory'),
  retiredSingleBit: both('retired_pages/multiple_single_bit_retirement/retired_count', 'retired_pages.single_bit_ecc.count', 'retired_pages.sbe'),
  retiredDoubleBit: both('retired_pages/double_bit_retirement/retired_count', 'retired_pages.double_bit.count', 'retired_pages.dbe'),
  retirementPending: { xml: ['retired_pages/pending_retirement', 'retired_pages/pending_blacklist'], csv: ['retired_pages.pending'] },
  remapCorrectable: both('remapped_rows/remapped_row_corr', 'remapped_rows.correctable', 'remapped_rows.sbe'),
  remapUncorrectable: both('remapped_rows/remapped_row_unc', 'remapped_rows.uncorrectable', 'remapped_rows.dbe'),
  remapPending: both('remapped_rows/remapped_row_pending', 'remapped_rows.pending'),
  remapFailure: both('remapped_rows/remapped_row_failure', 'remapped_rows.failure'),
  remapBanksNone: both('remapped_rows/row_remapper_histogram/row_remapper_histogram_none', 'remapped_rows.histogram.none'),
  remapBanksMax: both('remapped_rows/row_remapper_histogram/row_remapper_histogram_max', 'remapped_rows.histogram.max'),
  temperature: both('temperature/gpu_temp', 'temperature.gpu'),
  temperatureMargin: both('temperature/gpu_temp_tlimit', 'temperature.gpu.tlimit'),
  slowdownTemperature: both('temperature/gpu_temp_slow_threshold'),
  shutdownTemperature: both('temperature/gpu_temp_max_threshold'),
  slowdownMargin: both('temperature/gpu_temp_slow_tlimit_threshold'),
  memoryTemperature: both('temperature/memory_temp', 'temperature.memory'),
  memoryMaxTemperature: both('temperature/gpu_temp_max_mem_threshold'),
  powerDraw: {
    xml: ['gpu_power_readings/average_power_draw', 'gpu_power_readings/instant_power_draw', 'gpu_power_readings/power_draw', 'power_readings/power_draw'],
    csv: ['power.draw'],
  },
  powerLimit: {
    xml: ['gpu_power_readings/current_power_limit', 'power_readings/enforced_power_limit'],
    csv: ['enforced.power.limit', 'gpu.power.current_limit'],
  },
  clockGraphics: both('clocks/graphics_clock', 'clocks.current.graphics', 'clocks.gr'),
  clockSm: both('clocks/sm_clock', 'clocks.current.sm', 'clocks.sm'),
  clockMemory: both('clocks/mem_clock', 'clocks.current.memory', 'clocks.mem'),
  fabricState: both('fabric/state', 'fabric.state'),
  fabricStatus: both('fabric/status', 'fabric.status'),
  fabricHealth: both('fabric/health/summary', 'fabric.health.summary'),
  fabricBandwidth: both('fabric/health/bandwidth', 'fabric.health.bandwidth'),
  fabricRouteUnhealthy: both('fabric/health/route_unhealthy', 'fabric.health.route_unhealthy'),
  fabricRouteRecovery: both('fabric/health/route_recovery_in_progress', 'fabric.health.route_recovery_in_progress'),
  fabricAccessTimeoutRecovery: both('fabric/health/access_timeout_recovery', 'fabric.health.access_timeout_recovery'),
  fabricIncorrectConfiguration: both('fabric/health/incorrect_configuration', 'fabric.health.incorrect_configuration'),
};
