import { isCount, isRecord } from '../../core/decode.ts';

/** A service of the node that was seen to run, and what has become of it. */
export interface Known {
  /** Of its program. */
  readonly name: string;
  readonly pid: string;
  readonly startTicks: number;
  readonly isUp: boolean;
  /** Uptime at which it was first seen not to be up; undefined while it is. */
  readonly goneMs: number | undefined;
}

export interface Process {
  readonly name: string;
  readonly pid: string;
  /** In ticks of 10 ms since the boot. */
  readonly startTicks: number;
}

/** What starts anew again and again lives for seconds. Whoever lasts as long as this runs. */
const LASTING_MS = 60_000;

const MS_PER_TICK = 10;

/** How long a process has lived; Infinity where its start and the uptime are of two clocks (LXCFS tells the uptime of a container). Pure. */
export function ageMs({ startTicks }: { readonly startTicks: number }, uptimeMs: number): number {
  const age = uptimeMs - startTicks * MS_PER_TICK;
  return age < 0 ? Infinity : age;
}

/**
 * What is known of a service after one more look. A new process in place of another is up only once it has lasted. Pure.
 *
 * @param process that runs now, undefined for none
 */
export function advance(before: Known | undefined, process: Process | undefined, uptimeMs: number): Known | undefined {
  if (process === undefined) return before === undefined ? undefined : { ...before, isUp: false, goneMs: before.goneMs ?? uptimeMs };
  const { name, pid, startTicks } = process;
  const isSame = before !== undefined && before.pid === pid && before.startTicks === startTicks;
  if (before === undefined || (isSame && before.isUp) || ageMs(process, uptimeMs) >= LASTING_MS) return { name, pid, startTicks, isUp: true, goneMs: undefined };
  return { name, pid, startTicks, isUp: false, goneMs: before.goneMs ?? uptimeMs };
}

/** Of a memo that may be anybody's. */
export function readKnown(value: unknown): Known | undefined {
  if (!isRecord(value)) return undefined;
  const { name, pid, startTicks, isUp, goneMs } = value;
  const isProcess = isName(name) && typeof pid === 'string' && /^[0-9]{1,10}$/.test(pid) && isCount(startTicks);
  if (!isProcess || typeof isUp !== 'boolean' || (goneMs !== undefined && !isCount(goneMs))) return undefined;
  return { name, pid, startTicks, isUp, goneMs };
}

/** A program's name as it goes into messages. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9-]{1,32}$/.test(value);
}
