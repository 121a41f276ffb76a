import { assert } from 'chai';
import { type Http, createHttp } from '../../../../plugins/network-verifier/attempts/http.ts';
import { type FaultServer, type FaultServerOptions, startFaultServer } from '../../../support/fault-server.ts';
import { limits, told } from '../../../support/outcome-text.ts';
import { testCa } from '../../../support/tls-certificates.ts';

interface Kept extends AsyncDisposable {
  readonly server: FaultServer;
  readonly http: Http;
  /** Asks over the connection that is kept, as `token`; gives what came of it. */
  readonly ask: (options?: { readonly token?: string; readonly timeoutMs?: number; readonly word?: string }) => Promise<string>;
  /** Over which connection each request came. */
  readonly connections: () => readonly number[];
}

async function kept(options: FaultServerOptions = {}): Promise<Kept> {
  const server = await startFaultServer({ isTls: true, ...options });
  const http = createHttp();
  return {
    server,
    http,
    ask: async ({ token = 'a', timeoutMs = 10_000, word = 'api' } = {}) =>
      told(await http.getHttp({ url: `${server.url}/readyz`, headers: { Authorization: `Bearer ${token}` }, tls: { ca: testCa }, connection: word }, limits(timeoutMs))),
    connections: () => server.requests.map(({ connection }) => connection),
    async [Symbol.asyncDispose]() {
      http.close();
      // Nothing is left open.
      await server.untilIdle();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('a connection that is kept', () => {
  it('carries one request after the other, also those that come together', async () => {
    await using world = await kept();
    assert.equal(await world.ask(), 'ok');
    assert.deepEqual(await Promise.all([world.ask(), world.ask(), world.ask()]), ['ok', 'ok', 'ok']);
    assert.deepEqual(world.connections(), [1, 1, 1, 1]);
    assert.equal(world.server.requests[0]?.headers['connection'], 'keep-alive');
  });

  it('carries answers in chunks, too', async () => {
    await using world = await kept({ behaviour: { deed: 'answer-in-chunks' } });
    for (let count = 0; count < 3; count++) assert.equal(await world.ask(), 'ok');
    assert.deepEqual(world.connections(), [1, 1, 1]);
  });

  it('is one per word', async () => {
    await using world = await kept();
    for (const word of ['a', 'b', 'a', 'b']) await world.ask({ word });
    assert.deepEqual(world.connections(), [1, 2, 1, 2]);
  });

  it('is made anew for another token, and the old one is closed', async () => {
    await using world = await kept();
    for (const token of ['a', 'a', 'b', 'b']) await world.ask({ token });
    assert.deepEqual(world.connections(), [1, 1, 2, 2]);
    world.http.close();
    await world.server.untilIdle();
  });

  it('that the other side has closed is made anew without a failure', async () => {
    await using world = await kept();
    for (let count = 0; count < 3; count++) {
      assert.equal(await world.ask(), 'ok');
      world.server.dropConnections();
    }
    assert.deepEqual(world.connections(), [1, 2, 3]);
  });

  it('is not kept by who is told that it will be closed, or whose answer the end of the connection ends', async () => {
    for (const deed of ['answer-and-close', 'answer-until-close'] as const) {
      await using world = await kept({ behaviour: { deed } });
      for (let count = 0; count < 3; count++) assert.equal(await world.ask(), 'ok');
      assert.deepEqual(world.connections(), [1, 2, 3]);
    }
  });

  it('does not stay with who answers that it is not well, and stays with who is busy or refuses us', async () => {
    await using world = await kept();
    const ask = async (status: number): Promise<void> => {
      await world.server.behave({ status });
      await world.ask();
    };
    for (const status of [200, 429, 401, 403, 404, 500, 503, 200, 200]) await ask(status);
    assert.deepEqual(world.connections(), [1, 1, 1, 1, 1, 1, 2, 3, 3]);
  });

  it('that is reset as a request is on its way gets it once more over another, and no more than once', async () => {
    await using world = await kept();
    await world.ask();
    await world.server.behave({ deed: 'reset-on-request' });
    assert.equal(await world.ask(), 'reset: connection cut off before an answer');
    assert.deepEqual(world.connections(), [1, 1, 2]);
  });

  it('on which half an answer came is not asked again', async () => {
    await using world = await kept();
    await world.ask();
    await world.server.behave({ deed: 'reset-in-body' });
    assert.equal(await world.ask(), 'reset: connection cut off within an answer');
    assert.deepEqual(world.connections(), [1, 1]);
  });

  it('on which no answer came is not used again', async () => {
    await using world = await kept();
    await world.ask();
    await world.server.behave({ deed: 'hang' });
    assert.equal(await world.ask({ timeoutMs: 300 }), 'silent: a connection and no answer within 0.3 s');
    await world.server.behave({});
    assert.equal(await world.ask(), 'ok');
    assert.deepEqual(world.connections(), [1, 1, 2]);
  });

  it('on which something was said that nobody asked for is not used again', async () => {
    await using world = await kept({ respond: () => ({ status: 204, body: 'a body that may not be' }) });
    assert.deepEqual([await world.ask(), await world.ask()], ['ok', 'ok']);
    assert.deepEqual(world.connections(), [1, 2]);
  });

  it('on which one request gets no answer does not take the time of others', async () => {
    await using world = await kept();
    await world.ask();
    await world.server.behave({ deed: 'hang' });
    const startedMs = performance.now();
    const outcomes = await Promise.all(Array.from({ length: 8 }, async () => await world.ask({ timeoutMs: 400 })));
    assert.deepEqual([...new Set(outcomes)], ['silent: a connection and no answer within 0.4 s']);
    assert.isBelow(performance.now() - startedMs, 2_000, 'eight times 400 ms');
    await world.server.behave({});
    assert.equal(await world.ask(), 'ok');
  });

  it('is not waited for by who is aborted', async () => {
    await using world = await kept({ behaviour: { deed: 'hang' } });
    const first = world.ask({ timeoutMs: 1_000 });
    await world.server.untilRequested(1);
    const aborter = new AbortController();
    const second = world.http.getHttp({ url: world.server.url, tls: { ca: testCa }, connection: 'api' }, { timeoutMs: 60_000, signal: aborter.signal });
    aborter.abort();
    assert.equal(told(await second), 'local: the attempt was stopped before it ended');
    assert.equal(await first, 'silent: a connection and no answer within 1 s');
    assert.equal(world.server.connectionCount(), 1);
  });

  it('is kept no longer after all were closed', async () => {
    await using world = await kept();
    await world.ask();
    world.http.close();
    await world.server.untilIdle();
    assert.equal(await world.ask(), 'ok');
    await world.server.untilIdle();
  });

  it('sees certificates anew when the server starts anew', async () => {
    await using world = await kept();
    assert.equal(await world.ask(), 'ok');
    await world.server.behave({ identity: 'expired' });
    assert.equal(await world.ask(), 'expired: its certificate has expired');
    await world.server.behave({});
    assert.equal(await world.ask(), 'ok');
  });
});
