import type { Verdict } from '../core/verdict.ts';

const FIRST_MS = 5_000;
const LONGEST_MS = 60_000;

/** How soon a check looks again after this one: sooner while not all is well. Holds state. */
export type Pace = (verdicts: readonly Verdict[]) => number | undefined;

/**
 * 5, 10, 20, 40 s after a look that was not good, then a minute: a node that starts is verified soon, a lost packet is soon known to
 * have been one, and during an outage nobody is asked more often than without one.
 */
export function createPace(): Pace {
  let waitMs = FIRST_MS;
  return (verdicts) => {
    const isGood = verdicts.every(({ kind }) => kind === 'healthy' || kind === 'not-applicable');
    const nextMs = waitMs;
    waitMs = isGood ? FIRST_MS : Math.min(2 * waitMs, LONGEST_MS);
    return isGood ? undefined : nextMs;
  };
}
