import type { Verdict } from '../core/verdict.ts';

/**
 * Enough looks within the time that a finding waits to be told (180 s for most, see conditions/patience.ts), whatever the period of
 * the check is. After them the period is soon enough: during an outage nobody is asked more often than without one.
 */
const WAITS_MS: readonly number[] = [5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000];

/**
 * A finding is cleared by two good looks that lie 45 seconds apart, so the second one is not to come with a long period only. And what
 * cannot be told while another check fails can be told as soon as that is over.
 */
const SOON_MS = 60_000;

/** Of two, the second may come too early: a poll with other parameters makes all checks look at once. */
const GOOD_LOOKS = 2;

/** How soon a check looks again after this one: sooner while not all is well. Undefined: with its period. Holds state. */
export type Pace = (verdicts: readonly Verdict[]) => number | undefined;

/**
 * After each look that was not good it waits longer, from 5 s on, then for its period: a node that starts is verified soon, a lost
 * packet is soon known to have been one.
 */
export function createPace(): Pace {
  let [badCount, goodLeft] = [0, 0];
  return (verdicts) => {
    const isBad = verdicts.some(({ kind }) => kind === 'problem');
    if (isBad || verdicts.some(({ kind }) => kind === 'unknown')) {
      goodLeft = GOOD_LOOKS;
      return WAITS_MS[badCount++] ?? (isBad ? undefined : SOON_MS);
    }
    badCount = 0;
    if (goodLeft === 0) return undefined;
    goodLeft--;
    return SOON_MS;
  };
}
