import { assert } from 'chai';
import * as fc from 'fast-check';
import type { Look } from '../../../plugins/core/check.ts';
import { messageOf } from '../../../plugins/core/errors.ts';
import type { Sampler } from '../../../plugins/core/sampler.ts';
import { unknown } from '../../../plugins/core/verdict.ts';
import { FINE, checkOf, heldLook, samplerBench } from './sampler-bench.ts';

const LATE = 'a: no answer within 5000 ms';

async function startAndTell(sampler: Sampler, tell: () => void): Promise<void> {
  await sampler.start();
  tell();
}

describe('a sampler', () => {
  it('begins with those that it is waited for, and a second later with those that are slow', async () => {
    const slow = heldLook();
    const { clock, sampler, seen } = samplerBench([checkOf(() => FINE), checkOf(slow.look, { name: 'b', isSlow: true })]);
    await sampler.start(true);
    assert.deepEqual([seen.map(({ check }) => check), slow.count()], [['a'], 0]);
    await clock.advance(1_000);
    assert.strictEqual(slow.count(), 1);
    sampler.stop();
  });

  it('that is stopped within the first second begins with nothing more', async () => {
    const slow = heldLook();
    const { clock, sampler } = samplerBench([checkOf(slow.look, { isSlow: true })]);
    await sampler.start(true);
    sampler.stop();
    await clock.advance(600_000);
    assert.strictEqual(slow.count(), 0);
  });

  it('looks with every check at once and then each period of its own', async () => {
    const { clock, sampler, seen } = samplerBench([checkOf(() => FINE), checkOf(() => FINE, { name: 'b', periodMs: 45_000 })]);
    const started = sampler.start();
    await clock.advance(90_000);
    await started;
    sampler.stop();
    assert.deepEqual(seen, [
      { atMs: 0, check: 'a', told: 'fine' }, { atMs: 0, check: 'b', told: 'fine' },
      { atMs: 30_000, check: 'a', told: 'fine' }, { atMs: 45_000, check: 'b', told: 'fine' },
      { atMs: 60_000, check: 'a', told: 'fine' }, { atMs: 90_000, check: 'b', told: 'fine' }, { atMs: 90_000, check: 'a', told: 'fine' },
    ]);
  });

  it('comes at most a tenth of the period early and never late, whatever the random source gives', async () => {
    const randoms = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 5, maxLength: 20 });
    await fc.assert(fc.asyncProperty(randoms, async (values) => {
      let drawn = 0;
      const { clock, sampler, seen } = samplerBench([checkOf(() => FINE)], () => values[drawn++ % values.length] ?? 0);
      const started = sampler.start();
      await clock.advance(200_000);
      await started;
      sampler.stop();
      const gaps = seen.slice(1).map(({ atMs }, index) => atMs - (seen[index]?.atMs ?? 0));
      assert.isAtLeast(gaps.length, 6);
      assert.isTrue(gaps.every((gap) => gap >= 27_000 - 1e-6 && gap <= 30_000 + 1e-6), String(gaps));
    }), { numRuns: 50 });
  });

  it('uses the whole of that tenth', async () => {
    for (const [value, atMs] of [[0, 30_000], [0.999_999, 27_000]] as const) {
      const { clock, sampler, seen } = samplerBench([checkOf(() => FINE)], () => value);
      const started = sampler.start();
      await clock.advance(34_000);
      await started;
      sampler.stop();
      assert.closeTo(seen[1]?.atMs ?? 0, atMs, 0.01);
    }
  });

  it('looks at the same moment, always, with checks that belong together, and with others at their own', async () => {
    const randoms = [0.1, 0.9, 0.5, 0.3];
    let drawn = 0;
    const together = { together: 'program' };
    const { clock, sampler, seen } = samplerBench(
      [checkOf(() => FINE, together), checkOf(() => FINE, { name: 'b' }), checkOf(() => FINE, { ...together, name: 'c' })],
      () => randoms[drawn++ % randoms.length] ?? 0,
    );
    const started = sampler.start();
    await clock.advance(300_000);
    await started;
    sampler.stop();
    const timesOf = (name: string): readonly number[] => seen.filter(({ check }) => check === name).map(({ atMs }) => atMs);
    assert.isAtLeast(timesOf('a').length, 10);
    assert.deepEqual(timesOf('c'), timesOf('a'));
    assert.notDeepEqual(timesOf('b'), timesOf('a'));
  });

  it('has ended its first round after the longest deadline, even if no look ever ends', async () => {
    const never = heldLook();
    const { clock, sampler, told } = samplerBench([checkOf(never.look), checkOf(never.look, { name: 'b', timeoutMs: 9_000 })]);
    let isOver = false;
    const started = startAndTell(sampler, () => { isOver = true; });
    await clock.advance(8_999);
    assert.isFalse(isOver);
    await clock.advance(1);
    assert.isTrue(isOver);
    await started;
    sampler.stop();
    assert.deepEqual(told(), [LATE, 'b: no answer within 9000 ms']);
  });
});

