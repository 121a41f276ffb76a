import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { type Outcome, readText } from '../read.ts';
import type { DeviceNumber } from '../proc/mountinfo.ts';

/** What ext4 keeps in its superblock of the errors it met, until e2fsck mends them: over restarts, and in copies of the disk too. */
export interface Ext4Errors {
  readonly count: number;
  /** By the clock of the host at that time, seconds since 1970; absent before the first error. */
  readonly lastErrorTimeSeconds: number | undefined;
}

/** 32 bits in the superblock; more is not from there. */
const LARGEST_COUNT = 2 ** 32 - 1;

/**
 * The kernel's name of a block device, `nvme0n1p2` or `dm-0`, as folders of /sys/fs/ext4 have it: DEVNAME of
 * /sys/dev/block/<major>:<minor>/uevent, where a `/` (`cciss/c0d0`) becomes `!`. `absent` once the device is gone, which a
 * file system on it may survive. Throws ParseError for a malformed file.
 */
export function readBlockDeviceName(root: string, { major, minor }: DeviceNumber): Outcome<string> {
  const path = `sys/dev/block/${major}:${minor}/uevent`;
  const outcome = readText(root, path, { maxBytes: 4096 });
  if (outcome.kind !== 'ok') return outcome;
  const [, name] = /^DEVNAME=([^\n]+)\n/m.exec(outcome.value) ?? [];
  if (name === undefined || name.includes('..')) throw new ParseError(`/${path}`, 'a line "DEVNAME=<name>"', outcome.value);
  return { kind: 'ok', value: name.replaceAll('/', '!') };
}

/**
 * Reads errors_count and last_error_time of /sys/fs/ext4/<name>, see fs/ext4/sysfs.c: one number and a newline each. ext2
 * and ext3 have them where the driver of ext4 mounts them. Throws ParseError for a malformed file.
 *
 * @param name see `readBlockDeviceName`
 */
export function readExt4Errors(root: string, name: string): Outcome<Ext4Errors> {
  const count = readNumber(root, `sys/fs/ext4/${name}/errors_count`);
  if (count.kind !== 'ok') return count;
  if (count.value > LARGEST_COUNT) throw new ParseError(`/sys/fs/ext4/${name}/errors_count`, 'a number of 32 bits', String(count.value));
  const time = readNumber(root, `sys/fs/ext4/${name}/last_error_time`);
  if (time.kind !== 'ok') return time;
  return { kind: 'ok', value: { count: count.value, lastErrorTimeSeconds: time.value === 0 ? undefined : time.value } };
}

function readNumber(root: string, path: string): Outcome<number> {
  const outcome = readText(root, path, { maxBytes: 64 });
  if (outcome.kind !== 'ok') return outcome;
  const text = outcome.value;
  // The kernel ends the line, so a number without its newline was cut and may have gone on.
  if (!text.endsWith('\n')) throw new ParseError(`/${path}`, 'a number and a newline', text);
  return { kind: 'ok', value: parseCount(text.slice(0, -1), `/${path}`) };
}
