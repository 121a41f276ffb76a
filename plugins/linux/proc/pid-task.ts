import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

/** What a process does at this moment, as far as its first thread tells. */
export interface PidTask {
  /** Up to 15 bytes, chosen by the process. */
  readonly comm: string;
  /** R running or waiting for a CPU, S sleeping, D uninterruptible, Z ended but not reaped; see proc_pid_stat(5). */
  readonly state: string;
  readonly parentPid: number;
  /** It is the kernel's own, or was stopped by the freezer: both may wait for ever, and well. */
  readonly isParked: boolean;
  /** More than 1 of a process whose first thread alone has ended. */
  readonly threads: number;
  /** When it began, in ticks of 10 ms since the boot: with the PID it names one process. */
  readonly startTicks: number;
}

/** PF_KTHREAD and PF_FROZEN of linux/sched.h; since Linux 6.1 the latter's bit is one of kernel threads. */
const PARKED_FLAGS = 0x0020_0000 | 0x0001_0000;

/** State, parent, four numbers (of which one is negative without a terminal), flags, ten numbers, threads, one number, start. */
const FIELDS = /^ ([A-Za-z]) (\d+)(?: -?\d+){4} (\d+)(?: -?\d+){10} (\d+) -?\d+ (\d+)[ \n]/;

/**
 * Parses /proc/<pid>/stat for it, see proc_pid_stat(5) and `parsePidStat`. Throws ParseError.
 *
 *     1234 (a name) S 1 1234 1234 0 -1 4194304 331 0 0 0 5 2 0 0 20 0 3 0 12345 8761344 1024 ...
 */
export function parsePidTask(text: string, file: string): PidTask {
  const [begin, end] = [text.indexOf('('), text.lastIndexOf(')')];
  const [, state, parentPid, flags, threads, startTicks] = FIELDS.exec(text.slice(end + 1)) ?? [];
  if (begin < 0 || state === undefined || parentPid === undefined || flags === undefined || threads === undefined || startTicks === undefined) {
    throw new ParseError(file, '"<pid> (<name>) <state> <40+ numbers>"', text);
  }
  requireWholeText(text, file);
  return {
    comm: text.slice(begin + 1, end),
    state,
    parentPid: parseCount(parentPid, file),
    isParked: (parseCount(flags, file) & PARKED_FLAGS) !== 0,
    threads: parseCount(threads, file),
    startTicks: parseCount(startTicks, file),
  };
}

const SWITCHES = ['voluntary_ctxt_switches', 'nonvoluntary_ctxt_switches'];

/**
 * How often the first thread of a process gave up its CPU or lost it, from /proc/<pid>/status, see proc_pid_status(5): as long as the sum stays, it
 * has not run.
 *
 *     voluntary_ctxt_switches:	150
 *     nonvoluntary_ctxt_switches:	545
 *
 * Throws ParseError.
 */
export function parseContextSwitches(text: string, file: string): number {
  requireWholeText(text, file);
  return SWITCHES.reduce((sum, name) => {
    const [, digits] = new RegExp(`^${name}:\t(\\d+)$`, 'm').exec(text) ?? [];
    if (digits === undefined) throw new ParseError(file, `a line "${name}: <n>"`, text);
    return sum + parseCount(digits, file);
  }, 0);
}
