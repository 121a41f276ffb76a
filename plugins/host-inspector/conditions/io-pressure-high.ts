import type { ConditionSpec } from '../../core/conditions.ts';
import { pressureSettings } from '../settings/pressure.ts';

const MINUTE_MS = 60_000;

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
  ],
  healthy: { reason: 'NodeHasNoIOPressure', message: 'the node does not stall on its disks' },
  unknownReason: 'IOPressureUnknown',
  notApplicableReason: 'IOPressureNotMeasured',
};
