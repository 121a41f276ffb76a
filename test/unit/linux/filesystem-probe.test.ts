import { mkdirSync, mkdtempSync, rmSync, statfsSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { type ChildRequest, type ChildResult, runChild } from '../../../plugins/linux/child.ts';
import { parseDeviceNumber } from '../../../plugins/linux/filesystem-answer.ts';
import { createFilesystemProbe } from '../../../plugins/linux/filesystem-probe.ts';

const deviceOf = (path: string) => parseDeviceNumber(String(statSync(path, { bigint: true }).dev), path);
const NOWHERE = { major: 4000, minor: 1 };

/** A child that never came back: what the kernel does to it is shown by the tests that need root. */
function hanging(state: string, ended: Promise<unknown> = new Promise(() => {})): ChildResult {
  return { kind: 'abandoned', pid: 1, atDeadline: { state, cpuMs: 0 }, ended };
}

const killed = (state: string) => async (): Promise<ChildResult> => ({ kind: 'timed-out', atDeadline: { state, cpuMs: 0 } });
const withoutStat = async (request: ChildRequest) => await runChild({ ...request, command: 'stat-of-nowhere' });
const isDead = ({ args }: ChildRequest) => args.some((arg) => arg.includes('/dead'));

describe('asking a file system for its numbers', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'probe-'));
    mkdirSync(join(root, 'a b\nc'));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const probe = createFilesystemProbe({ timeoutMs: 10_000 });

  it('gives what statfs gives, for any path', async () => {
    const answer = await probe.probe({ root, mountPoint: '/a b\nc', device: deviceOf(root) });
    const { bsize, blocks, files } = statfsSync(root);
    assert(answer.kind === 'ok');
    assert.deepEqual([answer.totalBytes, answer.inodes], [bsize * blocks, files]);
    assert.isAtMost(answer.availableBytes, answer.freeBytes);
  });

  it('gives no numbers of another device than the mount table names', async () => {
    const { major, minor } = deviceOf(root);
    assert.deepEqual(await probe.probe({ root, mountPoint: '/a b\nc', device: NOWHERE }), {
      kind: 'not-visible',
      message:
        `/a b\nc (as ${root}/a b\nc): leads to device ${major}:${minor} instead of 4000:1: ` +
        'hidden by another mount, or the volume lacks mountPropagation: HostToContainer',
    });
  });

  it('gives no numbers of what a symbolic link leads to', async () => {
    symlinkSync('/proc', join(root, 'link'));
    const answer = await probe.probe({ root, mountPoint: '/link', device: deviceOf('/proc') });
    assert.equal(answer.kind, 'not-visible');
  });

  it('tells a missing path', async () => {
    assert.deepEqual(await probe.probe({ root, mountPoint: '/none', device: NOWHERE }), {
      kind: 'absent',
      message: `/none (as ${root}/none): no such file or directory`,
    });
  });

  it('one bad path does not cost the others their numbers, nor do two questions for one path', async () => {
    const good = { root, mountPoint: '/a b\nc', device: deviceOf(root) };
    const targets = [good, { ...good, mountPoint: '/' }, { ...good, mountPoint: '/none' }, { ...good, device: NOWHERE }, good];
    for (const round of ['each alone', 'those together that answered']) {
      const answers = await Promise.all(targets.map((target) => probe.probe(target)));
      assert.deepEqual(answers.map(({ kind }) => kind), ['ok', 'ok', 'absent', 'not-visible', 'ok'], round);
    }
  });

  it('starts two children for any number of mounts that answered before', async () => {
    const started: (readonly string[])[] = [];
    const counting = createFilesystemProbe({
      timeoutMs: 10_000,
      run: async (request) => {
        started.push(request.args);
        return await runChild(request);
      },
    });
    const device = deviceOf(root);
    const names = ['/', '/a b\nc'];
    const ask = async () => await Promise.all(names.map((mountPoint) => counting.probe({ root, mountPoint, device })));
    assert.deepEqual((await ask()).map(({ kind }) => kind), ['ok', 'ok']);
    started.length = 0;
    assert.deepEqual((await ask()).map(({ kind }) => kind), ['ok', 'ok']);
    assert.equal(started.length, 2);
  });

  for (const [how, of, want] of [
    ['fails, as an XFS that has shut down does', { kind: 'exited', code: 1, signal: null, stdout: '', stderr: "stat: cannot statx '/data': Input/output error\n" }, { kind: 'failed', message: '/data: input/output error', refusal: 'Input/output error' }],
    ['hangs, as a share without its metadata server does', { kind: 'timed-out', atDeadline: { state: 'D', cpuMs: 0 } }, { kind: 'stuck', sinceMs: 1_000 }],
  ] as const) {
    it(`tells of one that gave numbers for long, and still does, when the question for its device ${how}`, async () => {
      let isSick = false;
      const run = async ({ args }: ChildRequest): Promise<ChildResult> => {
        if (isSick && args[0] !== '-f') return await Promise.resolve(of);
        return await Promise.resolve({ kind: 'exited', code: 0, signal: null, stdout: args[0] === '-f' ? '/data\x004096 100 50 40 10 5\0' : '/data\x002049\0', stderr: '' });
      };
      const probe = createFilesystemProbe({ timeoutMs: 5_000, run, nowMs: () => 1_000 });
      const target = { root: '/', mountPoint: '/data', device: { major: 8, minor: 1 } };
      for (let looks = 0; looks < 3; looks++) assert.equal((await probe.probe(target)).kind, 'ok');
      isSick = true;
      for (let looks = 0; looks < 3; looks++) assert.deepEqual(await probe.probe(target), want);
    });
  }

  it('two questions for one mount at once start one child for each thing to know', async () => {
    let started = 0;
    const counting = createFilesystemProbe({
      timeoutMs: 10_000,
      run: async (request) => {
        started++;
        return await runChild(request);
      },
    });
    const target = { root, mountPoint: '/', device: deviceOf(root) };
    const first = counting.probe(target);
    await Promise.resolve();
    assert.deepEqual(await counting.probe({ ...target }), await first);
    assert.equal(started, 2);
  });

  it('a file system that answered in between has been stuck since the second time only', async () => {
    let nowMs = 1000;
    let isAnswering = false;
    const run = async (request: ChildRequest) => (isAnswering ? await runChild(request) : await killed('D')());
    const probe = createFilesystemProbe({ timeoutMs: 5000, run, nowMs: () => nowMs });
    const target = { root, mountPoint: '/', device: deviceOf(root) };
    assert.deepEqual(await probe.probe(target), { kind: 'stuck', sinceMs: 1000 });
    isAnswering = true;
    assert.equal((await probe.probe(target)).kind, 'ok');
    isAnswering = false;
    nowMs = 2000;
    assert.deepEqual(await probe.probe(target), { kind: 'stuck', sinceMs: 2000 });
  });

  it('a child left behind is remembered: the same answer at once, no second child, and asked again when it ended', async () => {
    const end = Promise.withResolvers<void>();
    const results: ChildResult[] = [hanging('S', end.promise)];
    let started = 0;
    const run = async (request: ChildRequest) => {
      started++;
      return results.pop() ?? (await runChild(request));
    };
    let nowMs = 1000;
    const probe = createFilesystemProbe({ timeoutMs: 5000, run, nowMs: () => nowMs });
    const target = { root, mountPoint: '/', device: deviceOf(root) };
    assert.deepEqual(await probe.probe(target), { kind: 'stuck', sinceMs: 1000 });
    nowMs = 31_000;
    assert.deepEqual(await probe.probe(target), { kind: 'stuck', sinceMs: 1000 });
    assert.equal(started, 1);
    end.resolve();
    await end.promise;
    assert.equal((await probe.probe(target)).kind, 'ok');
  });

  it('one that was killed at its deadline is asked again, and has been stuck since the first time', async () => {
    let nowMs = 1000;
    const run = killed('D');
    const probe = createFilesystemProbe({ timeoutMs: 5000, run, nowMs: () => nowMs });
    const target = { root, mountPoint: '/', device: NOWHERE };
    assert.deepEqual(await probe.probe(target), { kind: 'stuck', sinceMs: 1000 });
    nowMs = 31_000;
    assert.deepEqual(await probe.probe(target), { kind: 'stuck', sinceMs: 1000 });
  });

  it('a child that got no CPU says nothing of the file system', async () => {
    const run = killed('R');
    const probe = createFilesystemProbe({ timeoutMs: 5000, run });
    assert.deepEqual(await probe.probe({ root: '/', mountPoint: '/data', device: NOWHERE }), {
      kind: 'failed',
      message: '/data: stat got no CPU time within 5000 ms',
    });
  });

  it('a child that got no CPU to end with is not followed by a second one', async () => {
    const end = Promise.withResolvers<void>();
    let started = 0;
    const run = async (): Promise<ChildResult> => {
      started++;
      return hanging('R', end.promise);
    };
    const probe = createFilesystemProbe({ timeoutMs: 5000, run });
    const target = { root: '/', mountPoint: '/data', device: NOWHERE };
    const hungry = { kind: 'failed', message: '/data: stat got no CPU time within 5000 ms' } as const;
    assert.deepEqual([await probe.probe(target), await probe.probe(target), started], [hungry, hungry, 1]);
    end.resolve();
    await end.promise;
    await probe.probe(target);
    assert.equal(started, 2);
  });

  it('without CPU time for those that are asked together none is asked alone', async () => {
    let isStarved = false;
    let starved = 0;
    const run = async (request: ChildRequest): Promise<ChildResult> => {
      if (!isStarved) return await runChild(request);
      starved++;
      return { kind: 'timed-out', atDeadline: { state: 'R', cpuMs: 0 } };
    };
    const probe = createFilesystemProbe({ timeoutMs: 5000, run });
    const ask = async () =>
      await Promise.all(['/', '/a b\nc'].map((mountPoint) => probe.probe({ root, mountPoint, device: deviceOf(root) })));
    assert.deepEqual((await ask()).map(({ kind }) => kind), ['ok', 'ok']);
    isStarved = true;
    assert.deepEqual(await ask(), [
      { kind: 'failed', message: `/ (as ${root}): stat got no CPU time within 2500 ms` },
      { kind: 'failed', message: `/a b\nc (as ${root}/a b\nc): stat got no CPU time within 2500 ms` },
    ]);
    assert.equal(starved, 1);
    isStarved = false;
    assert.deepEqual((await ask()).map(({ kind }) => kind), ['ok', 'ok']);
  });

  it('a node full of dead mounts keeps a bounded number of children, and still asks what answered before', async () => {
    let left = 0;
    const run = async (request: ChildRequest): Promise<ChildResult> => {
      if (!isDead(request)) return await runChild(request);
      left++;
      return hanging('S');
    };
    const probe = createFilesystemProbe({ timeoutMs: 5000, run });
    const disk = { root, mountPoint: '/', device: deviceOf(root) };
    assert.equal((await probe.probe(disk)).kind, 'ok');
    const dead = Array.from({ length: 100 }, (_, index) => ({ root, mountPoint: `/dead/${index}`, device: NOWHERE }));
    const answers = await Promise.all(dead.map((target) => probe.probe(target)));
    assert.isAtMost(left, 20);
    assert.deepEqual(new Set(answers.map(({ kind }) => kind)), new Set(['stuck', 'failed'] as const));
    const { message } = { message: '', ...answers.find(({ kind }) => kind === 'failed') };
    assert.match(message, /: not asked, too many other file systems do not answer$/);
    assert.equal((await probe.probe(disk)).kind, 'ok');
  });

  it('what is named first is asked, however many dead mounts are named after it and whatever answered before', async () => {
    const run = async (request: ChildRequest) => (isDead(request) ? hanging('S') : await runChild(request));
    const probe = createFilesystemProbe({ timeoutMs: 5000, run });
    const disk = { root, mountPoint: '/', device: deviceOf(root) };
    const dead = Array.from({ length: 40 }, (_, index) => ({ root, mountPoint: `/dead/${index}`, device: NOWHERE }));
    const [first] = await Promise.all([disk, ...dead].map((target) => probe.probe(target)));
    assert.equal(first?.kind, 'ok');
  });

  it('what answers is told at once, and not when the last of those that do not has used up its time', async () => {
    const dead = Promise.withResolvers<void>();
    const run = async (request: ChildRequest): Promise<ChildResult> => {
      if (!isDead(request)) return await runChild(request);
      await dead.promise;
      return await killed('D')();
    };
    const probe = createFilesystemProbe({ timeoutMs: 5000, run });
    const target = (mountPoint: string, device = deviceOf(root)) => ({ root, mountPoint, device });
    const [first, last] = ['/', '/dead'].map((mountPoint) => probe.probe(target(mountPoint)));
    assert.equal((await first)?.kind, 'ok');
    assert.equal((await probe.probe(target('/a b\nc'))).kind, 'ok');
    dead.resolve();
    assert.equal((await last)?.kind, 'stuck');
  });

  it('one that answers with an error has answered: the error is told beside the message', async () => {
    const said = (stderr: string) => async (): Promise<ChildResult> => ({ kind: 'exited', code: 1, signal: null, stdout: '', stderr });
    const ask = async (stderr: string) =>
      await createFilesystemProbe({ timeoutMs: 5000, run: said(stderr) }).probe({ root: '/', mountPoint: '/data', device: NOWHERE });
    assert.deepEqual(await ask("stat: cannot statx '/data': Input/output error\n"), {
      kind: 'failed', message: '/data: input/output error', refusal: 'Input/output error',
    });
    assert.deepEqual(await ask(''), { kind: 'failed', message: '/data: stat ended with 1' });
  });

  it('nobody waits for ever for a program that cannot even be tried', async () => {
    const cause = new Error('no more of anything');
    const probe = createFilesystemProbe({ timeoutMs: 5000, run: async () => await Promise.reject(cause) });
    assert.deepEqual(await probe.probe({ root: '/', mountPoint: '/data', device: NOWHERE }), {
      kind: 'failed', message: '/data: not asked: no more of anything', cause,
    });
  });

  it('a machine without stat is told so', async () => {
    const probe = createFilesystemProbe({ timeoutMs: 5000, run: withoutStat });
    const answer = await probe.probe({ root: '/', mountPoint: '/data', device: NOWHERE });
    assert.deepInclude(answer, {
      kind: 'failed',
      message: '/data: cannot run stat of coreutils: spawn stat-of-nowhere ENOENT',
    });
  });
});
