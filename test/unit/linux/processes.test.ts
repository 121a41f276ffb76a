import { assert } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, symlinkSync, watch } from 'node:fs';
import { messageOf } from '../../../plugins/core/errors.ts';
import { inotifyOf } from '../../../plugins/linux/inotify.ts';
import { listPids, openFileCounter } from '../../../plugins/linux/processes.ts';
import { createSlices } from '../../../plugins/linux/slices.ts';
import { temporaryFolder } from '../../support/eventually.ts';

const OWN = String(process.pid);
const slices = () => createSlices(new AbortController().signal);

/** Beyond PID_MAX_LIMIT of linux/threads.h: no process ever has it. */
const NOBODY = '4194305';

describe('processes of the host', () => {
  it('are listed by their PIDs, and nothing else of /proc is', async () => {
    const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    const exited = once(child, 'exit');
    const pids = await listPids('/', slices());
    child.stdin.end();
    await exited;
    assert.includeMembers([...pids], [OWN, String(child.pid)]);
    assert.isTrue(pids.every((pid) => /^\d+$/.test(pid)));
    assert.notInclude(await listPids('/', slices()), String(child.pid));
  });

  it('have as many open files as they opened', () => {
    const count = openFileCounter('/');
    const before = count(OWN);
    const opened = Array.from({ length: 20 }, () => openSync('/dev/null', 'r'));
    const after = count(OWN);
    for (const fd of opened) closeSync(fd);
    if (before.kind !== 'exact' || after.kind !== 'exact') assert.fail(`${before.kind}, ${after.kind}`);
    assert.equal(after.count - before.count, 20);
  });

  it('that ended are gone, and no error', async () => {
    assert.deepEqual(openFileCounter('/')(NOBODY), { kind: 'gone' });
    assert.deepEqual(await inotifyOf('/', NOBODY, slices()), { kind: 'absent', message: `/proc/${NOBODY}/fd: ENOENT` });
  });

  it('of a recording have as many open files as links, whatever size the folder has', () => {
    using folder = temporaryFolder();
    mkdirSync(folder.file('proc/7/fd'), { recursive: true });
    for (const name of ['0', '1', '2']) symlinkSync('/dev/null', folder.file(`proc/7/fd/${name}`));
    assert.deepEqual(openFileCounter(folder.path)('7'), { kind: 'exact', count: 3 });
  });

  it('have the inotify watches that they set', async () => {
    using folder = temporaryFolder();
    const names = ['a', 'b', 'c'].map((name) => folder.file(name));
    for (const name of names) mkdirSync(name);
    const before = await inotifyOf('/', OWN, slices());
    const watchers = names.map((name) => watch(name));
    const after = await inotifyOf('/', OWN, slices());
    for (const watcher of watchers) watcher.close();
    if ('kind' in before || 'kind' in after) assert.fail('own descriptors are visible');
    const sum = (found: typeof before): number => found.instances.reduce((total, { watches }) => total + watches, 0);
    assert.equal(sum(after) - sum(before), 3);
    assert.isAtLeast(after.instances.length, 1);
  });
});

describe('a long walk in slices', () => {
  it('lets others have their turn', async () => {
    const walk = slices();
    const told: string[] = [];
    setImmediate(() => told.push('another'));
    do {
      const pause = walk.pause();
      if (pause !== undefined) await pause;
    } while (told.length === 0);
    assert.deepEqual(told, ['another']);
  });

  it('ends when it is no longer wanted', async () => {
    const controller = new AbortController();
    const walk = createSlices(controller.signal);
    controller.abort(new Error('too late'));
    let ending = 'none';
    while (ending === 'none') {
      const pause = walk.pause();
      if (pause !== undefined) ending = await pause.then(() => 'went on', (reason: unknown) => messageOf(reason));
    }
    assert.equal(ending, 'too late');
  });
});
