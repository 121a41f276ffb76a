import { parseCount, parseDecimal } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';

export interface Loadavg {
  /** Tasks that run, wait for a CPU or sleep uninterruptibly, averaged over 1, 5 and 15 minutes. */
  readonly load1: number;
  readonly load5: number;
  readonly load15: number;
  /** Tasks that run or wait for a CPU at this moment. */
  readonly runnable: number;
  /** All threads of the host, kernel threads included, in whichever PID namespace they and the reader are. */
  readonly threads: number;
}

/**
 * Parses /proc/loadavg, see proc_loadavg(5): one line. The last number, the newest PID of the reader's namespace, is not read.
 *
 *     0.21 0.37 0.39 1/719 19737
 *
 * Throws ParseError.
 */
export function parseLoadavg(text: string, file = '/proc/loadavg'): Loadavg {
  const [, load1, load5, load15, runnable, threads] = /^([\d.]+) ([\d.]+) ([\d.]+) (\d+)\/(\d+) \d+\n$/.exec(text) ?? [];
  if (load1 === undefined || load5 === undefined || load15 === undefined || runnable === undefined || threads === undefined) {
    throw new ParseError(file, '"<load> <load> <load> <n>/<n> <pid>" and a newline', text);
  }
  return {
    load1: parseDecimal(load1, file),
    load5: parseDecimal(load5, file),
    load15: parseDecimal(load15, file),
    runnable: parseCount(runnable, file),
    threads: parseCount(threads, file),
  };
}
