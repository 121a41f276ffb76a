import type { ConditionSpec } from '../../core/conditions.ts';
import { hardwareSettings } from '../settings/hardware.ts';

const MINUTE_MS = 60_000;

/** The node's memory is failing. */
export const hardwareFault: ConditionSpec = {
  type: 'HardwareFault',
  polarity: 'problem',
  reasons: [
    {
      reason: 'UncorrectableMemoryError',
      severity: 'warn',
      reads: '/sys/devices/system/edac/mc/mc*/{ue_count,dimm*/dimm_ue_count}',
      limit: 'an uncorrectable memory error since the driver was loaded',
      advice: 'Drain the node and replace the memory module that is named; `ras-mc-ctl --errors` and `dmesg` tell more. It is over with the reboot.',
      raiseAfterMs: 0,
      clearAfterMs: MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'CorrectableMemoryErrorRateHigh',
      severity: 'warn',
      reads: '/sys/devices/system/edac/mc/mc*/{ce_count,dimm*/dimm_ce_count}, /proc/uptime',
      limit: `more than ${hardwareSettings.correctableErrorsMaxPerHour.initial} correctable errors of one memory module within an hour`,
      advice: 'Plan to replace the memory module that is named before errors become uncorrectable; `ras-mc-ctl --error-count` tells how many there are.',
      raiseAfterMs: 0,
      // Errors come in bursts, whenever the bad place is read; it takes an hour without them until this begins to count.
      clearAfterMs: 15 * MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'HardwareCorruptedMemory',
      severity: 'warn',
      reads: '/proc/meminfo, /sys/devices/system/node/node*/memory_failure/total',
      limit: `HardwareCorrupted above ${hardwareSettings.hardwareCorruptedMaxBytes.initial}, unless the kernel tells (6.3) that no page of it was lost`,
      advice: 'The kernel took broken pages out of use: find which with `dmesg | grep -i "memory failure"`; drain the node and replace the memory, or the virtual machine.',
      raiseAfterMs: 0,
      clearAfterMs: MINUTE_MS,
      privilege: 'a',
    },
  ],
  healthy: { reason: 'HardwareIsHealthy', message: 'the memory shows no errors' },
  unknownReason: 'HardwareHealthUnknown',
  notApplicableReason: 'HardwareErrorsNotCounted',
};
