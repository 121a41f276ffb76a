import { assert } from 'chai';
import { Socket } from 'node:net';
import { createKeptConnections } from '../../../../plugins/network-verifier/attempts/kept-connections.ts';

const patience = { patienceMs: 10_000, signal: new AbortController().signal };
const impatient = { ...patience, patienceMs: 20 };

/** It need not be connected to be kept. */
function socket(): Socket {
  return new Socket();
}

describe('what is kept between requests', () => {
  it('is there for the next under the same word and identity', async () => {
    const kept = createKeptConnections();
    const one = socket();
    const first = await kept.take('api', 'a', patience);
    assert.isUndefined(first?.socket);
    first?.end(one);
    assert.equal((await kept.take('api', 'a', patience))?.socket, one);
    assert.isUndefined((await kept.take('else', 'a', patience))?.socket);
    one.destroy();
  });

  it('is destroyed when it is asked for under another identity', async () => {
    const kept = createKeptConnections();
    const one = socket();
    (await kept.take('api', 'a', patience))?.end(one);
    assert.isUndefined((await kept.take('api', 'b', patience))?.socket);
    assert.isTrue(one.destroyed);
  });

  it('is destroyed when it has lain unused for more than two minutes', async () => {
    let nowMs = 0;
    const kept = createKeptConnections(() => nowMs);
    const one = socket();
    (await kept.take('api', 'a', patience))?.end(one);
    nowMs += 120_000;
    const again = await kept.take('api', 'a', patience);
    assert.equal(again?.socket, one);
    again?.end(one);
    nowMs += 120_001;
    assert.isUndefined((await kept.take('api', 'a', patience))?.socket);
    assert.isTrue(one.destroyed);
  });

  it('is destroyed after an hour, however often it was used: a new one shows whether there can be one', async () => {
    let nowMs = 0;
    const kept = createKeptConnections(() => nowMs);
    const one = socket();
    (await kept.take('api', 'a', patience))?.end(one);
    for (let minutes = 0; minutes < 60; minutes++) {
      nowMs += 60_000;
      const again = await kept.take('api', 'a', patience);
      assert.equal(again?.socket, one);
      again?.end(one);
    }
    nowMs += 60_000;
    const last = await kept.take('api', 'a', patience);
    assert.isUndefined(last?.socket);
    assert.isTrue(one.destroyed);
    const other = socket();
    last?.end(other);
    nowMs += 60_000;
    assert.equal((await kept.take('api', 'a', patience))?.socket, other);
    other.destroy();
  });

  it('goes from hand to hand in the order in which it was asked for, one at a time', async () => {
    const kept = createKeptConnections();
    const first = await kept.take('api', 'a', patience);
    const order: string[] = [];
    const use = async (name: string): Promise<void> => {
      const turn = await kept.take('api', 'a', patience);
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
      turn?.end();
    };
    const early = [use('b'), use('c')];
    first?.end();
    // Who asks as it is handed over stands behind.
    await Promise.all([...early, use('d')]);
    assert.deepEqual(order, ['b begins', 'b ends', 'c begins', 'c ends', 'd begins', 'd ends']);
  });

  it('is not waited for longer than one has patience, nor by who is aborted', async () => {
    const kept = createKeptConnections();
    const first = await kept.take('api', 'a', patience);
    assert.isUndefined(await kept.take('api', 'a', impatient));
    const aborter = new AbortController();
    const aborted = kept.take('api', 'a', { ...patience, signal: aborter.signal });
    aborter.abort();
    assert.isUndefined(await aborted);
    // Neither of them is still in line.
    first?.end();
    assert.isDefined(await kept.take('api', 'a', impatient));
  });

  it('is destroyed at the end, and nothing is kept after it', async () => {
    const kept = createKeptConnections();
    const [one, two] = [socket(), socket()];
    const turn = await kept.take('else', 'a', patience);
    (await kept.take('api', 'a', patience))?.end(one);
    kept.close();
    turn?.end(two);
    assert.deepEqual([one.destroyed, two.destroyed], [true, true]);
  });
});
