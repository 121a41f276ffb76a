import type { ConditionSpec, EventSpec } from '../core/conditions.ts';
import { certificateExpiring } from './conditions/certificate-expiring.ts';
import { clockUnsynchronized } from './conditions/clock-unsynchronized.ts';
import { cpuPressureHigh } from './conditions/cpu-pressure-high.ts';
import { diskSpaceLow } from './conditions/disk-space-low.ts';
import { filesystemUnhealthy } from './conditions/filesystem-unhealthy.ts';
import { hardwareFault } from './conditions/hardware-fault.ts';
import { ioPressureHigh } from './conditions/io-pressure-high.ts';
import { kernelLimitNear } from './conditions/kernel-limit-near.ts';
import { memoryPressureHigh } from './conditions/memory-pressure-high.ts';
import { networkInterfaceDegraded } from './conditions/network-interface-degraded.ts';
import { nodeMonitorDown } from './conditions/node-monitor-down.ts';
import { nodeServiceDown } from './conditions/node-service-down.ts';
import { processesStuck } from './conditions/processes-stuck.ts';
import { rebootEvents } from './conditions/reboot-events.ts';
import { newListeningPort, unexpectedListeningPort } from './conditions/unexpected-listening-port.ts';

/** The condition table of the host-inspector: NPD, the documentation and the tests read it from here. */
export const hostConditions: readonly ConditionSpec[] = [
  diskSpaceLow,
  filesystemUnhealthy,
  ioPressureHigh,
  memoryPressureHigh,
  cpuPressureHigh,
  kernelLimitNear,
  processesStuck,
  networkInterfaceDegraded,
  hardwareFault,
  clockUnsynchronized,
  nodeServiceDown,
  certificateExpiring,
  unexpectedListeningPort,
  nodeMonitorDown,
];

/** Events of the host-inspector that belong to no condition. */
export const hostEvents: readonly EventSpec[] = [
  {
    reason: 'OOMKilling',
    severity: 'warn',
    reads: '/proc/vmstat, memory.events (v1: memory.oom_control) of control groups, names in /var/log/pods',
    meaning: 'the kernel killed processes for want of memory since the last look; one event with their number for each Pod or service, and one for those of which nobody is known',
  },
  {
    reason: 'RaidDiskFailed',
    severity: 'warn',
    reads: '/proc/mdstat',
    meaning: 'a disk of an md array has failed, and a spare took its place: the array is whole, the disk is to be replaced',
  },
  {
    reason: 'CorrectableMemoryErrors',
    severity: 'info',
    reads: '/sys/devices/system/edac/mc/mc*/{ce_count,dimm*/dimm_ce_count}',
    meaning: 'memory with ECC mended errors since the last such event, at most one an hour for each module',
  },
  ...rebootEvents,
  newListeningPort,
];
