import { assert } from 'chai';
import { FAKE_START_WALL_MS } from '../../support/fake-clock.ts';
import { POLLS_PER_DAY, sickSpell, simulatedDay, spikes, wobble } from './day.ts';

/** Any will do; this one is stated so that a failure can be seen again. */
const SEED = 20_260_131;

const DAY_LONG = JSON.stringify([
  { type: 'DiskLow', status: 'False', transitionMs: FAKE_START_WALL_MS, reason: 'DiskIsFine', message: 'disks are fine' },
  { type: 'NetVerified', status: 'True', transitionMs: FAKE_START_WALL_MS, reason: 'NetIsVerified', message: 'the network answers' },
]);

describe('a day of 2,880 polls', () => {
  const days = [
    ['with readings that wobble by 9.9 percent and never cross a limit', wobble],
    ['with spikes shorter than the raise time and failures of one look', spikes],
  ] as const;
  for (const [name, weather] of days) {
    it(`${name}, gives the same bytes 2,880 times and not one event`, async () => {
      const replies = await simulatedDay(weather, SEED);
      assert.strictEqual(replies.length, POLLS_PER_DAY);
      assert.deepEqual([...new Set(replies.map(({ status }) => JSON.stringify(status.conditions)))], [DAY_LONG]);
      assert.isEmpty(replies.flatMap(({ status }) => status.events));
    });
  }

  it('would show it if a limit were crossed once for longer than the raise time', async () => {
    const replies = await simulatedDay(sickSpell, SEED);
    assert.deepEqual(replies.flatMap(({ status }) => status.events.map(({ reason }) => reason)), ['DiskSlow', 'DiskIsFine']);
    assert.strictEqual(new Set(replies.map(({ status }) => JSON.stringify(status.conditions))).size, 3);
  });
});