describe('a look that hangs', () => {
  it('is never started twice and tells "no answer" again each period, until it ends', async () => {
    const held = heldLook();
    const { clock, sampler, seen } = samplerBench([checkOf(held.look)]);
    const started = sampler.start();
    await clock.advance(100_000);
    await started;
    assert.strictEqual(held.count(), 1);
    assert.deepEqual(seen, [5_000, 30_000, 60_000, 90_000].map((atMs) => ({ atMs, check: 'a', told: LATE })));
    held.end();
    await clock.advance(20_000);
    assert.strictEqual(held.count(), 2);
    held.end();
    await clock.advance(1);
    sampler.stop();
    assert.deepEqual(seen.slice(4), [{ atMs: 120_000, check: 'a', told: 'fine' }]);
  });

  it('is asked to end at its deadline, not before', async () => {
    const held = heldLook();
    const { clock, sampler } = samplerBench([checkOf(held.look)]);
    const started = sampler.start();
    await clock.advance(4_999);
    assert.isFalse(held.signals[0]?.aborted);
    await clock.advance(1);
    assert.strictEqual(messageOf(held.signals[0]?.reason), 'no answer within 5000 ms');
    await started;
    sampler.stop();
  });

  it('that fails after its deadline is told once, and no rejection goes unhandled', async () => {
    const held = heldLook();
    const { clock, sampler, told } = samplerBench([checkOf(held.look)]);
    const started = sampler.start();
    await clock.advance(5_000);
    held.fail(new Error('too late'));
    await clock.advance(1_000);
    await started;
    sampler.stop();
    assert.deepEqual(told(), [LATE]);
  });

  it('does not hold up the others', async () => {
    const { clock, sampler, seen } = samplerBench([checkOf(heldLook().look), checkOf(() => FINE, { name: 'b' })]);
    const started = sampler.start();
    await clock.advance(65_000);
    await started;
    sampler.stop();
    assert.deepEqual(seen.filter(({ check }) => check === 'b').map(({ atMs }) => atMs), [0, 30_000, 60_000]);
  });

  it('is not started again when a threshold changes', async () => {
    const held = heldLook();
    const { clock, sampler, told } = samplerBench([checkOf(held.look)]);
    const started = sampler.start();
    await clock.advance(1_000);
    sampler.lookNow();
    await clock.advance(1_000);
    assert.deepEqual([held.count(), told()], [1, []]);
    await clock.advance(4_000);
    sampler.lookNow();
    await clock.advance(1_000);
    await started;
    sampler.stop();
    assert.deepEqual([held.count(), told()], [1, [LATE, LATE]]);
  });
});

describe('a look that fails', () => {
  const failures: readonly (readonly [string, () => Look | Promise<Look>, string])[] = [
    ['by throwing at once', () => { throw new Error('no such file'); }, 'no such file'],
    ['by a rejected promise', () => Promise.reject(new Error('denied')), 'denied'],
    ['by throwing what is no error', () => { throw Object.create(null); }, '[Object: null prototype] {}'],
    ['by returning nothing', () => undefined as unknown as Look, "Cannot read properties of undefined (reading 'verdicts')"],
    ['by looking at nothing', () => ({ verdicts: [] }), 'a looked at nothing'],
    ['by saying so', () => ({ verdicts: [unknown('hidden by a mount')] }), 'hidden by a mount'],
  ];
  for (const [name, look, message] of failures) {
    it(`${name} is unknown, and the next one comes in its time`, async () => {
      const { clock, sampler, seen } = samplerBench([checkOf(look)]);
      const started = sampler.start();
      await clock.advance(30_000);
      await started;
      sampler.stop();
      assert.deepEqual(seen, [0, 30_000].map((atMs) => ({ atMs, check: 'a', told: message })));
    });
  }
});

describe('a sampler that is stopped', () => {
  it('aborts what is under way, says nothing more and leaves no timer behind', async () => {
    const held = heldLook();
    const { clock, sampler, told } = samplerBench([checkOf(held.look), checkOf(() => FINE, { name: 'b' })]);
    const started = sampler.start();
    await clock.advance(1_000);
    sampler.stop();
    await started;
    assert.strictEqual(messageOf(held.signals[0]?.reason), 'stopped');
    assert.strictEqual(clock.pendingCount(), 0);
    held.end();
    sampler.lookNow();
    await clock.advance(100_000);
    assert.deepEqual([told(), held.count()], [['fine'], 1]);
  });

  it('drops what an abandoned look finds later', async () => {
    const held = heldLook();
    const { clock, sampler, told } = samplerBench([checkOf(held.look)]);
    const started = sampler.start();
    await clock.advance(6_000);
    await started;
    sampler.stop();
    held.end();
    await clock.advance(100_000);
    assert.deepEqual(told(), [LATE]);
    assert.strictEqual(clock.pendingCount(), 0);
  });
});
