import { assert } from 'chai';
import { readdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type Socket, createServer } from 'node:net';
import { createServer as createHttp2Server } from 'node:http2';
import { askHttp2 } from '../../../plugins/linux/http2-answer.ts';
import { type Folder, temporaryFolder } from '../../support/eventually.ts';

const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

/** A server that does with each connection what the test says. */
async function listening(folder: Folder, accept: (socket: Socket) => void): Promise<AsyncDisposable & { readonly path: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    accept(socket);
  });
  const path = folder.file('a.sock');
  server.listen(path);
  await once(server, 'listening');
  return {
    path,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function ask(path: string): Promise<string> {
  return (await askHttp2(path, { timeoutMs: 300 })).kind;
}

describe('a question to an HTTP/2 server on a Unix socket', () => {
  it('is answered by one of Node.js', async () => {
    using folder = temporaryFolder();
    const server = createHttp2Server();
    const errors: unknown[] = [];
    server.on('sessionError', (error) => errors.push(error));
    server.listen(folder.file('a.sock'));
    await once(server, 'listening');
    const ended = once(server, 'session').then(async ([session]: { once: (event: string, heard: () => void) => void }[]) => new Promise<void>((resolve) => session?.once('close', resolve)));
    assert.equal(await ask(folder.file('a.sock')), 'answers');
    await ended;
    assert.deepEqual(errors, []);
    server.close();
  });

  const cases: readonly { readonly name: string; readonly accept: (socket: Socket) => void; readonly kind: string }[] = [
    { name: 'that says nothing is silent', accept: () => {}, kind: 'silent' },
    { name: 'that closes at once is silent', accept: (socket) => socket.end(), kind: 'silent' },
    { name: 'that says a part of a frame is silent', accept: (socket) => void socket.write(SETTINGS.subarray(0, 8)), kind: 'silent' },
    { name: 'that says it byte by byte answers', accept: (socket) => SETTINGS.forEach((byte) => void socket.write(Buffer.from([byte]))), kind: 'answers' },
    { name: 'that speaks HTTP/1 is a stranger', accept: (socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'), kind: 'stranger' },
    { name: 'that says garbage without an end is a stranger', accept: (socket) => void setInterval(() => socket.write(Buffer.alloc(65_536, 'x')), 1).unref(), kind: 'stranger' },
    { name: 'that acknowledges settings which nobody sent is a stranger', accept: (socket) => void socket.write(Buffer.from([0, 0, 0, 4, 1, 0, 0, 0, 0])), kind: 'stranger' },
    { name: 'that answers and never closes answers', accept: (socket) => void socket.write(SETTINGS), kind: 'answers' },
  ];
  for (const { name, accept, kind } of cases) {
    it(`to one ${name}`, async () => {
      using folder = temporaryFolder();
      await using server = await listening(folder, accept);
      assert.equal(await ask(server.path), kind);
    });
  }

  it('where nobody listens any more is refused, where no socket is there it is absent', async () => {
    using folder = temporaryFolder();
    assert.equal(await ask(folder.file('a.sock')), 'absent');
    assert.equal(await ask(folder.file('a.sock/b.sock')), 'absent');
    writeFileSync(folder.file('a.sock'), 'no socket');
    assert.equal(await ask(folder.file('a.sock')), 'refused');
    assert.equal(await ask(folder.file('b'.repeat(200))), 'failed');
  });

  it('ends when it is no longer wanted', async () => {
    using folder = temporaryFolder();
    await using server = await listening(folder, () => {});
    const controller = new AbortController();
    const asked = askHttp2(server.path, { timeoutMs: 60_000, signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    assert.equal((await asked).kind, 'silent');
  });

  it('leaves no descriptor behind, whatever comes of it', async () => {
    using folder = temporaryFolder();
    await using server = await listening(folder, (socket) => void socket.resume());
    await ask(server.path);
    const before = readdirSync('/proc/self/fd').length;
    for (let count = 0; count < 20; count++) await askHttp2(server.path, { timeoutMs: 5 });
    for (let count = 0; count < 20; count++) await ask(folder.file('nobody.sock'));
    // The server's ends are ours, too, and close with a turn of their own.
    await new Promise((resolve) => void setTimeout(resolve, 50));
    assert.isAtMost(readdirSync('/proc/self/fd').length, before + 1);
  });
});
