import type { Reading } from '../core/check.ts';
import type { MonitorStatistics } from '../core/statistics.ts';
import type { Condition } from '../core/status.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Observed, Page } from './observed.ts';

/** `/looks`: the live form of `check --json`. */
export interface LooksDocument {
  readonly monitors: readonly MonitorLooks[];
}

export interface MonitorLooks {
  readonly monitor: string;
  readonly conditions: readonly Condition[];
  readonly checks: readonly CheckLook[];
}

export interface CheckLook {
  readonly name: string;
  /** The condition type it feeds; absent for one that only tells events. */
  readonly condition?: string | undefined;
  readonly periodMs: number;
  /** When the last look that ended in time did so, milliseconds since 1970; null before the first. */
  readonly lookedAtMs: number | null;
  /** How long that look took; null before the first. */
  readonly tookMs: number | null;
  /** What was last found: newer than `lookedAtMs` when it says that there was no answer in time. */
  readonly verdicts: readonly Told<Verdict>[];
  readonly readings: readonly Reading[];
}

/** Without the Error behind an `unknown`, whose text its message already holds. */
type Told<V> = V extends unknown ? Omit<V, 'cause'> : never;

/** The document as JSON. */
export function looksPage({ monitors }: Observed): Page {
  const document: LooksDocument = { monitors: monitors().map(({ statistics }) => looksOf(statistics())) };
  return { status: 200, contentType: 'application/json', body: `${JSON.stringify(document)}\n` };
}

function looksOf({ monitor, conditions, checks }: MonitorStatistics): MonitorLooks {
  return {
    monitor,
    conditions: conditions.map(({ condition }) => condition),
    checks: checks.map(({ name, condition, periodMs, last, verdicts, readings }) => ({
      name, condition, periodMs,
      lookedAtMs: last?.endedWallMs ?? null,
      tookMs: last === undefined ? null : Math.round(last.tookMs * 1_000) / 1_000,
      verdicts: verdicts.map(withoutCause),
      readings,
    })),
  };
}

function withoutCause(verdict: Verdict): Told<Verdict> {
  if (verdict.kind !== 'unknown') return verdict;
  const { cause: _cause, ...told } = verdict;
  return told;
}
