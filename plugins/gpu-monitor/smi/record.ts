import type { Field } from './field.ts';

/** What is read of each GPU; where it stands in the output of which driver is told by `FIELDS` in fields.ts. */
export type FieldName =
  | 'productName' | 'uuid' | 'serial' | 'minorNumber' | 'migMode' | 'virtualizationMode' | 'persistenceMode' | 'performanceState'
  | 'recoveryAction' | 'resetRequired' | 'drainAndResetRecommended'
  | 'linkWidthCurrent' | 'linkWidthMax' | 'linkGenCurrent' | 'linkGenMax' | 'replayCounter'
  | 'hwSlowdown' | 'hwThermalSlowdown' | 'powerBrakeSlowdown' | 'swThermalSlowdown' | 'swPowerCap'
  | 'hwThermalSlowdownUs' | 'powerBrakeSlowdownUs' | 'swThermalSlowdownUs' | 'swPowerCapUs'
  | 'memoryTotal' | 'memoryUsed' | 'utilizationGpu' | 'utilizationMemory'
  | 'eccMode'
  | 'volatileSramUncorrectable' | 'volatileSramUncorrectableParity' | 'volatileSramUncorrectableSecded' | 'volatileDramUncorrectable'
  | 'volatileDoubleBit' | 'migSramUncorrectable' | 'volatileSramCorrectable' | 'volatileDramCorrectable' | 'volatileSingleBit'
  | 'aggregateSramUncorrectable' | 'aggregateSramUncorrectableParity' | 'aggregateSramUncorrectableSecded' | 'aggregateDramUncorrectable'
  | 'aggregateDoubleBit' | 'aggregateSramCorrectable' | 'aggregateDramCorrectable' | 'aggregateSingleBit'
  | 'sramThresholdExceeded' | 'channelRepairPending' | 'tpcRepairPending' | 'unrepairableMemory'
  | 'retiredSingleBit' | 'retiredDoubleBit' | 'retirementPending'
  | 'remapCorrectable' | 'remapUncorrectable' | 'remapPending' | 'remapFailure' | 'remapBanksNone' | 'remapBanksMax'
  | 'temperature' | 'temperatureMargin' | 'slowdownTemperature' | 'shutdownTemperature' | 'slowdownMargin'
  | 'memoryTemperature' | 'memoryMaxTemperature'
  | 'powerDraw' | 'powerLimit' | 'clockGraphics' | 'clockSm' | 'clockMemory'
  | 'fabricState' | 'fabricStatus' | 'fabricHealth' | 'fabricBandwidth' | 'fabricRouteUnhealthy' | 'fabricRouteRecovery'
  | 'fabricAccessTimeoutRecovery' | 'fabricIncorrectConfiguration';

/** One GPU of one output. */
export interface GpuRecord {
  /** PCI address in the kernel's form, lower case with four digits of domain where they suffice: `0000:53:00.0`. */
  readonly address: string;
  /** Place in the output, from 0: what `nvidia-smi -i` takes while all GPUs answer. */
  readonly index: number;
  readonly fields: Readonly<Record<FieldName, Field>>;
}

/** What one output held, as far as it could be read. */
export interface SmiDocument {
  readonly driverVersion: string | undefined;
  /** What the output says of itself: how many GPUs there are; undefined where it does not. */
  readonly attachedGpus: number | undefined;
  /** Those that are whole, in the order of the output. */
  readonly gpus: readonly GpuRecord[];
  /** The output ended as it should, and each GPU in it could be read; else others may be missing from `gpus`. */
  readonly isWhole: boolean;
  /** The output ended as it should, and each GPU in it could be read, though there may be fewer than `attachedGpus`: the others are missing, and were not cut off. Undefined where the output does not show its end. */
  readonly isClosed?: boolean;
  /** Which question was answered. */
  readonly source: 'nvidia-smi -q -x' | 'nvidia-smi --query-gpu';
}
