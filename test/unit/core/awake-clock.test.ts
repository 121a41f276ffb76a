import { assert } from 'chai';
import { awakeClock } from '../../../plugins/core/awake-clock.ts';
import type { Clock } from '../../../plugins/core/clock.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { startedBench } from './monitor-bench.ts';

/** A clock that can stop the process: time goes on, timers do not. */
function stoppable(): { readonly clock: Clock; readonly advance: (ms: number) => Promise<void>; readonly stopFor: (ms: number) => void } {
  const inner = fakeClock();
  let stoppedMs = 0;
  return {
    clock: { ...inner, monotonicMs: () => inner.monotonicMs() + stoppedMs, wallMs: () => inner.wallMs() + stoppedMs },
    advance: inner.advance,
    stopFor: (ms) => void (stoppedMs += ms),
  };
}

describe('a clock that counts only the time awake', () => {
  it('goes with the clock below while the process runs, however seldom it is asked', async () => {
    const { clock, advance } = stoppable();
    const awake = awakeClock(clock);
    awake.start();
    const startMs = awake.monotonicMs();
    await advance(3_600_000);
    assert.strictEqual(awake.monotonicMs() - startMs, 3_600_000);
    awake.stop();
  });

  it('counts a pause of any length as one tick, and a late timer in full', async () => {
    const { clock, advance, stopFor } = stoppable();
    const awake = awakeClock(clock);
    awake.start();
    const startMs = awake.monotonicMs();
    stopFor(30_000);
    assert.strictEqual(awake.monotonicMs() - startMs, 30_000);
    await advance(10_000);
    stopFor(86_400_000);
    assert.strictEqual(awake.monotonicMs() - startMs, 30_000 + 10_000 + 10_000);
    awake.stop();
  });

  it('leaves no timer behind', () => {
    const inner = fakeClock();
    const awake = awakeClock(inner);
    awake.start();
    awake.start();
    assert.strictEqual(inner.pendingCount(), 1);
    awake.stop();
    assert.strictEqual(inner.pendingCount(), 0);
  });
});

describe('a process that was stopped for an hour', () => {
  it('keeps its conditions and their times: nobody saw a change', async () => {
    const { clock, advance, stopFor } = stoppable();
    const bench = await startedBench({ clock });
    const before = bench.peek().conditions;
    stopFor(3_600_000);
    assert.deepEqual(bench.peek().conditions, before);
    await advance(30_000);
    assert.deepEqual(bench.peek().conditions, before);
    bench.monitor.close();
  });
});
