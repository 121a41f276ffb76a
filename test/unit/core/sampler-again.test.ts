import { assert } from 'chai';
import * as fc from 'fast-check';
import type { Look } from '../../../plugins/core/check.ts';
import { FINE, checkOf, heldLook, samplerBench } from './sampler-bench.ts';

const again = (againInMs: number): Look => ({ ...FINE, againInMs });

/** Looks that want to come again so soon, one after the other; then those that do not. */
function wanting(...waitsMs: readonly number[]): () => Look {
  let lookNumber = 0;
  return () => {
    const inMs = waitsMs[lookNumber++];
    return inMs === undefined ? FINE : again(inMs);
  };
}

/** When there was a look within `ms`, from the start on. */
async function timesWithin(ms: number, look: () => Look | Promise<Look>, random?: () => number): Promise<readonly number[]> {
  const { clock, sampler, seen } = samplerBench([checkOf(look)], random);
  const started = sampler.start();
  await clock.advance(ms);
  await started;
  sampler.stop();
  return seen.map(({ atMs }) => atMs);
}

describe('a look that wants to come again sooner', () => {
  it('does so, and the period begins anew with it', async () => {
    assert.deepEqual(await timesWithin(80_000, wanting(5_000, 10_000)), [0, 5_000, 15_000, 45_000, 75_000]);
  });

  it('is not put off by that beyond its period', async () => {
    assert.deepEqual(await timesWithin(60_000, wanting(30_000, 45_000, Infinity)), [0, 30_000, 60_000]);
  });

  it('waits a second at least, and for its period where it says what is no time', async () => {
    assert.deepEqual(await timesWithin(40_000, wanting(0, -1, NaN)), [0, 1_000, 2_000, 32_000]);
  });

  it('waits from its end on', async () => {
    const held = heldLook();
    const { clock, sampler, seen } = samplerBench([checkOf(held.look)]);
    const started = sampler.start();
    await clock.advance(4_000);
    held.end(again(10_000));
    await clock.advance(10_000);
    assert.strictEqual(held.count(), 2);
    held.end();
    await started;
    await clock.advance(0);
    sampler.stop();
    assert.deepEqual(seen.map(({ atMs }) => atMs), [4_000, 14_000]);
  });

  it('comes up to a tenth of the wait early and never late, whatever the random source gives', async () => {
    const randoms = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 3, maxLength: 9 });
    await fc.assert(fc.asyncProperty(randoms, async (values) => {
      let drawn = 0;
      const [first = NaN, second = NaN] = await timesWithin(10_500, wanting(10_000), () => values[drawn++ % values.length] ?? 0);
      assert.isTrue(first === 0 && second >= 9_000 - 1e-6 && second <= 10_000 + 1e-6, String(second));
    }), { numRuns: 50 });
  });

  it('has its wish forgotten when it is late', async () => {
    const { clock, sampler, seen } = samplerBench([checkOf(wantingThenHung())]);
    const started = sampler.start();
    await clock.advance(44_000);
    await started;
    sampler.stop();
    assert.deepEqual(seen.map(({ atMs }) => atMs), [0, 10_000, 35_000]);
  });

  it('takes along all that belong together', async () => {
    const together = { together: 'program' };
    const { clock, sampler, seen } = samplerBench([checkOf(() => FINE, together), checkOf(wanting(5_000), { ...together, name: 'b' }), checkOf(() => FINE, { name: 'c' })]);
    const started = sampler.start();
    await clock.advance(20_000);
    await started;
    sampler.stop();
    assert.deepEqual(seen.map(({ atMs, check }) => `${check} ${atMs}`), ['a 0', 'b 0', 'c 0', 'a 5000', 'b 5000']);
  });

  it('is heard also when it looked because a threshold changed', async () => {
    let isSick = false;
    const { clock, sampler, seen } = samplerBench([checkOf(() => (isSick ? again(5_000) : FINE))]);
    const started = sampler.start();
    await clock.advance(1_000);
    await started;
    isSick = true;
    sampler.lookNow();
    await clock.advance(6_000);
    sampler.stop();
    assert.deepEqual(seen.map(({ atMs }) => atMs), [0, 1_000, 6_000]);
  });

  it('comes no more once the sampler is stopped', async () => {
    const { clock, sampler, seen } = samplerBench([checkOf(wanting(5_000))]);
    const started = sampler.start();
    await clock.advance(1_000);
    await started;
    sampler.stop();
    assert.strictEqual(clock.pendingCount(), 0);
    await clock.advance(100_000);
    assert.lengthOf(seen, 1);
  });
});

/** One that wants to come again in 5 s, then one that never ends: told at its deadline 5 s later, and 30 s after it began. */
function wantingThenHung(): () => Look | Promise<Look> {
  let lookNumber = 0;
  return () => (lookNumber++ === 0 ? again(5_000) : new Promise(() => {}));
}

describe('a slow check whose start is spread', () => {
  const startOf = async (random: number, slowLater: boolean): Promise<number | undefined> => {
    const { clock, sampler, seen } = samplerBench([checkOf(() => FINE, { isSlow: true, startSpreadMs: 2_000 })], () => random);
    const started = sampler.start(slowLater);
    await clock.advance(5_000);
    await started;
    sampler.stop();
    return seen[0]?.atMs;
  };

  it('begins a second after the others and up to the spread later, as the random source has it', async () => {
    assert.deepEqual([await startOf(0, true), await startOf(0.5, true)], [1_000, 2_000]);
    assert.closeTo(await startOf(0.999_999, true) ?? 0, 3_000, 0.01);
  });

  it('begins at once where its first look is waited for', async () => {
    assert.strictEqual(await startOf(0.5, false), 0);
  });

  it('leaves no timer behind when the sampler is stopped before that', async () => {
    const { clock, sampler, seen } = samplerBench([checkOf(() => FINE, { isSlow: true, startSpreadMs: 2_000 })], () => 0.5);
    await sampler.start(true);
    sampler.stop();
    assert.strictEqual(clock.pendingCount(), 0);
    await clock.advance(100_000);
    assert.isEmpty(seen);
  });
});
