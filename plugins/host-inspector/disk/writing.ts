import type { Reading } from '../../core/check.ts';
import { type Verdict, healthy, problem, unknownOf } from '../../core/verdict.ts';
import { hasOption } from '../../linux/proc/mountinfo.ts';
import { describe } from './judge.ts';
import type { NodeFilesystem } from './select.ts';

/**
 * Types whose code sets the read-only flag of the file system by itself after an error (ext4 before 6.12; fs/ext4/super.c,
 * fs/btrfs/messages.c, fs/f2fs/super.c, fs/fat/misc.c and the like) and leaves those of its mounts alone. Others set it for
 * good reasons while the mount says `rw`: a ZFS snapshot, an overlay without an upper layer, HFS+ that was not unmounted.
 */
const GIVES_UP: ReadonlySet<string> = new Set(['btrfs', 'exfat', 'ext2', 'ext3', 'ext4', 'f2fs', 'jfs', 'nilfs2', 'reiserfs', 'ubifs', 'vfat']);

/**
 * Does the kernel still write to this file system, where it was mounted to be written? Pure.
 *
 * @param table which mount table it was read from; that of this process may say `ro` of every mount, as a container's does
 */
export function judgeWriting(filesystem: NodeFilesystem, table: 'of PID 1' | 'our own'): Verdict {
  const { mountPoint, type, superOptions, isMountedWritable } = filesystem;
  const sick = (what: string, option: string): Verdict =>
    problem('FilesystemReadOnly', mountPoint, `${mountPoint}: ${what} (option ${option}, ${describe(filesystem)})`);
  // ext4 since 6.15 names both, see _ext4_show_options in fs/ext4/super.c.
  if (hasOption(superOptions, 'shutdown')) return sick('the kernel has shut the file system down', 'shutdown');
  if (hasOption(superOptions, 'emergency_ro')) return sick('the kernel gave up writing after an error', 'emergency_ro');
  if (!hasOption(superOptions, 'ro') || !GIVES_UP.has(type)) return healthy;
  if (isMountedWritable) return sick('mounted to be written, but the kernel made it read-only', 'ro');
  // Whoever mounts it so, at boot or later, gets `ro` in both places: it is meant.
  if (table === 'of PID 1') return healthy;
  return unknownOf(mountPoint, `${mountPoint}: read-only, and only the mount table of PID 1 tells whether that is meant (${describe(filesystem)})`);
}

export function writingReading({ mountPoint: subject, superOptions }: NodeFilesystem, source: string): Reading {
  return { name: 'filesystem_super_options', subject, value: superOptions, unit: '', source };
}
