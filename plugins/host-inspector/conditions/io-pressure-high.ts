import type { ConditionSpec } from '../../core/conditions.ts';
import { diskSettings } from '../settings/disk.ts';
import { pressureSettings } from '../settings/pressure.ts';

const MINUTE_MS = 60_000;

const { diskErrorsMax } = diskSettings;
const { ioStalledMaxPercent, ioStalledNodeMaxPercent } = pressureSettings;

/** The node's own services wait for its disks. */
export const ioPressureHigh: ConditionSpec = {
  type: 'IOPressureHigh',
  polarity: 'problem',
  reasons: [
    {
      reason: 'IOStalled',
      severity: 'warn',
      reads: '/sys/fs/cgroup/{system,runtime}.slice/io.pressure, else /proc/pressure/io',
      limit: `full avg60 of the services above ${ioStalledMaxPercent.initial}%, else of all tasks above ${ioStalledNodeMaxPercent.initial}%`,
      advice: 'Find the busy disk with `iostat -x 5` and what keeps it so with `kubectl top pod -A`; see FilesystemUnhealthy for errors and mounts that hang.',
      // An image of 30 GB, as GPU nodes pull them, takes five minutes or more to unpack; a backup likewise. Nobody need come for that.
      raiseAfterMs: 10 * MINUTE_MS,
      clearAfterMs: 5 * MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'DiskErrors',
      severity: 'warn',
      reads: '/sys/block/sd*/device/{state,ioerr_cnt}, /sys/class/nvme/*/state',
      limit: `a disk that the kernel has given up, or more than ${diskErrorsMax.initial} failed commands within ten minutes`,
      advice: 'Look at `dmesg` and `smartctl -a` (or `nvme smart-log`) of the disk; drain the node and replace the disk, or its cable.',
      // A controller is reset within a minute, and goes on.
      raiseAfterMs: 2 * MINUTE_MS,
      clearAfterMs: 5 * MINUTE_MS,
      privilege: 'a',
    },
  ],
  healthy: { reason: 'NodeHasNoIOPressure', message: 'the node does not stall on its disks' },
  unknownReason: 'IOPressureUnknown',
  notApplicableReason: 'IOPressureNotMeasured',
};
