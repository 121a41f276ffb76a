import { parseCounter } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';

export interface FileNr {
  /** Open files of the whole host; one that several descriptors share counts once. */
  readonly allocated: bigint;
  /** fs.file-max. systemd sets it to 2^63 - 1. */
  readonly max: bigint;
}

/**
 * Parses /proc/sys/fs/file-nr, see proc_sys_fs(5): one line of three numbers with tabs between. The second one is 0 since
 * Linux 2.6 and is not read.
 *
 *     1024	0	1631329
 *
 * Throws ParseError.
 */
export function parseFileNr(text: string, file = '/proc/sys/fs/file-nr'): FileNr {
  const [, allocated, max] = /^(\d+)\t\d+\t(\d+)\n$/.exec(text) ?? [];
  if (allocated === undefined || max === undefined) throw new ParseError(file, '"<n> <n> <n>" and a newline', text);
  return { allocated: parseCounter(allocated, file), max: parseCounter(max, file) };
}
