import { assert } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { hostTree } from '../support/host-tree.ts';
import { containersOf, deployManifest } from '../support/manifest-objects.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');

interface Inspector extends AsyncDisposable {
  readonly pid: number;
  /** What the kubelet would keep of it: both of its outputs, in one file. */
  readonly log: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<number | null>;
}

/** The container of deploy/kubeowler.yaml as a process, on this root. */
function inspectorOf(root: string, log: string): Inspector {
  const [placed] = containersOf(deployManifest('kubeowler'));
  const { command = [], args = [] } = placed?.container ?? assert.fail();
  const given = [...command.slice(1), ...args].map((arg) => (arg === '--host-root=/host' ? `--host-root=${root}` : arg));
  const file = openSync(log, 'a');
  const child = spawn(process.execPath, [MAIN, ...given], { stdio: ['ignore', file, file], env: { PATH: process.env['PATH'], NODE_NAME: 'worker-1' } });
  closeSync(file);
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  return {
    pid: child.pid ?? 0,
    log: () => readFileSync(log, 'utf8'),
    kill: (signal) => void child.kill(signal),
    ended,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

describe('the log of the inspector that deploy/kubeowler.yaml starts', function () {
  this.timeout(90_000);

  it('is one line, a document, from its begin until it is told to end, which it does at once', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using inspector = inspectorOf(host.root, folder.file('log'));
    const log = await eventually('a whole line', () => inspector.log().endsWith('\n') && inspector.log(), 30_000);
    const document = JSON.parse(log) as Readonly<Record<string, unknown>>;
    assert.equal(document['node_name'], 'worker-1');
    assert.isBelow(Date.now() - Date.parse(String(document['timestamp'])), 60_000);
    assert.lengthOf(log.trimEnd().split('\n'), 1);
    const askedMs = performance.now();
    inspector.kill('SIGTERM');
    assert.equal(await inspector.ended, 0);
    assert.isBelow(performance.now() - askedMs, 2_000);
    assert.equal(inspector.log(), log);
  });

  it('is a document where nothing can be read, too', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    for (const path of ['proc/meminfo', 'proc/stat', 'proc/loadavg', 'proc/vmstat', 'proc/1/mountinfo', 'proc/mounts']) host.write(path, 'garbage\u0000"\\ ');
    await using inspector = inspectorOf(host.root, folder.file('log'));
    const log = await eventually('a whole line', () => inspector.log().endsWith('\n') && inspector.log(), 30_000);
    assert.equal((JSON.parse(log) as Readonly<Record<string, unknown>>)['node_name'], 'worker-1');
  });

  it('is a document or nothing where the container is told to end before', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using inspector = inspectorOf(host.root, folder.file('log'));
    await eventually('it to have handlers for signals', () => /^SigCgt:\s+\w*[4-7c-f]\w{3}$/m.test(readFileSync(`/proc/${inspector.pid}/status`, 'utf8')));
    inspector.kill('SIGTERM');
    await inspector.ended;
    const log = inspector.log();
    if (log !== '') assert.doesNotThrow(() => JSON.parse(log) as unknown);
  });
});
