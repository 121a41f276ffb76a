import { assert } from 'chai';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, type Socket, createServer } from 'node:net';

import { type ConnectionLimits, createConnections } from '../../plugins/http/connections.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { ask, dial } from '../support/http-client.ts';
import { type HttpServed, servedOverHttp } from '../support/http-served.ts';
import { hostTree } from '../support/host-tree.ts';

/** Private memory, see proc_pid_status(5). */
function privateMiB({ program }: HttpServed): number {
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${program.pid}/status`, 'utf8'))?.[1]) / 1_024;
}

async function isCutOff(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket.resume(), 'close');
}

/** All that comes until the other side ends. */
async function received(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  await isCutOff(socket);
  return text;
}

interface Bounded extends AsyncDisposable {
  readonly address: string;
  readonly requests: readonly string[];
}

/** A server with these limits that answers `ok`, or nothing to `/hang`. */
async function bounded(limits: Partial<ConnectionLimits>): Promise<Bounded> {
  const requests: string[] = [];
  const server = createHttpServer((request, response) => {
    connections.asked(request);
    requests.push(request.url ?? '');
    if (request.url !== '/hang') response.setHeader('connection', 'close').end('ok');
  });
  const connections = createConnections(server, { most: 64, lifeMs: 60_000, longestHeadBytes: 16_384, ...limits });
  const listener = createServer({ allowHalfOpen: true }, connections.accept).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    address: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      connections.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

describe('a client over HTTP', () => {
  it('that sends garbage is told so or cut off, and nobody else notices', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using served = await servedOverHttp(folder.path, host.root);
    const garbage = ['\r\n\r\n', 'GET\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', '\0'.repeat(4_096), 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '\x16\x03\x01\x02\0'];
    for (const text of garbage) {
      const socket = dial(served.address);
      socket.end(text, 'latin1');
      assert.match(await received(socket), /^(HTTP\/1\.1 400 Bad Request\r\n[^]*)?$/);
    }
    assert.equal((await ask(served.address, '/healthz')).status, 200);
  });

  it('that sends too long a head is told so', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using served = await servedOverHttp(folder.path, host.root);
    const socket = dial(served.address);
    socket.write(`GET /healthz HTTP/1.1\r\nHost: x\r\nCookie: ${'x'.repeat(9_000)}`);
    assert.match(await received(socket), /^HTTP\/1\.1 431 /);
  });

  it('that closes its side when it has asked gets its answer', async () => {
    await using server = await bounded({});
    const socket = dial(server.address);
    socket.end('GET / HTTP/1.0\r\n\r\n');
    assert.match(await received(socket), /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nok$/);
  });

  it('that sends its request byte by byte gets its answer', async () => {
    await using server = await bounded({});
    const socket = dial(server.address).setNoDelay();
    const answer = received(socket);
    for (const byte of 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\n') await new Promise((resolve) => socket.write(byte, resolve));
    assert.match(await answer, /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nok$/);
    assert.deepEqual(server.requests, ['/slow']);
  });

  it('that sends a body gets its answer and no reset, and what it sends is read by nobody', async () => {
    await using server = await bounded({});
    const socket = dial(server.address);
    let error: unknown;
    socket.on('error', (cause) => (error = cause));
    const answer = received(socket);
    socket.end(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n${'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(9_000).slice(0, 300_000)}`);
    assert.match(await answer, /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nok$/);
    assert.deepEqual({ error, requests: server.requests }, { error: undefined, requests: ['/'] });
  });

  it('has one request per connection', async () => {
    await using server = await bounded({});
    const socket = dial(server.address);
    socket.write('GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.match(await received(socket), /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nok$/);
    assert.deepEqual(server.requests, ['/a']);
  });

  for (const [what, text] of [['sends nothing', ''], ['never ends its request', 'GET / HTTP/1.1\r\nHo'], ['waits for an answer that does not come', 'GET /hang HTTP/1.1\r\nHost: x\r\n\r\n']]) {
    it(`that ${what} is cut off when its time is over`, async () => {
      await using server = await bounded({ lifeMs: 50 });
      const socket = dial(server.address);
      socket.write(text ?? '');
      await isCutOff(socket);
      assert.isTrue(socket.closed);
    });
  }

  it('is cut off for another only when it is the oldest of too many that have asked for nothing', async () => {
    await using server = await bounded({ most: 3 });
    const asking = dial(server.address);
    asking.write('GET /hang HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually('its request', () => server.requests.includes('/hang'));
    const silent = [dial(server.address)];
    await once(silent[0] ?? asking, 'connect');
    silent.push(dial(server.address));
    await once(silent[1] ?? asking, 'connect');
    assert.equal((await ask(server.address, '/')).text, 'ok');
    await isCutOff(silent[0] ?? asking);
    assert.deepEqual([asking.closed, ...silent.map(({ closed }) => closed)], [false, true, false]);
    for (const socket of [asking, ...silent]) socket.destroy();
  });

  it('gets its answer while five hundred others hold connections and say nothing', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using served = await servedOverHttp(folder.path, host.root);
    const squatters = Array.from({ length: 500 }, () => dial(served.address));
    assert.equal((await ask(served.address, '/healthz')).status, 200);
    await eventually('most of them to be cut off', () => squatters.filter(({ closed }) => closed).length >= 500 - 64);
    for (const squatter of squatters) squatter.destroy();
  });

  it('cannot make us keep thousands of answers that it never reads', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using served = await servedOverHttp(folder.path, host.root);
    await ask(served.address, '/metrics');
    const beforeMiB = privateMiB(served);
    const requests = 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(5_000);
    const clients = Array.from({ length: 50 }, () => dial(served.address).pause());
    await Promise.all(clients.map((client) => new Promise((resolve) => client.write(requests.slice(0, 65_536), resolve))));
    assert.equal((await ask(served.address, '/healthz')).status, 200);
    const grownMiB = privateMiB(served) - beforeMiB;
    for (const client of clients) client.destroy();
    // Parsed all at once, these requests cost 150 MiB.
    assert.isBelow(grownMiB, 25);
  });
});
