import { parseCount, parseInteger } from '../core/decode.ts';
import { ParseError, codeOf, messageOf } from '../core/errors.ts';
import { explainFailure } from './child-failure.ts';
import type { RunChild } from './child.ts';
import { type Outcome, hostPath } from './read.ts';

/** What the kernel knows of its clock: one for all containers, since time namespaces do not shift it. */
export interface KernelClock {
  /** STA_UNSYNC: nobody has set it right, or nobody for nine hours; some daemons leave it set. */
  readonly isUnsynchronized: boolean;
  /** As the time daemon estimates it, and 500 ppm more for all the time since; stops at 16 s. */
  readonly maxErrorMs: number;
  /** How much faster than by itself the clock is made to run, in millionths. 0 where nobody has corrected it since the boot. */
  readonly correctionPpm: number;
}

export interface ClockOptions {
  readonly run: RunChild;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** See adjtimex(2). */
const STA_UNSYNC = 0x40;
const PPM = 65_536;

/**
 * Asks adjtimex(2), by the program `adjtimex` of Debian's package of that name; Node.js has no such call. To ask takes no capability, but
 * seccomp profiles before 2020 (containerd 1.3, Docker 19.03) refuse it: `denied`. `absent` without the program. Never rejects.
 */
export async function readKernelClock({ run, timeoutMs, signal }: ClockOptions): Promise<Outcome<KernelClock>> {
  const result = await run({ command: 'adjtimex', args: ['--print'], timeoutMs, maxOutputBytes: 4_096, ...(signal && { signal }) });
  if (result.kind === 'failed-to-start') {
    if (codeOf(result.cause) === 'ENOENT') return { kind: 'absent', message: 'needs the program adjtimex' };
    return { kind: 'failed', message: `adjtimex: ${result.message}`, cause: result.cause };
  }
  // When it is refused, it goes on and prints nothing but zeros.
  if (result.kind !== 'exited' || result.code !== 0) {
    const failure = explainFailure('adjtimex', 'adjtimex', result, timeoutMs);
    return failure === 'hung' ? { kind: 'failed', message: `adjtimex: no answer within ${timeoutMs} ms` } : failure;
  }
  try {
    return { kind: 'ok', value: parseAdjtimex(result.stdout) };
  } catch (cause) {
    return { kind: 'failed', message: messageOf(cause), cause };
  }
}

/**
 * Parses what `adjtimex --print` (1.29) prints:
 *
 *              mode: 0
 *            offset: -104
 *         frequency: 1286473
 *          maxerror: 117500
 *          esterror: 0
 *            status: 8193
 *     time_constant: 7
 *         precision: 1
 *         tolerance: 32768000
 *              tick: 10000
 *          raw time:  1795696661s 265577us = 1795696661.265577
 *      return value = 0
 *
 * maxerror in microseconds, frequency in 65,536ths of a millionth. Throws ParseError.
 */
export function parseAdjtimex(text: string): KernelClock {
  const number = (name: string): string => {
    const [, digits] = new RegExp(`^ *${name}: (-?\\d+)$`, 'm').exec(text) ?? [];
    if (digits === undefined) throw new ParseError('adjtimex', `a line "${name}: <n>"`, text);
    return digits;
  };
  if (!/^ return value = \d\n$/m.test(text)) throw new ParseError('adjtimex', 'a last line "return value = <n>"', text);
  return {
    isUnsynchronized: (parseCount(number('status'), 'adjtimex') & STA_UNSYNC) !== 0,
    maxErrorMs: Math.floor(parseCount(number('maxerror'), 'adjtimex') / 1_000),
    correctionPpm: parseInteger(number('frequency'), 'adjtimex') / PPM,
  };
}

/**
 * Files that daemons touch when they have set the clock, none more seldom than every few hours: systemd-timesyncd at each answer, chronyd
 * and ntpd when they keep how fast the clock runs.
 */
const TOUCHED = [
  'run/systemd/timesync/synchronized',
  'var/lib/chrony/chrony.drift',
  'var/lib/chrony/drift',
  'var/lib/ntpsec/ntp.drift',
  'var/lib/ntp/ntp.drift',
  'var/lib/ntp/drift',
];

/** A trace of a time daemon. */
export interface LastSync {
  /** `/run/systemd/timesync/synchronized` */
  readonly file: string;
  /** Seconds since 1970. */
  readonly timeSeconds: number;
}

/**
 * When a time daemon of the host last left a trace of having set the clock: a makeshift, since it may have failed after that.
 * Undefined where none did, or nobody can tell. Never rejects.
 */
export async function readLastSync(root: string, { run, timeoutMs, signal }: ClockOptions): Promise<LastSync | undefined> {
  const paths = TOUCHED.map((path) => hostPath(root, path));
  const result = await run({ command: 'stat', args: [String.raw`--printf=%Y %n\n`, '--', ...paths], timeoutMs, maxOutputBytes: 4_096, ...(signal && { signal }) });
  if (result.kind !== 'exited') return undefined;
  const traces = TOUCHED.flatMap((path, index): readonly LastSync[] => {
    const line = result.stdout.split('\n').find((each) => each.endsWith(` ${paths[index]}`));
    const [, seconds] = /^(\d{1,12}) /.exec(line ?? '') ?? [];
    return seconds === undefined ? [] : [{ file: `/${path}`, timeSeconds: Number(seconds) }];
  });
  return traces.toSorted((a, b) => b.timeSeconds - a.timeSeconds)[0];
}
