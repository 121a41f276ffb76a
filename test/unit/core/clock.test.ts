import { assert } from 'chai';
import { systemClock } from '../../../plugins/core/clock.ts';

/** Runs `start` and waits until timers of 10 ms have run. */
async function whileTimersRun(start: () => void): Promise<void> {
  await new Promise<void>((resolve) => {
    start();
    systemClock.schedule(10, resolve);
  });
}

describe('the clock of the system', () => {
  it('runs a task after its delay, once', async () => {
    const startMs = systemClock.monotonicMs();
    const ranAtMs: number[] = [];
    await whileTimersRun(() => systemClock.schedule(5, () => ranAtMs.push(systemClock.monotonicMs())));
    assert.strictEqual(ranAtMs.length, 1);
    // Timers count whole milliseconds and may come a fraction of one early.
    assert.isAtLeast(ranAtMs[0] ?? 0, startMs + 4);
  });

  it('does not run a cancelled task', async () => {
    let hasRun = false;
    await whileTimersRun(() => systemClock.schedule(1, () => { hasRun = true; })());
    assert.isFalse(hasRun);
  });

  it('does not run a task of next year now', async () => {
    let hasRun = false;
    let cancel = (): void => {};
    await whileTimersRun(() => { cancel = systemClock.schedule(31_536_000_000, () => { hasRun = true; }); });
    cancel();
    assert.isFalse(hasRun);
  });

  it('tells the wall clock in milliseconds since 1970', () => {
    assert.closeTo(systemClock.wallMs(), Date.now(), 1_000);
  });
});
