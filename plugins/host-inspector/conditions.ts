import type { ConditionSpec, EventSpec } from '../core/conditions.ts';

const MINUTE_MS = 60_000;

/** The condition table of the host-inspector: NPD, the documentation and the tests read it from here. */
export const hostConditions: readonly ConditionSpec[] = [
  {
    type: 'DiskSpaceLow',
    polarity: 'problem',
    reasons: [
      {
        reason: 'DiskSpaceLow',
        severity: 'warn',
        reads: '/proc/1/mountinfo, statfs of each file system',
        limit: 'available: images 16%, kubelet 12%, others 5% unless 20Gi are left',
        advice: 'Find what grows with `du -xh --max-depth=2`; remove unused images (`crictl rmi --prune`) and old logs.',
        // kubelet looks for images to remove every five minutes: what it can repair by itself is no problem of the node.
        raiseAfterMs: 6 * MINUTE_MS,
        clearAfterMs: 5 * MINUTE_MS,
      },
      {
        reason: 'InodesLow',
        severity: 'warn',
        reads: '/proc/1/mountinfo, statfs of each file system',
        limit: 'inodes free: kubelet and images 6%, others 3%',
        advice: 'Find the folder with very many files: `du --inodes -x --max-depth=3 | sort -n`.',
        raiseAfterMs: 6 * MINUTE_MS,
        clearAfterMs: 5 * MINUTE_MS,
      },
    ],
    healthy: { reason: 'NodeHasDiskSpace', message: 'all judged file systems have space and inodes' },
    unknownReason: 'DiskSpaceUnknown',
    notApplicableReason: 'NoDiskToJudge',
    privilege: 'a',
  },
  {
    type: 'MemoryPressureHigh',
    polarity: 'problem',
    reasons: [
      {
        reason: 'MemoryStalled',
        severity: 'warn',
        reads: '/proc/pressure/memory',
        limit: 'full avg60 above 10%',
        advice: 'Find what grows with `kubectl top pod -A`, check memory limits, look for OOMKilling events.',
        raiseAfterMs: 90_000,
        clearAfterMs: 90_000,
      },
      {
        reason: 'MemoryLow',
        severity: 'warn',
        reads: '/proc/meminfo',
        limit: 'available below 5% of all memory, at least 150Mi, at most 1Gi',
        advice: 'Find what grows with `kubectl top pod -A` or `systemd-cgtop -m`; kubelet evicts below 100Mi.',
        raiseAfterMs: 90_000,
        clearAfterMs: 90_000,
      },
    ],
    healthy: { reason: 'NodeHasMemoryAvailable', message: 'memory is available and tasks do not wait for it' },
    unknownReason: 'MemoryPressureUnknown',
    notApplicableReason: 'MemoryPressureNotMeasured',
    privilege: 'a',
  },
];

/** Events of the host-inspector that belong to no condition. */
export const hostEvents: readonly EventSpec[] = [
  {
    reason: 'OOMKilling',
    severity: 'warn',
    reads: '/proc/vmstat',
    meaning: 'the kernel killed processes for want of memory since the last look; one event with their number',
  },
];
