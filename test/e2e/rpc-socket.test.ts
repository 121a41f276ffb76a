import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';

import { assert } from 'chai';

import { silentLogger } from '../../plugins/core/log.ts';
import { connect } from '../../plugins/rpc/client.ts';
import { serve } from '../../plugins/rpc/server.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { keptLog } from '../support/rpc-log.ts';
import { monitorForTests } from '../support/rpc-monitor.ts';
import { startServer } from '../support/rpc-process.ts';

const SOON = { timeoutMs: 10_000 };

async function nameAt(socketPath: string, timeoutMs = 10_000): Promise<string> {
  using client = connect(socketPath);
  return (await client.getMetadata({ timeoutMs })).name;
}

/** Rejects unless somebody answers at the path before long. */
async function answeredBy(name: string, socketPath: string): Promise<void> {
  await eventually(`${name} to answer`, () => nameAt(socketPath).then((found) => found === name, () => false));
}

async function refusal(socketPath: string): Promise<unknown> {
  try {
    await using _server = await serve({ monitor: monitorForTests(), socketPath, log: silentLogger });
    return 'serves';
  } catch (error) {
    return error instanceof Error ? { name: error.name, message: error.message } : error;
  }
}

describe('the socket of a server', () => {
  it('stands in a folder that is created, open to owner and group only, and alone there', async () => {
    using folder = temporaryFolder();
    const socketPath = folder.file('new/deep/a.sock');
    await using _server = await serve({ monitor: monitorForTests(), socketPath, log: silentLogger });
    assert.strictEqual(lstatSync(socketPath).mode & 0o777, 0o660);
    assert.deepEqual(readdirSync(folder.file('new/deep')), ['a.sock']);
  });

  it('is replaced by the next server after kill -9, which also removes what was left behind', async () => {
    using folder = temporaryFolder();
    const socketPath = folder.file('a.sock');
    await using first = await startServer(socketPath);
    first.kill('SIGKILL');
    await first.ended();
    renameSync(socketPath, folder.file('.a.sock.0123abcd'));
    await using _live = await startServer(folder.file('b.sock'));
    renameSync(folder.file('b.sock'), folder.file('.a.sock.89abcdef'));
    await using _second = await startServer(socketPath);
    assert.strictEqual(await nameAt(socketPath), 'test-monitor');
    const mine = readdirSync(folder.path).filter((name) => name.includes('a.sock'));
    assert.deepEqual(mine.toSorted(), ['.a.sock.89abcdef', 'a.sock'], 'a socket on which somebody listens is not ours to remove');
  });

  it('leaves alone what only looks like a private name of it', async () => {
    using folder = temporaryFolder();
    writeFileSync(folder.file('.a.sock.0123abcd'), 'a file');
    writeFileSync(folder.file('.b.sock.0123abcd'), '');
    await using _server = await serve({ monitor: monitorForTests(), socketPath: folder.file('a.sock'), log: silentLogger });
    assert.deepEqual(readdirSync(folder.path).toSorted(), ['.a.sock.0123abcd', '.b.sock.0123abcd', 'a.sock']);
  });

  it('comes back when it is deleted, and connections live through it', async () => {
    using folder = temporaryFolder();
    const { log, messages } = keptLog();
    await using server = await serve({ monitor: monitorForTests(), socketPath: folder.file('a.sock'), log });
    using client = connect(server.socketPath);
    await client.checkHealth({}, 1, SOON);
    for (let round = 0; round < 2; round++) {
      rmSync(server.socketPath);
      await answeredBy('test-monitor', server.socketPath);
    }
    assert.strictEqual((await client.checkHealth({}, 2, SOON)).conditions.length, 1);
    assert.deepEqual(readdirSync(folder.path), ['a.sock']);
    await eventually('the state to say so', () => server.state() === 'held');
    const episode = ['socket lost; taking it back', 'socket is ours again'];
    assert.deepEqual(messages(), ['serving', ...episode, ...episode]);
  });

  it('comes back when its folder is deleted', async () => {
    using folder = temporaryFolder();
    await using server = await serve({ monitor: monitorForTests(), socketPath: folder.file('d/a.sock'), log: silentLogger });
    rmSync(folder.file('d'), { recursive: true });
    await answeredBy('test-monitor', server.socketPath);
  });

  it('comes back when a dead socket, a file and a folder took its place, each said once', async () => {
    using folder = temporaryFolder();
    const { log, lines, messages } = keptLog();
    await using server = await serve({ monitor: monitorForTests(), socketPath: folder.file('a.sock'), log });
    await using other = await startServer(folder.file('other.sock'));
    other.kill('SIGKILL');
    await other.ended();
    renameSync(folder.file('other.sock'), server.socketPath);
    await answeredBy('test-monitor', server.socketPath);

    rmSync(server.socketPath);
    mkdirSync(server.socketPath);
    await eventually('the trouble to be named', () => messages().includes('cannot take the socket back; trying on'));
    const { err } = lines.find(({ level }) => level === 'error') ?? {};
    assert.strictEqual((err as Error).message, `socket: ${server.socketPath} is a directory, not a socket; remove it or choose another path`);
    rmSync(server.socketPath, { recursive: true });
    await answeredBy('test-monitor', server.socketPath);
    await eventually('the state to say so', () => server.state() === 'held');
    const found = lines.filter(({ message }) => message === 'socket lost; taking it back').map((line) => line['found']);
    assert.deepEqual(found, ['a socket nobody answers on', found[1] === 'nothing' ? 'nothing' : 'a directory']);
  });

  it('is not taken from a path where something else stands', async () => {
    using folder = temporaryFolder();
    writeFileSync(folder.file('file'), 'precious');
    symlinkSync(folder.file('nowhere'), folder.file('link'));
    const wanted = (name: string, what: string) => ({ name: 'ConfigError', message: `socket: ${folder.file(name)} is ${what}, not a socket; remove it or choose another path` });
    assert.deepEqual(await refusal(folder.file('file')), wanted('file', 'a regular file'));
    assert.deepEqual(await refusal(folder.file('link')), wanted('link', 'a symbolic link'));
    assert.deepEqual(await refusal(folder.path), { name: 'ConfigError', message: `socket: ${folder.path} is a directory, not a socket; remove it or choose another path` });
    assert.deepEqual(await refusal(folder.file('file/a.sock')), {
      name: 'ConfigError',
      message: `socket: cannot serve on ${folder.file('file/a.sock')}: EEXIST: file already exists, mkdir '${folder.file('file')}'`,
    });
  });

  it('may have a path of 97 bytes, since its private name has ten more, and no longer one', async () => {
    using folder = temporaryFolder();
    const fits = folder.file('x'.repeat(97 - folder.path.length - 1));
    assert.strictEqual(await refusal(fits), 'serves');
    assert.deepEqual(await refusal(`${fits}é`), {
      name: 'ConfigError',
      message: `socket: ${fits}é is too long: its temporary name in the same folder has 109 bytes and a Unix socket's path at most 107; shorten it by 2`,
    });
    assert.deepEqual(await refusal('a.sock'), { name: 'ConfigError', message: 'socket: "a.sock" is not an absolute path; give the whole path, beginning with /' });
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('is removed on shutdown', async () => {
    using folder = temporaryFolder();
    await using server = await startServer(folder.file('a.sock'));
    server.kill('SIGTERM');
    assert.strictEqual(await server.ended(), 0);
    assert.deepEqual(readdirSync(folder.path), []);
  });
});

describe('two servers on one path', () => {
  it('settle on the one that came last; the other says so, keeps its connections and takes over when that one dies', async () => {
    using folder = temporaryFolder();
    const socketPath = folder.file('a.sock');
    await using first = await startServer(socketPath, '--name', 'first');
    using old = connect(socketPath);
    await old.checkHealth({}, 1, SOON);
    await using second = await startServer(socketPath, '--name', 'second');
    const line = await first.said('another server took the socket and answers; leaving it to that one');
    assert.deepEqual(line, { level: 'warn', message: 'another server took the socket and answers; leaving it to that one', path: socketPath, winner: 'second 1.2.3' });
    assert.strictEqual((await old.checkHealth({}, 2, SOON)).source, 'first');
    assert.strictEqual(await nameAt(socketPath), 'second');
    second.kill('SIGKILL');
    await second.ended();
    await answeredBy('first', socketPath);
    assert.strictEqual((await old.checkHealth({}, 3, SOON)).source, 'first');
  }).timeout(40_000);

  it('end in any order without taking the socket from the other', async () => {
    using folder = temporaryFolder();
    const socketPath = folder.file('a.sock');
    await using first = await startServer(socketPath, '--name', 'first');
    await using second = await startServer(socketPath, '--name', 'second');
    first.kill('SIGTERM');
    assert.strictEqual(await first.ended(), 0);
    assert.strictEqual(await nameAt(socketPath), 'second');
    await using third = await startServer(socketPath, '--name', 'third');
    third.kill('SIGTERM');
    assert.strictEqual(await third.ended(), 0);
    await answeredBy('second', socketPath);
    second.kill('SIGTERM');
    assert.strictEqual(await second.ended(), 0);
    assert.isFalse(existsSync(socketPath));
  }).timeout(40_000);

  it('settle when they start at the same moment', async () => {
    using folder = temporaryFolder();
    const socketPath = folder.file('a.sock');
    const names = ['one', 'two', 'three'];
    const programs = await Promise.all(names.map((name) => startServer(socketPath, '--name', name)));
    await using _programs = { [Symbol.asyncDispose]: async () => void (await Promise.all(programs.map((program) => program[Symbol.asyncDispose]()))) };
    const yielded = () => programs.filter(({ lines }) => lines.some(({ message }) => String(message).startsWith('another server took'))).length;
    await eventually('all but one to yield', () => yielded() === 2);
    const { ino } = lstatSync(socketPath, { bigint: true });
    const winner = await nameAt(socketPath);
    const endMs = performance.now() + 3_000;
    await eventually('three more looks', () => performance.now() > endMs);
    assert.deepEqual({ winner: await nameAt(socketPath), ino: lstatSync(socketPath, { bigint: true }).ino }, { winner, ino });
    assert.deepEqual(readdirSync(folder.path), ['a.sock']);
  }).timeout(40_000);

  it('settle on the old one when the new one took the socket but answers nothing', async () => {
    using folder = temporaryFolder();
    await using server = await serve({ monitor: monitorForTests(), socketPath: folder.file('a.sock'), log: silentLogger });
    using mute = await listenMutely(folder.file('mute.sock'));
    renameSync(folder.file('mute.sock'), server.socketPath);
    await eventually('the old one to be back', async () => (await nameAt(server.socketPath, 500).catch(() => '')) === 'test-monitor', 30_000);
    assert.isAbove(mute.connections(), 1, 'it was asked more than once');
  }).timeout(40_000);

  it('do not disturb each other when the old one ends while it waits for an answer of the new one', async () => {
    using folder = temporaryFolder();
    const socketPath = folder.file('a.sock');
    await using server = await serve({ monitor: monitorForTests(), socketPath, log: silentLogger });
    using mute = await listenMutely(folder.file('mute.sock'));
    renameSync(folder.file('mute.sock'), socketPath);
    const { ino } = lstatSync(socketPath, { bigint: true });
    await eventually('the new one to be asked', () => mute.connections() > 0);
    await server.close(10_000);
    assert.deepEqual([readdirSync(folder.path), lstatSync(socketPath, { bigint: true }).ino], [['a.sock'], ino]);
  });
});

/** Takes connections and never says a word. */
async function listenMutely(path: string): Promise<Disposable & { readonly connections: () => number }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
  }).listen(path);
  await once(server, 'listening');
  return {
    connections: () => sockets.length,
    [Symbol.dispose]: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
