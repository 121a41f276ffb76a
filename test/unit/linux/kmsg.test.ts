import { assert } from 'chai';
import { createKmsgFollower } from '../../../plugins/linux/kmsg.ts';

/** A read of the device gives a record, or fails with one of these. */
type Step = string | { readonly code: string; readonly errno: number };

const EPIPE: Step = { code: 'EPIPE', errno: -32 };
const EINVAL: Step = { code: 'EINVAL', errno: -22 };
const EIO: Step = { code: 'EIO', errno: -5 };

const record = (sequence: number): string => `6,${sequence},1,-;record ${sequence}\n`;

/** A device whose every opening plays the next list of steps, then says that there is no more. */
function bench(...openings: readonly (readonly Step[])[]) {
  const counts = { opened: 0, closed: 0 };
  const queue: Step[] = [];
  const follower = createKmsgFollower(() => {
    queue.splice(0, queue.length, ...(openings[counts.opened] ?? []));
    counts.opened += 1;
    return {
      read(buffer) {
        const step = queue.shift() ?? { code: 'EAGAIN', errno: -11 };
        if (typeof step === 'string') return buffer.write(step);
        throw Object.assign(new Error(step.code), step);
      },
      close: () => void (counts.closed += 1),
    };
  });
  async function read(position: unknown) {
    const texts: string[] = [];
    const news = await follower.read('/dev/kmsg', position, ({ text }) => texts.push(text), new AbortController().signal);
    return { texts, news };
  }
  return { counts, queue, read };
}

describe('the kernel log device', () => {
  it('stays open between two looks, and gives what came meanwhile', async () => {
    const { counts, queue, read } = bench([record(7), record(8)]);
    const first = await read(undefined);
    assert.deepEqual(first, { texts: ['record 7', 'record 8'], news: { kind: 'ok', lostCount: 0, position: { sequence: 8 } } });
    queue.push(record(9));
    assert.deepEqual(await read({ sequence: 8 }), { texts: ['record 9'], news: { kind: 'ok', lostCount: 0, position: { sequence: 9 } } });
    assert.deepEqual(await read({ sequence: 9 }), { texts: [], news: { kind: 'ok', lostCount: 0, position: { sequence: 9 } } });
    assert.deepEqual(counts, { opened: 1, closed: 0 });
  });

  it('after a restart what was read is skipped, and what was overwritten meanwhile is counted', async () => {
    assert.deepEqual(await bench([record(7), record(8)]).read({ sequence: 7 }), { texts: ['record 8'], news: { kind: 'ok', lostCount: 0, position: { sequence: 8 } } });
    assert.deepEqual(await bench([record(107)]).read({ sequence: 7 }), { texts: ['record 107'], news: { kind: 'ok', lostCount: 99, position: { sequence: 107 } } });
  });

  it('records that were overwritten or too long while it read are counted by their numbers', async () => {
    const { news, texts } = await bench([record(1), EPIPE, record(11), EINVAL, record(13)]).read(undefined);
    assert.deepEqual([texts, news], [['record 1', 'record 11', 'record 13'], { kind: 'ok', lostCount: 10, position: { sequence: 13 } }]);
  });

  it('a look that was given up is read again', async () => {
    const { counts, read } = bench([record(1), record(2)], [record(1), record(2)]);
    await read(undefined);
    assert.deepEqual((await read({ sequence: 1 })).texts, ['record 2']);
    assert.deepEqual(counts, { opened: 2, closed: 1 });
  });

  it('a log that ends before the place where we left off is followed from its end', async () => {
    const { queue, read } = bench([record(1), record(2)]);
    assert.deepEqual(await read({ sequence: 500 }), { texts: [], news: { kind: 'ok', lostCount: 0, position: { sequence: 2 } } });
    queue.push(record(3));
    assert.deepEqual((await read({ sequence: 2 })).texts, ['record 3']);
  });

  it('an I/O error is told, and the device opened again', async () => {
    const { counts, read } = bench([record(1), EIO], [record(1), record(2)]);
    assert.deepEqual((await read(undefined)).news, { kind: 'failed', message: '/dev/kmsg: i/o error' });
    assert.deepEqual((await read(undefined)).texts, ['record 1', 'record 2']);
    assert.deepEqual(counts, { opened: 2, closed: 1 });
  });

  it('a device that gives nothing but errors is not asked for ever', async () => {
    assert.deepEqual(await bench(Array.from({ length: 100_000 }, () => EPIPE)).read({ sequence: 1 }), { texts: [], news: { kind: 'ok', lostCount: 0, position: { sequence: 1 } } });
  });

  for (const [code, errno, kind] of [['ENOENT', -2, 'absent'], ['ENXIO', -6, 'absent'], ['EPERM', -1, 'denied'], ['EACCES', -13, 'denied'], ['EMFILE', -24, 'failed']] as const) {
    it(`${code} when it is opened means ${kind}, with the grant that is missing`, async () => {
      const follower = createKmsgFollower(() => {
        throw Object.assign(new Error('open'), { code, errno });
      });
      const news = await follower.read('/dev/kmsg', undefined, () => {}, new AbortController().signal);
      assert.equal(news.kind, kind);
      const remedy = /^\/dev\/kmsg: [a-z /]+; the kernel log needs privilege rung e: \/dev\/kmsg mounted and allowed, and CAP_SYSLOG$/;
      if (news.kind !== 'ok' && news.kind !== 'not-a-device') assert.match(news.message, kind === 'failed' ? /^\/dev\/kmsg: [a-z ]+$/ : remedy);
    });
  }
});
