import { assert } from 'chai';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type MonitorClient, connect } from '../../plugins/rpc/client.ts';
import { type HostTree, hostTree } from '../support/host-tree.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');
const { O_NONBLOCK, O_RDWR } = constants;

/** `serve` at debug level, which logs every poll; killed when disposed. */
function serving(socket: string, { root }: HostTree, stderr: number | 'pipe'): ChildProcess & AsyncDisposable {
  const args = ['serve', 'host-inspector', '--socket', socket, '--host-root', root, '--log-level', 'debug', '--log-format', 'json'];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', stderr], env: { PATH: process.env['PATH'] } });
  const ended = once(child, 'exit');
  return Object.assign(child, {
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  });
}

/** Polls so often that what is logged of it fills any pipe or socket; the last answer counts. */
async function pollMuch(socket: string): Promise<number> {
  using client = connect(socket);
  await eventually('an answer', () => client.checkHealth({}, 0, { timeoutMs: 5_000 }).then(() => true, () => undefined));
  return await pollTimes(client, 1_500);
}

async function pollTimes(client: MonitorClient, times: number): Promise<number> {
  let answers = 0;
  for (; answers < times; answers++) await client.checkHealth({}, answers + 1, { timeoutMs: 5_000 });
  return answers;
}

/** A named pipe that is held open at both ends, so that it never blocks us. */
function fifo(path: string): Disposable & { readonly fd: number; readonly fill: () => void; readonly empty: () => string } {
  execFileSync('mkfifo', [path]);
  const fd = openSync(path, O_RDWR | O_NONBLOCK);
  const untilRefused = (act: () => void): void => {
    try {
      for (;;) act();
    } catch (error) {
      assert.deepInclude(error, { code: 'EAGAIN' });
    }
  };
  return {
    fd,
    fill: () => untilRefused(() => writeSync(fd, `${'x'.repeat(1_023)}\n`)),
    empty() {
      const chunks: Buffer[] = [];
      untilRefused(() => {
        const chunk = Buffer.alloc(65_536);
        chunks.push(chunk.subarray(0, readSync(fd, chunk)));
      });
      return Buffer.concat(chunks).toString();
    },
    [Symbol.dispose]: () => closeSync(fd),
  };
}

describe('a log that nobody reads', () => {
  it('stops no answer where it goes to a pipe that waits', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    using _pipe = fifo(join(folder.path, 'log'));
    // Opened anew without O_NONBLOCK, as a container runtime hands it over.
    const waiting = openSync(join(folder.path, 'log'), O_RDWR);
    await using _ = serving(join(folder.path, 'a.sock'), host, waiting);
    closeSync(waiting);
    assert.equal(await pollMuch(join(folder.path, 'a.sock')), 1_500);
  });

  it('stops no answer where it goes to a socket', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using _ = serving(join(folder.path, 'a.sock'), host, 'pipe');
    assert.equal(await pollMuch(join(folder.path, 'a.sock')), 1_500);
  });

  it('tells how many lines are missing once it is read, and holds whole lines only', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    using pipe = fifo(join(folder.path, 'log'));
    pipe.fill();
    const waiting = openSync(join(folder.path, 'log'), O_RDWR);
    await using _ = serving(join(folder.path, 'a.sock'), host, waiting);
    closeSync(waiting);
    await pollMuch(join(folder.path, 'a.sock'));
    assert.match(pipe.empty(), /^(x{1023}\n)+$/);
    using client = connect(join(folder.path, 'a.sock'));
    await pollTimes(client, 2);
    const [note, ...lines] = pipe.empty().trimEnd().split('\n').map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    assert.deepInclude(note, { level: 'warn', msg: 'lines of this log were dropped, nobody read it' });
    assert.isAtLeast(Number(note?.['dropped']), 1_500);
    assert.isNotEmpty(lines);
  });
});
