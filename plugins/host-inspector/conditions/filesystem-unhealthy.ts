import type { ConditionSpec } from '../../core/conditions.ts';

const MINUTE_MS = 60_000;

/** The node's own file systems cannot be written, do not answer, or meet errors; or a share hangs whoever looks at it. */
export const filesystemUnhealthy: ConditionSpec = {
  type: 'FilesystemUnhealthy',
  polarity: 'problem',
  reasons: [
    {
      reason: 'FilesystemReadOnly',
      severity: 'warn',
      reads: '/proc/1/mountinfo',
      limit: 'the kernel gave up writing: `emergency_ro`, `shutdown`, or read-only though mounted to be written',
      advice: 'Find the cause with `dmesg`; drain the node, run fsck on the unmounted disk, replace a disk that has I/O errors.',
      raiseAfterMs: 0,
      clearAfterMs: MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'MountHung',
      severity: 'warn',
      reads: '/proc/1/mountinfo, statfs of each file system and share',
      limit: 'no answer within 5 seconds',
      advice: 'Look whether its server or daemon lives; `umount -f` (NFS) or `umount -l` (FUSE) frees the node, else reboot it.',
      // The failover of a server takes one to two minutes, and hard mounts go on by themselves after it.
      raiseAfterMs: 3 * MINUTE_MS,
      clearAfterMs: MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'FilesystemErrors',
      severity: 'warn',
      reads: '/sys/fs/ext4/*/errors_count, /sys/fs/btrfs/*/devinfo/*/error_stats, /proc/stat, /proc/uptime; statfs of each file system',
      limit: 'an error counted by ext4 or btrfs since the boot, or an I/O error as the answer',
      advice: 'Find the cause with `dmesg`; run `e2fsck -f` or `xfs_repair` on the unmounted disk, replace a disk that has I/O errors.',
      raiseAfterMs: 0,
      clearAfterMs: MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'RaidDegraded',
      severity: 'warn',
      reads: '/proc/mdstat, /proc/spl/kstat/zfs/*/state, /sys/fs/btrfs/*/devinfo/*/missing',
      limit: 'an array with fewer disks than it is meant to have, a pool that is not ONLINE, a missing device',
      advice: 'Find the disk with `mdadm --detail`, `zpool status` or `btrfs filesystem show`, and replace it; the next one that fails may take the data along.',
      // While arrays are put together at boot one disk comes after the other.
      raiseAfterMs: 2 * MINUTE_MS,
      clearAfterMs: MINUTE_MS,
      privilege: 'a',
    },
  ],
  healthy: { reason: 'FilesystemIsHealthy', message: 'all judged file systems answer, can be written and met no error since the boot' },
  unknownReason: 'FilesystemHealthUnknown',
  notApplicableReason: 'NoFilesystemToJudge',
};
