import { assert } from 'chai';
import type { Look } from '../../../plugins/core/check.ts';
import { withContributors } from '../../../plugins/core/contributors.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { createMonitor } from '../../../plugins/core/monitor.ts';
import { healthy, problem, unknown } from '../../../plugins/core/verdict.ts';
import { type FakeClock, fakeClock, promisesSettled } from '../../support/fake-clock.ts';
import { diskSpec } from './report/story.ts';

const full = problem('DiskFull', '/', '/ is full');
const slow = problem('DiskSlow', 'sda', 'sda answers late');

/** `space` finds the disk full, or slow, as long as it is told to. */
function bench(find: NonNullable<Look['contributorsTo']>, verdict = full): { readonly clock: FakeClock; readonly message: () => string; readonly start: () => Promise<void> } {
  const clock = fakeClock();
  const monitor = createMonitor({
    definition: {
      name: 'bench', description: '', specs: [diskSpec], settings: {},
      checks: [{ name: 'space', condition: 'DiskLow', periodMs: 30_000, timeoutMs: 5_000, look: () => ({ verdicts: [verdict], contributorsTo: find }) }],
    },
    version: '1', root: '/', configured: {}, clock, random: () => 0, log: silentLogger, bootId: 'boot',
  });
  return {
    clock,
    message: () => monitor.conditions().map(({ status, message }) => `${status}: ${message}`).join(),
    async start() {
      void monitor.start();
      await clock.advance(0);
    },
  };
}

describe('finding out who contributes', () => {
  it('happens once, with the look that raises the finding', async () => {
    let count = 0;
    const { clock, message, start } = bench(async () => await Promise.resolve([`ask ${(count += 1)}`]), slow);
    await start();
    await clock.advance(60_000);
    assert.equal(count, 0);
    await clock.advance(600_000);
    assert.equal(count, 1);
    assert.equal(message(), 'True: sda answers late, most by ask 1');
  });

  it('that fails or finds nobody leaves the finding as it is', async () => {
    for (const find of [(): never => { throw new Error('no cgroups'); }, () => [], async () => await Promise.reject(new Error('no cgroups'))]) {
      const { message, start } = bench(find);
      await start();
      assert.equal(message(), 'True: / is full');
    }
  });

  it('that takes too long is given up in time for the look, and told to stop', async () => {
    let signal: AbortSignal | undefined;
    const { clock, message, start } = bench(async (_, given) => {
      signal = given;
      return await new Promise(() => {});
    });
    await start();
    await clock.advance(2_499);
    assert.deepEqual([message(), signal?.aborted], ['Unknown: space: no look yet', false]);
    await clock.advance(1);
    assert.deepEqual([message(), signal?.aborted], ['True: / is full', true]);
  });

  it('is asked of problems alone, of those that are wanted, and of no look without them', async () => {
    const asked: string[] = [];
    const look: Look = { verdicts: [healthy, full, slow, unknown('dark')], contributorsTo: ({ subject }) => (asked.push(subject), [`who uses ${subject}`]) };
    const asking = { limitMs: 1_000, clock: fakeClock(), signal: new AbortController().signal, log: silentLogger };
    const told = await withContributors(look, { ...asking, isWanted: ({ reason }) => reason === 'DiskFull' });
    assert.deepEqual(asked, ['/']);
    assert.deepEqual(told.verdicts, [healthy, { ...full, contributors: ['who uses /'] }, slow, unknown('dark')]);
    assert.strictEqual(await withContributors(look, { ...asking, isWanted: () => false }), look);
    assert.equal(asking.clock.pendingCount(), 0);
    await promisesSettled();
  });
});
