import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { assert } from 'chai';
import { readSmallFile, writeFileAtomically } from '../../plugins/linux/atomic-file.ts';
import { deadMount, whyNoDeadMount } from '../support/dead-mount.ts';
import { eventually } from '../support/eventually.ts';
import { mountNamespace } from '../support/namespaces.ts';

const deadline = { timeoutMs: 1000 };
const missing = whyNoDeadMount();

describe(missing === undefined ? 'a state file on a real disk' : `a state file on a real disk (skipped: ${missing})`, () => {
  let folder = '';
  before(function () {
    if (missing !== undefined) this.skip();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'state-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('that does not answer: writes and reads say so, and the newest text is made up for when it ended', async () => {
    const disk = join(folder, 'disk');
    const path = join(disk, 'state.json');
    const stuck = { kind: 'stuck', message: `${path}: the file system does not answer` } as const;
    {
      await using _mount = await deadMount(disk);
      const both = [writeFileAtomically(path, 'first', deadline), writeFileAtomically(path, 'soon after', deadline)];
      assert.deepEqual(await Promise.all(both), [stuck, stuck]);
      assert.deepEqual(await writeFileAtomically(path, 'second', { timeoutMs: 10_000 }), stuck);
      assert.deepEqual(await writeFileAtomically(path, 'third', { timeoutMs: 10_000 }), stuck);
      assert.deepEqual(await readSmallFile(path, { ...deadline, maxBytes: 10 }), stuck);
    }
    // The dead disk is gone, and the path leads to a living one.
    const deadlineMs = Date.now() + 10_000;
    while (!existsSync(path)) {
      assert.isBelow(Date.now(), deadlineMs, 'nothing was written');
      await setTimeout(10);
    }
    assert.equal(readFileSync(path, 'utf8'), 'third');
  });

  it('that does not answer holds up no passing file either, and its newest text is made up for', async () => {
    const disk = join(folder, 'disk');
    const path = join(disk, 'a.status');
    const stuck = { kind: 'stuck', message: `${path}: the file system does not answer` } as const;
    {
      await using _mount = await deadMount(disk);
      assert.deepEqual(await writeFileAtomically(path, 'first', { ...deadline, isPassing: true }), stuck);
      assert.deepEqual(await writeFileAtomically(path, 'second', { ...deadline, isPassing: true }), stuck);
    }
    await eventually('the newest text', () => existsSync(path) && readFileSync(path, 'utf8') === 'second');
  });

  it('that does not answer keeps no process from its end', async () => {
    const disk = join(folder, 'disk');
    await using _mount = await deadMount(disk);
    const program = `
      import { writeFileAtomically } from ${JSON.stringify(new URL('../../plugins/linux/atomic-file.ts', import.meta.url).href)};
      const path = ${JSON.stringify(join(disk, 'state.json'))};
      const write = async () => console.log((await writeFileAtomically(path, 'x', { timeoutMs: 1000 })).kind);
      await write();
      await write();
    `;
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', timeout: 15_000 });
    assert.deepEqual([ended.status, ended.stdout], [0, 'stuck\nstuck\n'], ended.stderr);
  });

  it('that is full or read-only is an answer, and the old text stays', async () => {
    await using namespace = await mountNamespace('private');
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    namespace.run('mount', '-t', 'tmpfs', '-o', 'size=16k', 'small', disk);
    const path = `/proc/${namespace.pid}/root${disk}/state.json`;
    assert.deepEqual(await writeFileAtomically(path, 'old', { timeoutMs: 10_000 }), { kind: 'ok' });
    assert.deepEqual(await writeFileAtomically(path, 'x'.repeat(50_000), { timeoutMs: 10_000 }), {
      kind: 'failed',
      message: `${path}: no space left on device`,
    });
    namespace.run('mount', '-o', 'remount,ro', disk);
    assert.deepEqual(await writeFileAtomically(path, 'new', { timeoutMs: 10_000 }), {
      kind: 'failed',
      message: `${path}: read-only file system`,
    });
    const passing = { timeoutMs: 10_000, isPassing: true };
    assert.deepEqual(await writeFileAtomically(path, 'new', passing), { kind: 'failed', message: `${path}: read-only file system` });
    assert.equal(readFileSync(path, 'utf8'), 'old');
    assert.equal(namespace.run('ls', '-A', disk), 'state.json\n');
  });
});
