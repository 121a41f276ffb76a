import { assert } from 'chai';
import * as fc from 'fast-check';
import type { Verdict } from '../../../../plugins/core/verdict.ts';
import { type Step, anyJump, anyLook, anyPass, anyVerdict } from '../../../support/arbitraries.ts';
import { CLEAR_MS, PERIOD_MS, RAISE_MS, story } from './story.ts';

/** One look of the past, as the oracle sees it. */
interface Past {
  readonly check: string;
  readonly atMs: number;
  readonly verdicts: readonly Verdict[];
}

const CHECKS = ['space', 'speed'];
const SUBJECTS = ['/', '/data', '/boot'];
const RAISE_AFTER_MS: Readonly<Record<string, number>> = { DiskFull: 0, DiskSlow: RAISE_MS };
const LASTS_MS = 3 * PERIOD_MS;

const verdict = anyVerdict({ reasons: Object.keys(RAISE_AFTER_MS), subjects: SUBJECTS, message: fc.constant('m') });
const look = anyLook(CHECKS, verdict);
const pass = anyPass([PERIOD_MS, RAISE_MS, CLEAR_MS, LASTS_MS]);
const steps = fc.array(fc.oneof({ weight: 5, arbitrary: look }, { weight: 3, arbitrary: pass }, anyJump), { maxLength: 40 });

/** Runs the steps and hands what is told, and all that was ever looked at, to `judge` after each. */
function afterEachStep(taken: readonly Step[], judge: (status: string, past: readonly Past[], nowMs: number) => void): void {
  const tale = story();
  const past: Past[] = [];
  for (const step of taken) {
    if (step.kind === 'look') {
      tale.look(step.check, ...step.verdicts);
      past.push({ check: step.check, atMs: tale.now().monotonicMs, verdicts: step.verdicts });
    } else if (step.kind === 'pass') tale.pass(step.ms);
    else tale.jumpWall(step.ms);
    judge(tale.condition().status, past, tale.now().monotonicMs);
  }
}

/** Did this look leave nothing open about `subject`? */
function isClear({ verdicts }: Past, subject: string): boolean {
  return !verdicts.some((verdict) => verdict.kind === 'unknown' && (verdict.subject === undefined || verdict.subject === subject));
}

function sees({ verdicts }: Past, reason: string, subject: string): boolean {
  return verdicts.some((verdict) => verdict.kind === 'problem' && verdict.reason === reason && verdict.subject === subject);
}

/** Was anything told about `subject` of `check`, by a look that left nothing open about it, in the last three periods? */
function isKnown(past: readonly Past[], check: string, subject: string, nowMs: number): boolean {
  return past.some((one) => one.check === check && nowMs - one.atMs <= LASTS_MS && isClear(one, subject));
}

/** Is there a check and subject for which two looks far enough apart saw this reason, and none between found it gone? */
function hasLasted(past: readonly Past[], reason: string, raiseAfterMs: number): boolean {
  return CHECKS.some((check) => SUBJECTS.some((subject) => {
    const looks = past.filter((one) => one.check === check);
    let sinceMs: number | undefined;
    for (const one of looks) {
      if (sees(one, reason, subject)) sinceMs ??= one.atMs;
      else if (isClear(one, subject)) sinceMs = undefined;
      if (sinceMs !== undefined && sees(one, reason, subject) && one.atMs - sinceMs >= raiseAfterMs) return true;
    }
    return false;
  }));
}

describe('the truth of a condition, whatever was looked at and however time passed', () => {
  it('it is never False unless every check told of every subject within three periods', () => {
    fc.assert(fc.property(steps, (taken) => afterEachStep(taken, (status, past, nowMs) => {
      if (status !== 'False') return;
      for (const check of CHECKS) {
        for (const subject of [...SUBJECTS, '/never-named']) assert.isTrue(isKnown(past, check, subject, nowMs), `${check} ${subject}`);
      }
    })), { numRuns: 400 });
  });

  it('it is never Unknown while every check told of every subject within three periods', () => {
    fc.assert(fc.property(steps, (taken) => afterEachStep(taken, (status, past, nowMs) => {
      const isAllKnown = CHECKS.every((check) => [...SUBJECTS, '/never-named'].every((subject) => isKnown(past, check, subject, nowMs)));
      if (isAllKnown) assert.notStrictEqual(status, 'Unknown');
    })), { numRuns: 400 });
  });

  it('it is never True without a problem that was seen for as long as its reason asks', () => {
    fc.assert(fc.property(steps, (taken) => afterEachStep(taken, (status, past) => {
      if (status !== 'True') return;
      assert.isTrue(Object.entries(RAISE_AFTER_MS).some(([reason, raiseAfterMs]) => hasLasted(past, reason, raiseAfterMs)));
    })), { numRuns: 400 });
  });

  it('it is True while the last look, not older than three periods, plainly sees a hard fact', () => {
    fc.assert(fc.property(steps, (taken) => afterEachStep(taken, (status, past, nowMs) => {
      const isSeen = CHECKS.some((check) => {
        const last = past.findLast((one) => one.check === check);
        return last !== undefined && nowMs - last.atMs <= LASTS_MS
          && SUBJECTS.some((subject) => sees(last, 'DiskFull', subject) && isClear(last, subject));
      });
      if (isSeen) assert.strictEqual(status, 'True');
    })), { numRuns: 400 });
  });

  it('garbage alone is never True and never False', () => {
    const garbage = anyLook(CHECKS, fc.constantFrom<Verdict>({ kind: 'unknown', message: 'm' }, { kind: 'unknown', subject: '/', message: 'm' }));
    fc.assert(fc.property(fc.array(fc.oneof(garbage, pass), { maxLength: 30 }), (taken) => afterEachStep(taken, (status) => {
      assert.strictEqual(status, 'Unknown');
    })));
  });
});
