import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';

export interface PidStat {
  /** R running or waiting for a CPU, S sleeping, D uninterruptible, Z ended but not reaped; see proc_pid_stat(5). */
  readonly state: string;
  /** CPU time used so far, user and system. */
  readonly cpuMs: number;
}

/** With which process it is. */
export interface NamedPidStat extends PidStat {
  /** The name of the program, up to 15 bytes, which the process may choose anew. */
  readonly comm: string;
  /** When it began, in ticks of 10 ms since the boot: with the PID it names one process, since PIDs come again. */
  readonly startTicks: number;
}

/** USER_HZ is 100 on every architecture Kubernetes runs on. */
const MS_PER_TICK = 10;

/** Of the manual page: what stands behind the name. */
const STATE_FIELD = 3;

/**
 * Parses /proc/<pid>/stat, see proc_pid_stat(5). It looks like
 *
 *     1234 (a name) S 1 1234 1234 0 -1 4194304 331 0 0 0 5 2 0 0 20 0 1 0 99 ...
 *
 * The name may hold blanks and parentheses, so the fields are counted from the last `)`.
 */
export function parsePidStat(text: string, file: string): NamedPidStat {
  const { comm, state, numberAt } = splitPidStat(text, file);
  return { comm, state, cpuMs: (numberAt(14) + numberAt(15)) * MS_PER_TICK, startTicks: numberAt(22) };
}

/** Name, state, and each number by its field in the manual page. What was cut or is garbage throws ParseError, also from `numberAt`. */
export function splitPidStat(text: string, file: string): { readonly comm: string; readonly state: string; readonly numberAt: (field: number) => number } {
  const [begin, end] = [text.indexOf('('), text.lastIndexOf(')')];
  const fields = text.slice(end + 2).split(' ');
  const [state = ''] = fields;
  const wrong = (): ParseError => new ParseError(file, '"<pid> (<name>) <state> <40+ numbers>"', text);
  // Of a text that was cut the last number may be another one.
  if (begin < 0 || !text.endsWith('\n') || !/^[A-Za-z]$/.test(state)) throw wrong();
  return {
    comm: text.slice(begin + 1, end),
    state,
    numberAt(field) {
      const number = fields[field - STATE_FIELD];
      if (number === undefined) throw wrong();
      return parseCount(number, file);
    },
  };
}

/** Which process it is and what it does, of which a walk over thousands needs no more; see `parsePidStat`. */
export function parsePidState(text: string, file: string): Pick<NamedPidStat, 'comm' | 'state'> {
  const [begin, end] = [text.indexOf('('), text.lastIndexOf(')')];
  const state = text[end + 2] ?? '';
  // The state alone could be what a cut left of more.
  const isWhole = begin >= 0 && text[end + 1] === ' ' && text[end + 3] === ' ' && text.endsWith('\n') && /^[A-Za-z]$/.test(state);
  if (!isWhole) throw new ParseError(file, '"<pid> (<name>) <state> <40+ numbers>" and a newline', text);
  return { comm: text.slice(begin + 1, end), state };
}
