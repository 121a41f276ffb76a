import { isCount, isRecord } from '../../core/decode.ts';
import { counterOf } from '../limits/memo.ts';

/** Counters at one moment of the host's uptime. */
export interface Mark {
  readonly uptimeMs: number;
  readonly counters: readonly bigint[];
}

/** What was counted since an earlier look. */
export interface Growth {
  /** Above 0. */
  readonly intervalMs: number;
  readonly counters: readonly bigint[];
}

export interface Compared {
  /** Undefined for a first look of a boot, where there is nothing to compare with, and where a counter went back. */
  readonly growth: Growth | undefined;
  /** A counter is lower than before: it began anew, since its driver was loaded again or has but 32 bits. */
  readonly wentBack: boolean;
  /** For the next look; changes only every three minutes. */
  readonly memo: unknown;
}

/**
 * What happens in bursts is seen as one: all is compared with a look that lies three to six minutes back. A single burst is
 * forgotten after that, so what is to be told must last longer than `LONGEST_SPAN_MS`.
 */
const SPAN_MS = 3 * 60_000;

/** With a look that came late. */
export const LONGEST_SPAN_MS = 2 * SPAN_MS + 60_000;

/** Pure. @param memo of the look before, as it was given then */
export function compare(memo: unknown, now: Mark): Compared {
  const before = decode(memo, now);
  if (before === undefined) return { growth: undefined, wentBack: false, memo: encode({ older: now, newer: now }) };
  const { older, newer } = before;
  const wentBack = now.counters.some((counter, index) => counter < (newer.counters[index] ?? 0n));
  if (wentBack) return { growth: undefined, wentBack, memo: encode({ older: now, newer: now }) };
  const intervalMs = now.uptimeMs - older.uptimeMs;
  const growth = intervalMs === 0 ? undefined : { intervalMs, counters: now.counters.map((counter, index) => counter - (older.counters[index] ?? 0n)) };
  return { growth, wentBack, memo: now.uptimeMs - newer.uptimeMs >= SPAN_MS ? encode({ older: newer, newer: now }) : memo };
}

interface Marks {
  readonly older: Mark;
  readonly newer: Mark;
}

function encode({ older, newer }: Marks): unknown {
  return { older: encodeMark(older), newer: encodeMark(newer) };
}

function encodeMark({ uptimeMs, counters }: Mark): unknown {
  return { uptimeMs, counters: counters.map(String) };
}

/** Undefined for anything but marks of this boot, of as many counters. */
function decode(memo: unknown, now: Mark): Marks | undefined {
  if (!isRecord(memo)) return undefined;
  const [older, newer] = [decodeMark(memo['older']), decodeMark(memo['newer'])];
  if (older === undefined || newer === undefined || older.uptimeMs > newer.uptimeMs || newer.uptimeMs > now.uptimeMs) return undefined;
  return [older, newer].every(({ counters }) => counters.length === now.counters.length) ? { older, newer } : undefined;
}

function decodeMark(mark: unknown): Mark | undefined {
  if (!isRecord(mark) || !isCount(mark['uptimeMs']) || !Array.isArray(mark['counters'])) return undefined;
  const counters = mark['counters'].map(counterOf);
  return counters.every((counter) => counter !== undefined) ? { uptimeMs: mark['uptimeMs'], counters } : undefined;
}
