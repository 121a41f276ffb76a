import type { ConditionSpec } from '../conditions.ts';
import { type Conclusion, type KnownCheck, conclude, goodUntilMs } from './conclude.ts';
import type { CheckState, Moment } from './state.ts';

/** A conclusion, and for how long it is the same. */
export interface Concluded {
  readonly conclusion: Conclusion;
  /** What was known then of each check. */
  readonly states: readonly CheckState[];
  /** Monotonic, included. */
  readonly untilMs: number;
}

export function concludedAt(spec: ConditionSpec, checks: readonly KnownCheck[], now: Moment): Concluded {
  const ends = checks.flatMap(endsOf).filter((ms) => ms >= now.monotonicMs);
  return { conclusion: conclude(spec, checks, now), states: checks.map(({ state }) => state), untilMs: Math.min(...ends) };
}

/** Nobody has looked since, and nothing has grown too old. */
export function isStillSo({ states, untilMs }: Concluded, checks: readonly KnownCheck[], { monotonicMs }: Moment): boolean {
  return monotonicMs <= untilMs && checks.length === states.length && checks.every(({ state }, index) => state === states[index]);
}

/** When something of what is known of a check grows too old. */
function endsOf({ plan, state: { lookedAt, gaps } }: KnownCheck): readonly number[] {
  return lookedAt === undefined ? [] : [lookedAt.monotonicMs, ...gaps.map(({ knownAtMs }) => knownAtMs)].map((knownAtMs) => goodUntilMs(knownAtMs, plan));
}
