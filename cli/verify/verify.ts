import type { Look } from '../../plugins/core/check.ts';
import { EXIT, exitCodeOf } from '../exit-code.ts';
import type { Backoff } from '../kube-node-ready/given.ts';
import { type Attempt, type Subject, attemptAll } from './attempt.ts';
import { waitMs } from './wait.ts';

export interface Patience {
  /** Attempts after the first. */
  readonly retries: number;
  readonly backoff: Backoff;
  /** Of all attempts together. */
  readonly timeoutMs: number;
}

/** Why it ended: nothing was left to try, or no retry, no time, or somebody told it to. */
export type End = 'settled' | 'retries' | 'timeout' | 'signal';

export interface Verification {
  /** The last whole attempt, or the first if not even that is whole. */
  readonly last: Attempt;
  readonly attempts: number;
  readonly endedBy: End;
}

export interface VerifyOptions {
  readonly subject: Subject;
  readonly patience: Patience;
  /** Ends it, as a supervisor does. */
  readonly signal: AbortSignal;
  /** Settles after so many milliseconds, or with the signal. Never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly nowMs: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Told of each attempt that ended, with the time until the next one, if there is one. */
  readonly onAttempt: (attempt: Attempt, number: number, againInMs: number | undefined) => void;
}

/**
 * Looks with all checks, and then again with those that found a problem or could not tell, until none does or patience is over.
 * Ends within the timeout, whatever a check does. Never rejects.
 */
export async function verifyNetwork({ subject, patience, signal, sleep, nowMs, random, onAttempt }: VerifyOptions): Promise<Verification> {
  const { retries, backoff, timeoutMs } = patience;
  const endMs = nowMs() + timeoutMs;
  const timeUp = new AbortController();
  const timer = setTimeout(() => timeUp.abort(), timeoutMs);
  const until = AbortSignal.any([signal, timeUp.signal]);
  let last: Attempt | undefined;
  try {
    for (let number = 1; ; number++) {
      const attempt = await attemptAll(subject, settledOf(last), until);
      // What was broken off says less than what went before.
      last = attempt.isWhole || last === undefined ? attempt : last;
      const pauseMs = waitMs(backoff, number, random());
      const end = endOf(attempt, { isTold: signal.aborted, isLate: until.aborted || nowMs() + pauseMs >= endMs, isLast: number > retries });
      onAttempt(attempt, number, end === undefined ? pauseMs : undefined);
      if (end !== undefined) return { last, attempts: number, endedBy: end };
      await sleep(pauseMs, until);
      if (until.aborted) return { last, attempts: number, endedBy: signal.aborted ? 'signal' : 'timeout' };
    }
  } finally {
    clearTimeout(timer);
  }
}

function endOf({ conditions, looks, isWhole }: Attempt, { isTold, isLate, isLast }: { readonly isTold: boolean; readonly isLate: boolean; readonly isLast: boolean }): End | undefined {
  if (isWhole && (exitCodeOf(conditions) === EXIT.ok || [...looks.values()].every(isSettled))) return 'settled';
  if (isTold) return 'signal';
  if (isLast && isWhole) return 'retries';
  return isLate ? 'timeout' : undefined;
}

/** Those of which another look would tell nothing else. */
function settledOf(attempt: Attempt | undefined): ReadonlyMap<string, Look> {
  return new Map([...attempt?.looks ?? []].filter(([, look]) => isSettled(look)));
}

function isSettled({ verdicts }: Look): boolean {
  return verdicts.every(({ kind }) => kind === 'healthy' || kind === 'not-applicable');
}
