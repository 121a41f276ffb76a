import { parseCount, parseCounter } from '../core/decode.ts';
import { ParseError } from '../core/errors.ts';
import type { Unread } from './read.ts';
import type { DeviceNumber } from './proc/mountinfo.ts';

/** What a file system says of itself. */
export type FilesystemAnswer =
  | ({ readonly kind: 'ok' } & FilesystemSpace)
  /** It does not answer, since then (milliseconds since 1970). */
  | { readonly kind: 'stuck'; readonly sinceMs: number }
  /** The path leads to another file system: a hidden mount, or one that is not propagated to us. */
  | { readonly kind: 'not-visible'; readonly message: string }
  | NoNumbers;

export interface NoNumbers extends Unread {
  /** Of a file system that was asked and answered with an error: which, in the words of strerror(3), e.g. `Input/output error`. */
  readonly refusal?: string;
}

/** Numbers of statfs(2). Sizes beyond 2^53 (EFS claims 8 EiB) are rounded. */
export interface FilesystemSpace {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** What a process without privileges can still use: free minus what is reserved for root. */
  readonly availableBytes: number;
  /** 0 on a file system without a fixed number of inodes. */
  readonly inodes: number;
  readonly inodesFree: number;
}

/**
 * Formats of stat(1), one NUL-separated record per operand, since a path may hold a newline.
 * `%S` is the unit of the block counts, `%s` would be the transfer size.
 */
export const SPACE_FORMAT = String.raw`%n\0%S %b %f %a %c %d\0`;
export const DEVICE_FORMAT = String.raw`%n\0%d\0`;

/** Parses what `stat --printf` wrote in one of the two formats: path to the rest of its record. */
export function parseRecords(stdout: string): ReadonlyMap<string, string> {
  const parts = stdout.split('\0');
  const records = new Map<string, string>();
  for (let index = 0; index + 2 < parts.length; index += 2) records.set(parts[index] ?? '', parts[index + 1] ?? '');
  return records;
}

/** Parses the numbers of a record in SPACE_FORMAT; `where` is `statfs /data`. Throws ParseError. */
export function parseSpace(record: string, where: string): FilesystemSpace {
  const [unit, total, free, available, inodes, inodesFree, more] = record.split(' ');
  if (inodesFree === undefined || more !== undefined) throw new ParseError(where, 'six numbers', record);
  const unitBytes = parseCount(unit ?? '', where);
  if (unitBytes === 0) throw new ParseError(where, 'a block size above 0', record);
  const bytes = (blocks = ''): number => Number(parseCounter(blocks, where)) * unitBytes;
  const space = {
    totalBytes: bytes(total),
    freeBytes: bytes(free),
    availableBytes: bytes(available),
    inodes: Number(parseCounter(inodes ?? '', where)),
    inodesFree: Number(parseCounter(inodesFree, where)),
  };
  // A negative number of a confused server arrives as a huge one.
  if (space.freeBytes > space.totalBytes || space.availableBytes > space.totalBytes || space.inodesFree > space.inodes) {
    throw new ParseError(where, 'no more free than there is', record);
  }
  return space;
}

/** Parses st_dev as stat(1) prints it, in glibc's 64-bit layout of major and minor, see makedev(3). Throws ParseError. */
export function parseDeviceNumber(record: string, where: string): DeviceNumber {
  const device = parseCounter(record, where);
  return {
    major: Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n)),
    minor: Number((device & 0xffn) | ((device >> 12n) & 0xffffff00n)),
  };
}
