import { assert } from 'chai';
import { createCollections } from '../../../cli/collections.ts';
import { type FakeClock, fakeClock } from '../../support/fake-clock.ts';

function bench(): { readonly clock: FakeClock; readonly collections: ReturnType<typeof createCollections>; readonly count: () => number } {
  const clock = fakeClock();
  let count = 0;
  return { clock, collections: createCollections({ clock, collect: () => void count++ }), count: () => count };
}

describe('collections that we ask for', () => {
  it('come a second after the first call, and then after every thirtieth', async () => {
    const { clock, collections, count } = bench();
    const spare = collections.sparer();
    spare();
    await clock.advance(999);
    assert.equal(count(), 0);
    await clock.advance(1);
    assert.equal(count(), 1);
    for (let call = 2; call <= 30; call++) {
      spare();
      await clock.advance(60_000);
    }
    assert.equal(count(), 1);
    spare();
    await clock.advance(1_000);
    assert.equal(count(), 2);
  });

  it('are one for all who want one at about the same time, also where somebody always does', async () => {
    const { clock, collections, count } = bench();
    for (let since = 0; since < 3_000; since += 300) {
      collections.sparer()();
      await clock.advance(300);
    }
    assert.equal(count(), 2);
  });

  it('do not come while a start takes long, and three times from three seconds after it on', async () => {
    const { clock, collections, count } = bench();
    const started = collections.start();
    collections.sparer()();
    await clock.advance(60_000);
    assert.equal(count(), 0);
    started();
    await clock.advance(1_500);
    collections.sparer()();
    await clock.advance(1_499);
    assert.equal(count(), 0);
    await clock.advance(1);
    assert.equal(count(), 1);
    await clock.advance(1_000);
    assert.equal(count(), 2);
    await clock.advance(60_000);
    assert.equal(count(), 3);
    assert.equal(clock.pendingCount(), 0);
  });
});
