import { assert } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ChildRequest, ChildResult, RunChild } from '../../../plugins/linux/child.ts';
import { readDiskLinks, resolveOnDisk } from '../../../plugins/linux/disk-link.ts';
import { withoutRepeats } from '../../../plugins/linux/left-behind.ts';

const options = { timeoutMs: 10_000 };

describe('links on a disk of the host', () => {
  let root = '';
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'links-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  function file(path: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path);
  }

  function link(path: string, target: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
  }

  const table: readonly { readonly what: string; readonly make: () => void; readonly path: string; readonly want: string }[] = [
    { what: 'a path without any is itself', make: () => file('var/a'), path: 'var/a', want: 'var/a' },
    { what: 'an absolute one begins at the root of the host', make: () => (file('var/new'), link('var/current', '/var/new')), path: 'var/current', want: 'var/new' },
    { what: 'a relative one begins at its folder', make: () => (file('var/lib/new'), link('var/lib/current', '../lib/./new')), path: 'var/lib/current', want: 'var/lib/new' },
    { what: 'a folder may be one, too', make: () => (file('data/kubelet/pki/a'), link('var/lib/kubelet', '/data/kubelet')), path: 'var/lib/kubelet/pki/a', want: 'data/kubelet/pki/a' },
    { what: 'one may lead to another', make: () => (file('c/x'), link('b', '/c'), link('a/y', '../b/x')), path: 'a/y', want: 'c/x' },
    { what: 'none leads above the root', make: () => (file('etc/a'), link('var/a', '../../../../../etc/a')), path: 'var/a', want: 'etc/a' },
    { what: 'what lies above a link is what lies above its target', make: () => (file('data/a'), file('data/kubelet/b'), link('var/kubelet', '/data/kubelet')), path: 'var/kubelet/../a', want: 'data/a' },
    { what: 'names may hold blanks, arrows and newlines', make: () => (file('var/b -> c\n d'), link('var/a -> b', '/var/b -> c\n d')), path: 'var/a -> b', want: 'var/b -> c\n d' },
  ];
  for (const { what, make, path, want } of table) {
    it(what, async () => {
      make();
      assert.deepEqual(await resolveOnDisk(root, path, options), { kind: 'ok', value: want });
    });
  }

  it('one that leads nowhere, or in a circle, is no path, and the path that was asked for is named', async () => {
    link('a', '/nowhere/x');
    assert.deepEqual(await resolveOnDisk(root, 'a', options), { kind: 'absent', message: `/a (as ${root}/a): no such file or directory` });
    link('b', 'c');
    link('c', '/b');
    assert.deepEqual(await resolveOnDisk(root, 'b', options), { kind: 'failed', message: `/b (as ${root}/b): too many levels of symbolic links` });
  });

  it('is one of the host, whatever stands there in our own root', async () => {
    link('etc/passwd-link', '/etc/passwd');
    assert.equal((await resolveOnDisk(root, 'etc/passwd-link', options)).kind, 'absent');
  });

  it('of several paths, each is told of, and why the others are not', async () => {
    link('a', '/x y');
    file('b');
    const { targets, unread } = await readDiskLinks(root, ['a', 'none', 'b'], options);
    assert.deepEqual([...targets], [['a', '/x y'], ['b', undefined]]);
    assert.deepEqual(unread, { kind: 'absent', message: `/none (as ${root}/none): no such file or directory` });
  });

  it('a folder that is closed is told as such', function () {
    if (process.getuid?.() === 0) this.skip();
    file('closed/a');
    execFileSync('chmod', ['000', join(root, 'closed')]);
    return resolveOnDisk(root, 'closed/a', options).then(
      (found) => assert.deepEqual(found, { kind: 'denied', message: `/closed/a (as ${root}/closed/a): permission denied` }),
    ).finally(() => execFileSync('chmod', ['700', join(root, 'closed')]));
  });
});

describe('what a child was left behind for', () => {
  const request = (path: string): ChildRequest => ({ command: 'cat', args: ['--', path], timeoutMs: 1, maxOutputBytes: 1 });

  it('is not asked again before it ends, and nothing is once there are eight of them', async () => {
    const asked: string[] = [];
    const ends = new Map<string, () => void>();
    const run: RunChild = async ({ args: [, path = ''] }): Promise<ChildResult> => {
      asked.push(path);
      const { promise, resolve } = Promise.withResolvers<void>();
      ends.set(path, resolve);
      return path === 'alive' ? { kind: 'exited', code: 0, signal: null, stdout: '', stderr: '' } : { kind: 'abandoned', pid: 1, atDeadline: undefined, ended: promise };
    };
    const once = withoutRepeats(run);
    const kinds = async (...paths: readonly string[]): Promise<readonly string[]> => (await Promise.all(paths.map((path) => once(request(path))))).map(({ kind }) => kind);
    assert.deepEqual(await kinds('1', 'alive'), ['abandoned', 'exited']);
    assert.deepEqual(await kinds('1', 'alive'), ['abandoned', 'exited']);
    assert.deepEqual(asked, ['1', 'alive', 'alive']);
    for (const path of ['2', '3', '4', '5', '6', '7', '8']) await once(request(path));
    assert.deepEqual(await kinds('alive', '9', '1'), ['failed-to-start', 'failed-to-start', 'abandoned']);
    ends.get('1')?.();
    await Promise.resolve();
    await new Promise(setImmediate);
    assert.deepEqual(await kinds('alive', '1'), ['exited', 'abandoned']);
  });
});
