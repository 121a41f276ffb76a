import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';

/** What a process uses of what a node may run out of. */
export interface PidUsage {
  /** Up to 15 bytes, chosen by the process. */
  readonly comm: string;
  /** CPU time used so far, user and system. */
  readonly cpuTicks: number;
  readonly threads: number;
  readonly residentPages: number;
}

/**
 * Parses /proc/<pid>/stat for it, see proc_pid_stat(5) and `parsePidStat`. Throws ParseError.
 *
 *     1234 (a name) S 1 1234 1234 0 -1 4194304 331 0 0 0 5 2 0 0 20 0 3 0 12345 8761344 1024 ...
 */
export function parsePidUsage(text: string, file: string): PidUsage {
  const end = text.lastIndexOf(')');
  const comm = text.slice(text.indexOf('(') + 1, Math.max(0, end));
  const fields = text.slice(end + 2).split(' ');
  // Fields 14, 15, 20 and 24 of the manual page; the state is field 3.
  const [utime, stime, threads, pages] = [11, 12, 17, 21].map((index) => fields[index]);
  if (comm === '' || utime === undefined || stime === undefined || threads === undefined || pages === undefined) {
    throw new ParseError(file, '"<pid> (<name>) <state> <40+ numbers>"', text);
  }
  return {
    comm,
    cpuTicks: parseCount(utime, file) + parseCount(stime, file),
    threads: parseCount(threads, file),
    residentPages: parseCount(pages, file),
  };
}
