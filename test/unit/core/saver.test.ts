import { assert } from 'chai';
import * as fc from 'fast-check';
import { saveReport } from '../../../plugins/core/report/save.ts';
import { type Saver, createSaver } from '../../../plugins/core/saver.ts';
import { type Verdict, healthy, notApplicable, problem, unknownOf } from '../../../plugins/core/verdict.ts';
import { anyLook, anyPass, anyVerdict } from '../../support/arbitraries.ts';
import { CLEAR_MS, PERIOD_MS, RAISE_MS, type Story, plan as conditionsPlan, story } from './report/story.ts';

/** With one that only tells events: nothing of it is seen in any condition. */
const plan = { ...conditionsPlan, checks: [...conditionsPlan.checks, { name: 'news', periodMs: PERIOD_MS }] };

interface SavedStory {
  readonly tale: Story;
  readonly saver: Saver;
  readonly saved: string[];
  readonly offer: () => void;
}

function savedStory(): SavedStory {
  const [tale, saved] = [story(plan), [] as string[]];
  const saver = createSaver({ plan, bootId: 'boot', savedText: undefined, onSave: (text) => void saved.push(text) });
  return { tale, saver, saved, offer: () => saver.offer(tale.state(), tale.now()) };
}

/** With all checks healthy, twice, so that the saver has seen that nothing changes. */
function settledStory(): SavedStory {
  const one = savedStory();
  for (let round = 0; round < 2; round++) {
    lookWithAll(one, healthy);
    one.tale.pass(1_000);
  }
  one.saved.length = 0;
  return one;
}

function lookWithAll({ tale, offer }: SavedStory, verdict: Verdict, memo?: unknown): void {
  for (const { name } of plan.checks) {
    tale.lookWith(name, { verdicts: [verdict], memo });
    offer();
  }
}

/** What a state file tells people, without what checks only remember. */
function told(text: string | undefined): unknown {
  return JSON.parse(text ?? 'null', (key, value: unknown) => (key === 'memo' || key === 'baselines' ? undefined : value)) as unknown;
}

