import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';

export interface PidStat {
  /** R running or waiting for a CPU, S sleeping, D uninterruptible, Z ended but not reaped; see proc_pid_stat(5). */
  readonly state: string;
  /** CPU time used so far, user and system. */
  readonly cpuMs: number;
}

/** USER_HZ is 100 on every architecture Kubernetes runs on. */
const MS_PER_TICK = 10;

/**
 * Parses /proc/<pid>/stat, see proc_pid_stat(5). It looks like
 *
 *     1234 (a name) S 1 1234 1234 0 -1 4194304 331 0 0 0 5 2 0 0 20 0 ...
 *
 * The name may hold blanks and parentheses, so the fields are counted from the last `)`.
 */
export function parsePidStat(text: string, file: string): PidStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = ''] = fields;
  // Fields 14 and 15 of the manual page; the state is field 3.
  const [utimeTicks, stimeTicks] = fields.slice(11, 13);
  if (!/^[A-Za-z]$/.test(state) || utimeTicks === undefined || stimeTicks === undefined) {
    throw new ParseError(file, '"<pid> (<name>) <state> <40+ numbers>"', text);
  }
  return { state, cpuMs: (parseCount(utimeTicks, file) + parseCount(stimeTicks, file)) * MS_PER_TICK };
}
