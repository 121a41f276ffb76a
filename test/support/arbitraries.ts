import * as fc from 'fast-check';
import type { Verdict } from '../../plugins/core/verdict.ts';

/** Text as the world may send it: any UTF-16, lone surrogates, control characters, percent signs, very long ones. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '%', 'a\nb', '\ud800', '\0', '…', '; '),
  fc.tuple(fc.constantFrom('x', 'ä', '😀', '%', '\n'), fc.integer({ min: 300, max: 2_000 })).map(([character, count]) => character.repeat(count)),
);

export interface VerdictWords {
  readonly reasons: readonly string[];
  readonly subjects: readonly string[];
  /** The message of a verdict. */
  readonly message: fc.Arbitrary<string>;
}

/** Any verdict of these words. */
export function anyVerdict({ reasons, subjects, message }: VerdictWords): fc.Arbitrary<Verdict> {
  const subject = fc.constantFrom(...subjects);
  return fc.oneof(
    fc.constant<Verdict>({ kind: 'healthy' }),
    fc.record({ kind: fc.constant('problem'), reason: fc.constantFrom(...reasons), subject, message }),
    fc.record({ kind: fc.constant('unknown'), message }),
    fc.record({ kind: fc.constant('unknown'), subject, message }),
    fc.record({ kind: fc.constant('not-applicable'), message }),
  );
}

/** What may happen to a report: looks, time, a wall clock that somebody sets, the end of the process. */
export type Step =
  | { readonly kind: 'look'; readonly check: string; readonly verdicts: readonly Verdict[]; readonly memo?: unknown }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'jump'; readonly ms: number }
  | { readonly kind: 'restart'; readonly ms: number };

/** Looks of these checks; `memo` is JSON. */
export function anyLook(checks: readonly string[], verdict: fc.Arbitrary<Verdict>): fc.Arbitrary<Step> {
  return fc.record({
    kind: fc.constant('look'), check: fc.constantFrom(...checks), verdicts: fc.array(verdict, { minLength: 1, maxLength: 4 }), memo: fc.jsonValue({ maxDepth: 1 }),
  });
}

/** Durations around the limits that matter, and arbitrary ones. */
export function anyPass(limitsMs: readonly number[]): fc.Arbitrary<Step> {
  const near = limitsMs.flatMap((ms) => [ms - 1, ms, ms + 1]);
  return fc.record({ kind: fc.constant('pass'), ms: fc.oneof(fc.constantFrom(1, ...near), fc.nat(200_000)) });
}

export const anyJump: fc.Arbitrary<Step> = fc.record({ kind: fc.constant('jump'), ms: fc.integer({ min: -31_536_000_000, max: 31_536_000_000 }) });

export const anyRestart: fc.Arbitrary<Step> = fc.record({ kind: fc.constant('restart'), ms: fc.nat(60_000) });
