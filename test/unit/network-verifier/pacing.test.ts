import { assert } from 'chai';
import { type Verdict, healthy, notApplicable, problem, unknown } from '../../../plugins/core/verdict.ts';
import { networkConditions } from '../../../plugins/network-verifier/conditions.ts';
import { createPace } from '../../../plugins/network-verifier/pacing.ts';

const bad = problem('DNSTimeout', '10.96.0.10:53', 'no answer');

/** How soon it is looked again after each of these looks, in seconds; `period` for no sooner. */
function paces(...looks: readonly (readonly Verdict[])[]): readonly (number | 'period')[] {
  const pace = createPace();
  return looks.map((verdicts) => pace(verdicts)).map((ms) => (ms === undefined ? 'period' : ms / 1_000));
}

describe('the pace of a check', () => {
  it('is its period while all is well, or does not apply', () => {
    assert.deepEqual(paces([healthy], [healthy, notApplicable('no cluster here')], [notApplicable('no cluster here')]), ['period', 'period', 'period']);
  });

  it('is quick after a look that was not good, then slower, then its period', () => {
    assert.deepEqual(paces(...Array.from({ length: 9 }, () => [healthy, bad])), [5, 10, 20, 40, 60, 60, 60, 'period', 'period']);
  });

  it('is the same where nothing could be told, and then a minute: what hides it may be over at any time', () => {
    assert.deepEqual(paces([unknown('denied')], [bad], [unknown('denied'), healthy]), [5, 10, 20]);
    assert.deepEqual(paces(...Array.from({ length: 9 }, () => [healthy, unknown('denied')])), [5, 10, 20, 40, 60, 60, 60, 60, 60]);
  });

  it('is a minute after the first good look and the second, which may have come too early to clear anything, and begins anew with the next bad one', () => {
    assert.deepEqual(paces([bad], [bad], [healthy], [healthy], [healthy], [healthy], [bad]), [5, 10, 60, 60, 'period', 'period', 5]);
    assert.deepEqual(paces([bad], [healthy], [bad], [healthy], [healthy], [healthy]), [5, 60, 5, 60, 60, 'period']);
  });

  it('finds again what lasts before it is to be told, whatever the period, though each look comes a tenth early', () => {
    const waits = paces(...Array.from({ length: 8 }, () => [bad])).filter((seconds) => seconds !== 'period');
    const soonest = 0.9 * waits.reduce((sum, seconds) => sum + seconds, 0);
    const isPressure = (reason: string): boolean => reason === 'DNSSlow';
    for (const { reason, raiseAfterMs } of networkConditions().flatMap(({ reasons }) => reasons)) {
      if (!isPressure(reason)) assert.isAtMost(raiseAfterMs, soonest * 1_000, reason);
    }
  });
});
