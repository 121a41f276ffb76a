import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { assert } from 'chai';

import { connect } from '../../plugins/rpc/client.ts';
import { serve } from '../../plugins/rpc/server.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { keptLog } from '../support/rpc-log.ts';
import { monitorForTests } from '../support/rpc-monitor.ts';
import { startProgramAs } from '../support/rpc-process.ts';

const SOON = { timeoutMs: 10_000 };

function mount(...args: readonly string[]): void {
  execFileSync('mount', args, { timeout: 10_000 });
}

/** A mount of its own over the folder, which can be made read-only for everybody, root included. */
function ownMount(path: string): Disposable {
  mount('--bind', path, path);
  return { [Symbol.dispose]: () => void execFileSync('umount', ['--lazy', path], { timeout: 10_000 }) };
}

describe('a server whose folder is read-only', () => {
  it('does not start, and says why', async () => {
    using folder = temporaryFolder();
    using _mount = ownMount(folder.path);
    mount('-o', 'remount,bind,ro', folder.path);
    const { log } = keptLog();
    const socketPath = folder.file('a.sock');
    const failure = await serve({ monitor: monitorForTests(), socketPath, log }).then(() => 'serves', (error: unknown) => (error as Error).message);
    assert.match(failure, /^socket: cannot serve on .*\/a\.sock: listen EROFS: read-only file system .*\/\.a\.sock\.[0-9a-f]{8}$/);
  });

  it('while it runs keeps its connections, says so once, and has its socket back when the folder can be written again', async () => {
    using folder = temporaryFolder();
    using _mount = ownMount(folder.path);
    const { log, messages } = keptLog();
    await using server = await serve({ monitor: monitorForTests(), socketPath: folder.file('a.sock'), log });
    using client = connect(server.socketPath);
    await client.checkHealth({}, 1, SOON);
    rmSync(server.socketPath);
    mount('-o', 'remount,bind,ro', folder.path);
    await eventually('the trouble to be named', () => messages().includes('cannot take the socket back; trying on'));
    const triedMs = performance.now();
    await eventually('a second try', () => performance.now() - triedMs > 2_500);
    assert.strictEqual((await client.checkHealth({}, 2, SOON)).source, 'test-monitor');
    assert.strictEqual(server.state(), 'lost');
    mount('-o', 'remount,bind,rw', folder.path);
    await eventually('the socket to be back', () => server.state() === 'held');
    using late = connect(server.socketPath);
    assert.strictEqual((await late.checkHealth({}, 3, SOON)).source, 'test-monitor');
    assert.deepEqual(messages(), ['serving', 'socket lost; taking it back', 'cannot take the socket back; trying on', 'socket is ours again']);
  });
});

describe('a user who is neither owner nor group of the socket', () => {
  it('is told that the permission is missing', async () => {
    using folder = temporaryFolder();
    execFileSync('chmod', ['0755', folder.path]);
    const { log } = keptLog();
    await using server = await serve({ monitor: monitorForTests(), socketPath: folder.file('a.sock'), log });
    await using stranger = startProgramAs(65_534, join(import.meta.dirname, '../support/rpc-client-main.ts'), server.socketPath);
    assert.deepEqual(await stranger.said('failed'), {
      message: 'failed',
      code: 'denied',
      text: `${server.socketPath}: permission denied; the socket is open to its owner and group`,
    });
  });
});
