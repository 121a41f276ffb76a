import type { ConditionSpec } from '../../core/conditions.ts';
import { clockSettings } from '../settings/clock.ts';

const MINUTE_MS = 60_000;

const limit = `a maximum error of ${clockSettings.clockMaxErrorMs.initial / 1_000} s, where the kernel calls its clock unsynchronized (STA_UNSYNC)`;

/**
 * chronyd asks its servers every 1,024 s at most, so after a boot, or a step by somebody else's hand, it may take 17 minutes
 * until the kernel knows again that its clock is right.
 */
const PATIENCE = { raiseAfterMs: 20 * MINUTE_MS, clearAfterMs: MINUTE_MS } as const;

/** Nobody sets the node's clock right: certificates, leases and logs go wrong with it. */
export const clockUnsynchronized: ConditionSpec = {
  type: 'ClockUnsynchronized',
  polarity: 'problem',
  reasons: [
    {
      ...PATIENCE,
      reason: 'ClockNotSynchronized',
      severity: 'warn',
      reads: 'adjtimex(2); /proc/<pid>/comm',
      limit: `${limit}, and a time daemon runs`,
      advice: 'See what its daemon says: `chronyc tracking`, `timedatectl timesync-status` or `ntpq -p`; check that its servers can be reached (UDP 123).',
      privilege: 'a',
    },
    {
      ...PATIENCE,
      reason: 'TimeDaemonMissing',
      severity: 'warn',
      reads: 'adjtimex(2); /proc/<pid>/comm; for virtual machines /sys/devices/system/clocksource, /proc/cpuinfo and the DMI table',
      limit: `${limit}, and no time daemon runs`,
      advice: 'Start one: `systemctl enable --now chronyd` (chrony) or `timedatectl set-ntp true`.',
      privilege: 'a',
    },
  ],
  healthy: { reason: 'ClockIsSynchronized', message: 'a time daemon keeps the clock right' },
  unknownReason: 'ClockStateUnknown',
  notApplicableReason: 'ClockNotJudged',
};
