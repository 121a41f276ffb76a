import type { AttemptLimits, Outcome } from '../../plugins/network-verifier/attempt.ts';

/** Kind, fault and message in one line: `ok`, `refused: connection refused`, `local: …`. */
export function told(outcome: Outcome<unknown>): string {
  if (outcome.kind === 'ok') return 'ok';
  return outcome.kind === 'local' ? `local: ${outcome.message}` : `${outcome.fault}: ${outcome.message}`;
}

/** Of an attempt that nobody aborts. */
export function limits(timeoutMs = 10_000): AttemptLimits {
  return { timeoutMs, signal: new AbortController().signal };
}
