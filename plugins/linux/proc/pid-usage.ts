import { splitPidStat } from './pid-stat.ts';

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
  const { comm, numberAt } = splitPidStat(text, file);
  return { comm, cpuTicks: numberAt(14) + numberAt(15), threads: numberAt(20), residentPages: numberAt(24) };
}
