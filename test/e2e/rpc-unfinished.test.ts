import { once } from 'node:events';
import type { ClientHttp2Stream } from 'node:http2';

import { assert } from 'chai';

import { connect } from '../../plugins/rpc/client.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { rssAnonKiB, startServer } from '../support/rpc-process.ts';
import { CHECK_HEALTH, grpcFrame, openCall, pollRequest, rawClient, type RawClient } from '../support/rpc-raw-client.ts';

const SOON = { timeoutMs: 10_000 };

async function pollFresh(path: string): Promise<number> {
  using client = connect(path);
  return (await client.checkHealth({}, 1, SOON)).conditions.length;
}

/** Connections that open many calls and send all of each request but its last byte. */
async function unfinished(path: string, connections: number, bytes: number, resources: DisposableStack): Promise<readonly ClientHttp2Stream[]> {
  const clients: RawClient[] = await Promise.all(Array.from({ length: connections }, () => rawClient(path)));
  for (const client of clients) resources.use(client);
  const request = grpcFrame(Buffer.alloc(bytes)).subarray(0, -1);
  return clients.flatMap(({ session }) =>
    Array.from({ length: 16 }, () => {
      const call = openCall(session, CHECK_HEALTH);
      call.write(request);
      return call;
    }),
  );
}

describe('requests that never end', () => {
  for (const bytes of [16_000, 65_000]) {
    it(`of ${bytes} bytes, sixteen on each of 64 connections, cost bounded memory, and an honest poll succeeds`, async () => {
      using folder = temporaryFolder();
      const path = folder.file('a.sock');
      await using server = await startServer(path);
      using early = connect(path);
      // What polls alone cost is there before: V8 lets some garbage gather.
      for (let count = 0; count < 200; count++) await pollFresh(path);
      await early.checkHealth({}, 1, SOON);
      const beforeKiB = rssAnonKiB(server);
      let mostKiB = beforeKiB;
      using resources = new DisposableStack();
      const calls = await unfinished(path, 64, bytes, resources);
      const endMs = performance.now() + 4_000;
      await eventually('the memory to be looked at for a while', async () => {
        assert.strictEqual(await pollFresh(path), 1);
        mostKiB = Math.max(mostKiB, rssAnonKiB(server));
        return performance.now() > endMs;
      });
      assert.strictEqual((await early.checkHealth({}, 2, SOON)).conditions.length, 1);
      await eventually('all of them to be closed', () => calls.every(({ closed }) => closed));
      assert.isBelow(mostKiB - beforeKiB, 20 * 1_024);
    });
  }

  it('are closed, and their connection goes on', async () => {
    using folder = temporaryFolder();
    await using _server = await startServer(folder.file('a.sock'));
    using client = await rawClient(folder.file('a.sock'));
    const call = openCall(client.session, CHECK_HEALTH);
    call.write(pollRequest().subarray(0, 3));
    const whole = openCall(client.session, CHECK_HEALTH);
    whole.write(pollRequest());
    await Promise.all([once(call, 'close'), once(whole, 'close')]);
    assert.deepEqual([call.rstCode, whole.rstCode], [8, 8], 'CANCEL, RFC 9113 7');
    assert.isFalse(client.session.closed);
  });
});