describe('the state that is saved', () => {
  it('always tells what is so, whatever is looked at and however time passes', () => {
    const words = { reasons: ['DiskFull', 'DiskSlow', 'NetDown'], subjects: ['/', '/data'], message: fc.constantFrom('this', 'that') };
    const look = anyLook(plan.checks.map(({ name }) => name), anyVerdict(words));
    const quiet = anyLook(plan.checks.map(({ name }) => name), fc.constantFrom<Verdict>(healthy, notApplicable('no disk'), notApplicable('no other disk')));
    const pass = anyPass([1_000, PERIOD_MS, RAISE_MS, CLEAR_MS, 3 * PERIOD_MS]);
    const steps = fc.array(fc.oneof({ weight: 6, arbitrary: quiet }, { weight: 1, arbitrary: look }, { weight: 3, arbitrary: pass }), { maxLength: 60 });
    fc.assert(fc.property(steps, (all) => {
      const { tale, saved, offer } = savedStory();
      for (const step of all) {
        if (step.kind === 'pass') tale.pass(step.ms);
        if (step.kind === 'look') tale.lookWith(step.check, { verdicts: step.verdicts, memo: step.memo });
        offer();
        assert.deepEqual(told(saved.at(-1)), told(saveReport(plan, tale.state(), 'boot', tale.now())));
      }
    }), { numRuns: 500 });
  });

  it('is not written for what checks only remember, until five minutes are over', () => {
    const one = settledStory();
    for (let counter = 0; counter < 9; counter++) {
      one.tale.pass(PERIOD_MS);
      lookWithAll(one, healthy, { counter });
    }
    assert.lengthOf(one.saved, 0);
    one.tale.pass(PERIOD_MS);
    lookWithAll(one, healthy, { counter: 10 });
    assert.lengthOf(one.saved, 1);
  });

  it('is not even made while all stays as it is, for however long', () => {
    const one = settledStory();
    let madeCount = 0;
    const memo = { toJSON: () => ++madeCount > 0 };
    lookWithAll(one, healthy, memo);
    const made: number[] = [];
    for (let minutes = 0; minutes < 20; minutes++) {
      const before = madeCount;
      for (let looks = 0; looks < 2; looks++) {
        one.tale.pass(PERIOD_MS);
        lookWithAll(one, healthy, memo);
      }
      made.push(madeCount - before);
    }
    assert.isAtMost(made.filter((count) => count > 0).length, 4, made.join(' '));
  });

  it('that could not be written is offered again at the next look', () => {
    const tale = story(plan);
    const saved: string[] = [];
    let isFull = true;
    const saver = createSaver({ plan, bootId: 'boot', savedText: undefined, onSave: (text) => {
      if (isFull) throw new Error('ENOSPC');
      saved.push(text);
    } });
    for (let looks = 0; looks < 2; looks++) {
      tale.look('space', healthy);
      assert.throws(() => saver.offer(tale.state(), tale.now()), 'ENOSPC');
    }
    isFull = false;
    saver.offer(tale.state(), tale.now());
    assert.lengthOf(saved, 1);
  });

  const CHANGES: readonly (readonly [what: string, change: (tale: Story) => void])[] = [
    ['a problem', (tale) => tale.look('space', problem('DiskFull', '/', '/ is full'))],
    ['an event', (tale) => tale.lookWith('space', { verdicts: [healthy], events: [{ severity: 'info', reason: 'Happened', message: 'it did' }] })],
    ['what no longer applies', (tale) => tale.look('speed', notApplicable('no disk'))],
    ['what was not looked at for too long', (tale) => tale.pass(3 * PERIOD_MS)],
  ];
  for (const [what, change] of CHANGES) {
    it(`is written at once for ${what}`, () => {
      const { tale, saved, offer } = settledStory();
      change(tale);
      offer();
      assert.lengthOf(saved, 1);
      offer();
      assert.lengthOf(saved, 1);
    });
  }

  it('is written for a gap that grows too old beside a problem, which goes on being told', () => {
    const { tale, saved, offer } = settledStory();
    tale.look('space', problem('DiskFull', '/', '/ is full'));
    tale.look('speed', unknownOf('/data', '/data: permission denied'));
    offer();
    const { length } = saved;
    for (let ms = 0; ms < 3 * PERIOD_MS; ms += PERIOD_MS) {
      tale.pass(PERIOD_MS);
      tale.look('space', problem('DiskFull', '/', '/ is full'));
      tale.look('speed', unknownOf('/data', '/data: permission denied'));
      offer();
    }
    assert.equal(tale.told(), 'True DiskFull: / is full');
    assert.isAbove(saved.length, length);
    assert.include(saved.at(-1), '"gaps":[{"subject":"/data"');
  });

  it('is written for a check without a condition that has not looked for too long, and once it looks again', () => {
    const { tale, saved, offer } = settledStory();
    const round = (...checks: readonly string[]): void => {
      tale.pass(PERIOD_MS);
      for (const name of checks) tale.look(name, healthy);
      offer();
    };
    for (let rounds = 0; rounds < 4; rounds++) round('space', 'speed', 'net');
    assert.lengthOf(saved, 1);
    assert.include(saved[0], 'news: no fresh look since');
    round('space', 'speed', 'net', 'news');
    assert.lengthOf(saved, 2);
    assert.notInclude(saved[1], 'no fresh look');
  });

  it('of another process that served meanwhile is replaced as soon as something else is told', () => {
    const { tale, saver, saved, offer } = settledStory();
    saver.replaced('{"told by":"another"}');
    offer();
    assert.deepEqual(told(saved.at(-1)), told(saveReport(plan, tale.state(), 'boot', tale.now())));
  });
});
