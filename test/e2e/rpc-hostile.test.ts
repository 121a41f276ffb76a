import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { join } from 'node:path';

import { assert } from 'chai';
import * as fc from 'fast-check';

import { connect, type MonitorClient } from '../../plugins/rpc/client.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { rssAnonKiB, startProgram, startServer } from '../support/rpc-process.ts';
import { CHECK_HEALTH, grpcFrame, openCall, pollRequest, rawClient, statusOf } from '../support/rpc-raw-client.ts';

const SOON = { timeoutMs: 10_000 };

/** First bytes of every HTTP/2 connection, RFC 9113 3.4. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** RFC 9113 4.1: length, type, flags, stream, payload. */
function http2Frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

async function pollFresh(socketPath: string): Promise<string> {
  using client = connect(socketPath);
  return await poll(client);
}

async function poll(client: MonitorClient): Promise<string> {
  const { conditions } = await client.checkHealth({}, 1, SOON);
  return conditions.map(({ type, status }) => `${type}=${status}`).join();
}

const HONEST_ANSWER = 'DiskSpaceLow=False';

async function socketTo(path: string): Promise<Socket> {
  const socket = connectSocket(path);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

function openDescriptors(sockets: readonly Socket[]): number {
  return sockets.filter(({ destroyed, readableEnded }) => !destroyed && !readableEnded).length;
}

describe('an honest poll succeeds', () => {
  const garbage: readonly { what: string; bytes: Buffer }[] = [
    { what: 'text of another protocol', bytes: Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n') },
    { what: 'zeros', bytes: Buffer.alloc(100_000) },
    { what: 'half a preface', bytes: PREFACE.subarray(0, 10) },
    { what: 'a preface and half a frame', bytes: Buffer.concat([PREFACE, Buffer.from([0, 0, 6, 4])]) },
    { what: 'a preface and a frame of impossible length', bytes: Buffer.concat([PREFACE, Buffer.from([255, 255, 255, 0, 0, 0, 0, 0, 1])]) },
    { what: 'a preface and noise', bytes: Buffer.concat([PREFACE, Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7_919) % 251))]) },
  ];
  for (const { what, bytes } of garbage) {
    it(`on a connection of before and on a new one, after somebody sent ${what}`, async () => {
      using folder = temporaryFolder();
      await using server = await startServer(folder.file('a.sock'));
      using client = connect(folder.file('a.sock'));
      await poll(client);
      const socket = await socketTo(folder.file('a.sock'));
      socket.write(bytes);
      assert.deepEqual([await poll(client), await pollFresh(folder.file('a.sock'))], [HONEST_ANSWER, HONEST_ANSWER]);
      socket.destroy();
      assert.deepEqual([await poll(client), await pollFresh(folder.file('a.sock'))], [HONEST_ANSWER, HONEST_ANSWER]);
      assert.deepEqual(server.lines.filter(({ level }) => level === 'error'), []);
    });
  }

  it('after any sequence of HTTP/2 frames, sound or not', async () => {
    using folder = temporaryFolder();
    await using server = await startServer(folder.file('a.sock'));
    using client = connect(folder.file('a.sock'));
    // Frame types 0 to 9 are those of RFC 9113 6; a few beyond are to be ignored.
    const frame = fc.record({ type: fc.integer({ min: 0, max: 12 }), flags: fc.nat(255), stream: fc.nat(6), payload: fc.uint8Array({ maxLength: 60 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 15 }), async (frames) => {
        const socket = await socketTo(folder.file('a.sock'));
        socket.resume();
        socket.write(Buffer.concat([PREFACE, ...frames.map(({ type, flags, stream, payload }) => http2Frame(type, flags, stream, payload))]));
        assert.strictEqual(await poll(client), HONEST_ANSWER);
        socket.destroy();
      }),
      { numRuns: 200 },
    );
    assert.deepEqual(server.lines.filter(({ level }) => level === 'error'), []);
  });

  it('on the very connection on which messages were too long, broken, or for a method that does not exist', async () => {
    using folder = temporaryFolder();
    await using _server = await startServer(folder.file('a.sock'));
    using client = await rawClient(folder.file('a.sock'));
    const ask = async (path: string, message: Buffer, headers = {}) => {
      const call = openCall(client.session, path, headers);
      call.end(message);
      return await statusOf(call);
    };
    assert.strictEqual(await ask(CHECK_HEALTH, pollRequest({ threshold: 'x'.repeat(1_048_576) })), 8, 'RESOURCE_EXHAUSTED');
    assert.strictEqual(await ask(CHECK_HEALTH, grpcFrame(Buffer.from([0x0a, 0xff]))), 3, 'INVALID_ARGUMENT');
    assert.strictEqual(await ask(CHECK_HEALTH, Buffer.from([1, 0, 0, 0, 1, 0]), { 'grpc-encoding': 'gzip' }), 13, 'INTERNAL: not what it says');
    assert.strictEqual(await ask(`${CHECK_HEALTH}%zz`, pollRequest()), 12, 'UNIMPLEMENTED');
    assert.strictEqual(await ask(CHECK_HEALTH, pollRequest({ throw: '' })), 13, 'INTERNAL');
    assert.strictEqual(await ask(CHECK_HEALTH, pollRequest()), 0);
  });

  it('while 500 squatters hold connections, also such that began to talk', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.sock');
    await using server = await startServer(path);
    using early = connect(path);
    await poll(early);
    const beforeKiB = rssAnonKiB(server);
    const squatters = await Promise.all(Array.from({ length: 500 }, () => socketTo(path)));
    for (const [index, socket] of squatters.entries()) {
      socket.resume();
      if (index % 2 === 0) socket.write(Buffer.concat([PREFACE, Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])]));
    }
    assert.strictEqual(await pollFresh(path), HONEST_ANSWER);
    await eventually('most squatters to be sent away', () => openDescriptors(squatters) <= 16);
    assert.deepEqual([await poll(early), await pollFresh(path)], [HONEST_ANSWER, HONEST_ANSWER]);
    assert.isBelow(rssAnonKiB(server) - beforeKiB, 8_192);
    for (const socket of squatters) socket.destroy();
  });

  it('while 500 clients that once asked properly stay connected', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.sock');
    await using _server = await startServer(path);
    const clients: MonitorClient[] = [];
    for (let count = 0; count < 500; count++) {
      const client = connect(path);
      clients.push(client);
      assert.strictEqual(await poll(client), HONEST_ANSWER);
    }
    assert.strictEqual(await pollFresh(path), HONEST_ANSWER);
    for (const client of clients) client.close();
  });

  it('a hundred times while 500 squatters come back as fast as they are sent away', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.sock');
    await using _server = await startServer(path);
    await using squatters = startProgram(join(import.meta.dirname, '../support/rpc-squatters.ts'), path, '500');
    await squatters.said('came');
    for (let round = 0; round < 100; round++) assert.strictEqual(await pollFresh(path), HONEST_ANSWER);
    await squatters.said('came', 2);
  }).timeout(60_000);

  it('beside a client that asks and never reads, which costs bounded memory', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.sock');
    await using server = await startServer(path, '--message-bytes', '60000');
    await pollFresh(path);
    const beforeKiB = rssAnonKiB(server);
    using deaf = await rawClient(path);
    await once(deaf.session, 'remoteSettings');
    deaf.deafen();
    for (let count = 0; count < 2_000; count++) openCall(deaf.session, CHECK_HEALTH).end(pollRequest());
    const flood = Buffer.alloc(1_048_576);
    deaf.socket.write(flood);
    assert.strictEqual(await pollFresh(path), HONEST_ANSWER);
    assert.isBelow(rssAnonKiB(server) - beforeKiB, 4_096);
  });
});

describe('keepalive pings', () => {
  it('never end a connection, however many come with no call under way', async () => {
    using folder = temporaryFolder();
    await using _server = await startServer(folder.file('a.sock'));
    using client = await rawClient(folder.file('a.sock'));
    let goaways = 0;
    client.session.on('goaway', () => {
      goaways += 1;
    });
    for (let count = 0; count < 500; count++) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      client.session.ping((error) => (error === null ? resolve() : reject(error)));
      await promise;
    }
    const call = openCall(client.session, CHECK_HEALTH);
    call.end(pollRequest());
    assert.deepEqual({ status: await statusOf(call), goaways }, { status: 0, goaways: 0 });
  });
});
