import { rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

import { assert } from 'chai';

import { silentLogger } from '../../plugins/core/log.ts';
import { connect } from '../../plugins/rpc/client.ts';
import { RpcError } from '../../plugins/rpc/client-error.ts';
import { serve } from '../../plugins/rpc/server.ts';
import { temporaryFolder } from '../support/eventually.ts';
import { keptLog } from '../support/rpc-log.ts';
import { monitorForTests } from '../support/rpc-monitor.ts';
import { startServer } from '../support/rpc-process.ts';

const SOON = { timeoutMs: 10_000 };

async function failureOf(work: Promise<unknown>): Promise<readonly [string, string] | 'no failure'> {
  try {
    await work;
    return 'no failure';
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return [error.code, error.message];
  }
}

/** Something that listens and is no gRPC server. */
async function impostor(path: string, talk: (socket: Socket) => void): Promise<AsyncDisposable> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    talk(socket);
  }).listen(path);
  await once(server, 'listening');
  return {
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

describe('a client', () => {
  it('gets what the monitor says', async () => {
    using folder = temporaryFolder();
    const monitor = monitorForTests();
    await using server = await serve({ monitor, socketPath: folder.file('a.sock'), log: silentLogger });
    using client = connect(server.socketPath);
    assert.deepEqual(await client.getMetadata(SOON), monitor.metadata);
    assert.deepEqual(await client.checkHealth({}, 1, SOON), {
      source: 'test-monitor',
      events: [{ severity: 'warn', timestampMs: 1_700_000_000_123, reason: 'KernelTainted', message: 'module out of tree' }],
      conditions: [{ type: 'DiskSpaceLow', status: 'False', transitionMs: 1_600_000_000_000, reason: 'DiskSpaceIsSufficient', message: 'all good' }],
    });
    assert.deepEqual(
      await Promise.all(['', 'npd.external.v1.ExternalMonitor'].map((service) => client.health(service, SOON))),
      ['SERVING', 'SERVING'],
    );
    assert.deepEqual(await failureOf(client.health('nobody', SOON)), ['refused', `${server.socketPath}: NOT_FOUND: Health status unknown for service nobody`]);
  });

  it('hears of a monitor that breaks, which is logged and breaks nothing else', async () => {
    using folder = temporaryFolder();
    const { log, lines } = keptLog();
    await using server = await serve({ monitor: monitorForTests(), socketPath: folder.file('a.sock'), log });
    using client = connect(server.socketPath);
    assert.deepEqual(await failureOf(client.checkHealth({ throw: '' }, 1, SOON)), ['refused', `${server.socketPath}: INTERNAL: the monitor broke`]);
    const errors = lines.filter(({ level }) => level === 'error');
    assert.deepEqual(errors, [{ level: 'error', message: 'could not answer', rpc: 'CheckHealth', err: errors[0]?.['err'] }]);
    assert.strictEqual((await client.checkHealth({}, 2, SOON)).events.length, 1);
  });

  it('learns what is wrong with a path where nobody answers', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.sock');
    using client = connect(path);
    assert.deepEqual(await failureOf(client.getMetadata(SOON)), ['no-socket', `${path}: no such socket; is the monitor running, and is this its socket?`]);

    await using server = await startServer(folder.file('b.sock'));
    server.kill('SIGKILL');
    await server.ended();
    using late = connect(folder.file('b.sock'));
    assert.deepEqual(await failureOf(late.getMetadata(SOON)), ['nobody-listens', `${folder.file('b.sock')}: nobody listens on this socket; the server that made it is gone`]);

    writeFileSync(folder.file('file'), '');
    using file = connect(folder.file('file'));
    assert.deepEqual(await failureOf(file.getMetadata(SOON)), ['no-socket', `${folder.file('file')}: is not a socket; another path is meant, or it was made in its place`]);
  });

  it('finds the server when it comes later', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.sock');
    using client = connect(path);
    assert.strictEqual((await failureOf(client.getMetadata(SOON)))[0], 'no-socket');
    await using _server = await serve({ monitor: monitorForTests(), socketPath: path, log: silentLogger });
    const name = async (): Promise<string> => client.getMetadata(SOON).then(({ name: found }) => found, name);
    assert.strictEqual(await name(), 'test-monitor');
  });

  it('tells a server that hangs up, one of another protocol and one that says nothing apart', async () => {
    using folder = temporaryFolder();
    const failure = async (talk: (socket: Socket) => void) => {
      const path = folder.file('x.sock');
      await using _impostor = await impostor(path, talk);
      using client = connect(path);
      const result = await failureOf(client.getMetadata({ timeoutMs: 1_000 }));
      rmSync(path, { force: true });
      return result;
    };
    const path = folder.file('x.sock');
    const noGrpc: readonly [string, string] = ['no-grpc', `${path}: takes connections, but what answers is not a gRPC server, or it ends them`];
    assert.deepEqual(await failure((socket) => socket.destroy()), noGrpc);
    assert.deepEqual(await failure((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')), noGrpc);
    assert.deepEqual(await failure(() => {}), ['deadline', `${path}: no answer within 1000 ms`]);
  });

  it('stops asking when its caller says so, also before it began', async () => {
    using folder = temporaryFolder();
    const path = folder.file('x.sock');
    await using _impostor = await impostor(path, () => {});
    using client = connect(path);
    const caller = new AbortController();
    const work = client.getMetadata({ timeoutMs: 60_000, signal: caller.signal });
    caller.abort();
    assert.deepEqual(await failureOf(work), ['cancelled', `${path}: call cancelled`]);
    assert.deepEqual(await failureOf(client.getMetadata({ timeoutMs: 60_000, signal: caller.signal })), ['cancelled', `${path}: call cancelled`]);
  });

  it('wants an absolute path that a socket can have', () => {
    assert.throws(() => connect('run/a.sock'), 'socket: "run/a.sock" is not an absolute path; give the whole path, beginning with /');
    assert.throws(
      () => connect(`/${'x'.repeat(107)}`),
      `socket: /${'x'.repeat(107)} is too long: it has 108 bytes and a Unix socket's path at most 107; shorten it by 1`,
    );
  });
});
