import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { assert } from 'chai';
import { codeOf } from '../../../plugins/core/errors.ts';
import { whyNotStarted } from '../../../plugins/linux/child-oom.ts';
import { type ChildRequest, runChild } from '../../../plugins/linux/child.ts';
import { temporaryFolder } from '../../support/eventually.ts';

// A busy machine may take long to start a child and to let it die.
const request = { timeoutMs: 10_000, maxOutputBytes: 1000, killGraceMs: 10_000 } as const;
const shell = (script: string, more: Partial<ChildRequest> = {}) =>
  runChild({ ...request, command: 'sh', args: ['-c', script], ...more });

const CHILD_MODULE = JSON.stringify(new URL('../../../plugins/linux/child.ts', import.meta.url).href);

describe('a child process', () => {
  it('that ends tells its code and what it wrote', async () => {
    assert.deepEqual(await shell('echo out; echo err >&2; exit 3'), {
      kind: 'exited',
      code: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('that was killed by others tells the signal', async () => {
    const result = await shell('kill -9 $$');
    assert.deepEqual(result, { kind: 'exited', code: null, signal: 'SIGKILL', stdout: '', stderr: '' });
  });

  it('gets its arguments untouched, no secrets of ours, and a language that never changes', async () => {
    process.env['SECRET_OF_TEST'] = 'x';
    const result = await runChild({ ...request, command: 'env', args: [] });
    delete process.env['SECRET_OF_TEST'];
    assert(result.kind === 'exited');
    const names = result.stdout.trim().split('\n').map((line) => line.split('=')[0]);
    assert.sameMembers(names, ['PATH', 'LC_ALL']);
    const echo = await runChild({ ...request, command: 'printf', args: ['%s', '$(id) `id` é\n'] });
    assert(echo.kind === 'exited');
    assert.equal(echo.stdout, '$(id) `id` é\n');
  });

  it('reads what it is given, or nothing', async () => {
    const fed = await runChild({ ...request, command: 'cat', args: [], input: 'text é' });
    const starved = await runChild({ ...request, command: 'cat', args: [] });
    assert(fed.kind === 'exited' && starved.kind === 'exited');
    assert.deepEqual([fed.stdout, starved.stdout], ['text é', '']);
  });

  it('that ends without reading a long input is no error', async () => {
    const result = await runChild({ ...request, command: 'true', args: [], input: 'x'.repeat(1_000_000) });
    assert.deepEqual(result, { kind: 'exited', code: 0, signal: null, stdout: '', stderr: '' });
  });

  it('that sleeps past its deadline is killed, with all it started, and was waiting for something', async () => {
    const result = await shell('sleep 1000 & sleep 1000', { timeoutMs: 1000 });
    assert(result.kind === 'timed-out');
    assert.equal(result.atDeadline?.state, 'S');
  });

  it('that ignores every polite signal is killed', async () => {
    const result = await shell('trap "" TERM INT HUP; while :; do sleep 1000; done', { timeoutMs: 1000 });
    assert.equal(result.kind, 'timed-out');
  });

  it('that computes past its deadline was running', async () => {
    const result = await shell('while :; do :; done', { timeoutMs: 1000 });
    assert(result.kind === 'timed-out');
    assert.equal(result.atDeadline?.state, 'R');
    assert.isAbove(result.atDeadline?.cpuMs ?? 0, 0);
  });

  it('that was stopped is told apart from both', async () => {
    const result = await shell('kill -STOP $$', { timeoutMs: 1000 });
    assert(result.kind === 'timed-out');
    assert.equal(result.atDeadline?.state, 'T');
  });

  it('that floods us is killed', async () => {
    assert.deepEqual(await shell('yes'), { kind: 'overflow' });
    assert.deepEqual(await shell('yes >&2'), { kind: 'overflow' });
  });

  it('may write just as much as allowed', async () => {
    const result = await shell('printf %1000s x');
    assert(result.kind === 'exited');
    assert.equal(result.stdout.length, 1000);
    assert.deepEqual(await shell('printf %1001s x'), { kind: 'overflow' });
  });

  it('is killed when nobody wants its answer any more', async () => {
    const controller = new AbortController();
    const running = shell('sleep 1000', { signal: controller.signal });
    controller.abort();
    assert.deepEqual(await running, { kind: 'cancelled' });
    assert.deepEqual(await shell('true', { signal: controller.signal }), { kind: 'cancelled' });
  });

  it('that leaves something behind on its pipes is over all the same, and so is what it left', async () => {
    const result = await shell('sleep 1000 & echo $!', { killGraceMs: 50 });
    assert(result.kind === 'exited');
    await hasEnded(result.stdout.trim());
  });

  it('that does not exist, is no program, or has an impossible argument is an answer and not a throw', async () => {
    const missing = await runChild({ ...request, command: '/no/such/program', args: [] });
    const folder = await runChild({ ...request, command: '/etc', args: [] });
    const nul = await runChild({ ...request, command: 'true', args: ['a\0b'] });
    assert.deepInclude(missing, { kind: 'failed-to-start', message: 'spawn /no/such/program ENOENT' });
    assert.deepInclude(folder, { kind: 'failed-to-start', message: 'spawn /etc EACCES' });
    assert.equal(nul.kind, 'failed-to-start');
  });

  it('that ended in time is not called late because our own event loop slept', async () => {
    const running = shell('echo done', { timeoutMs: 200 });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
    assert.deepEqual(await running, { kind: 'exited', code: 0, signal: null, stdout: 'done\n', stderr: '' });
  });

  it('gets what it needs beside PATH and language', async () => {
    const result = await runChild({ ...request, command: 'env', args: [], environment: { LD_LIBRARY_PATH: '/x y', LC_ALL: 'C.UTF-8' } });
    assert(result.kind === 'exited');
    assert.sameMembers(result.stdout.trim().split('\n').filter((line) => !line.startsWith('PATH=')), ['LD_LIBRARY_PATH=/x y', 'LC_ALL=C.UTF-8']);
  });

  it('may be the first to go when memory runs out, itself and with its own arguments', async () => {
    const result = await shell('cat /proc/self/oom_score_adj; printf "%s|" "$0" "$@"', { oomScoreAdj: 1000 });
    assert.deepEqual(result, { kind: 'exited', code: 0, signal: null, stdout: '1000\nsh|', stderr: '' });
    const echo = await runChild({ ...request, command: 'printf', args: ['%s', '$(id) `id` é "\n'], oomScoreAdj: 500 });
    assert(echo.kind === 'exited');
    assert.equal(echo.stdout, '$(id) `id` é "\n');
  });

  it('that is the first to go and yet cannot be started is told as any other', async () => {
    const missing = await runChild({ ...request, command: '/no/such/program', args: [], oomScoreAdj: 1000 });
    const folder = await runChild({ ...request, command: '/etc', args: [], oomScoreAdj: 1000 });
    assert.deepInclude(missing, { kind: 'failed-to-start', message: 'spawn /no/such/program ENOENT' });
    assert.deepInclude(folder, { kind: 'failed-to-start', message: 'spawn /etc EACCES' });
    assert(missing.kind === 'failed-to-start' && folder.kind === 'failed-to-start');
    assert.deepEqual([codeOf(missing.cause), codeOf(folder.cause)], ['ENOENT', 'EACCES']);
    const own = await shell('echo "sh: 1: exec: x: not found" >&2; exit 127', { oomScoreAdj: 1000 });
    assert.equal(own.kind, 'exited', 'a program may say so of another one');
  });

  it('that is the first to go has its environment for itself: what starts it loads no library that is not there', async () => {
    const environment = { LD_PRELOAD: '/no/such/library.so', WORDS: ' a "b" $c' };
    const result = await runChild({ ...request, command: 'env', args: [], oomScoreAdj: 1000, environment });
    assert(result.kind === 'exited');
    assert.includeMembers(result.stdout.split('\n'), ['LD_PRELOAD=/no/such/library.so', 'WORDS= a "b" $c']);
    assert.isAtMost(result.stderr.split('\n').filter((line) => line.includes('/no/such/library.so')).length, 1, 'only the loader of the program itself complains');
    const missing = await runChild({ ...request, command: '/no/such/program', args: [], oomScoreAdj: 1000, environment });
    assert.deepInclude(missing, { kind: 'failed-to-start', message: 'spawn /no/such/program ENOENT' });
    const folder = await runChild({ ...request, command: '/etc', args: [], oomScoreAdj: 1000, environment });
    assert.deepInclude(folder, { kind: 'failed-to-start', message: 'spawn /etc EACCES' });
  });

  it('whose loader is not there cannot be started, whatever the loader of the shell says before', async () => {
    using folder = temporaryFolder();
    const command = folder.file('program');
    writeFileSync(command, '#!/no/such/loader\n');
    chmodSync(command, 0o755);
    assert.deepInclude(await runChild({ ...request, command, args: [], oomScoreAdj: 1000 }), { kind: 'failed-to-start', message: `spawn ${command} ENOENT` });
    const stderr = "ERROR: ld.so: object 'x' from /etc/ld.so.preload cannot be preloaded: ignored.\nnpd-plugins-start: 1: exec: /x: not found\n";
    assert.deepInclude(whyNotStarted('/x', { code: 127, signal: null, stdout: '', stderr }), { kind: 'failed-to-start', message: 'spawn /x ENOENT' });
  });

  for (const [how, end] of [
    ['exits', 'process.exit(3)'],
    ['is told SIGTERM', "process.kill(process.pid, 'SIGTERM')"],
    ['fails by a bug', "throw new Error('a bug')"],
  ] as const) {
    it(`ends, with all it started, when our own process ${how}`, async () => {
      using folder = temporaryFolder();
      const files = ['a', 'b'].map((name) => folder.file(name));
      const program = `
        import { existsSync } from 'node:fs';
        import { runChild } from ${CHILD_MODULE};
        process.once('SIGTERM', () => process.exit(0));
        const files = ${JSON.stringify(files)};
        const script = 'sleep 1000 & echo "$! $$" >"$0.new"; mv "$0.new" "$0"; wait';
        for (const file of files) void runChild({ command: 'sh', args: ['-c', script, file], timeoutMs: 60_000, maxOutputBytes: 10, oomScoreAdj: 1000 });
        console.log(process.listenerCount('exit'));
        setInterval(() => { if (files.every((file) => existsSync(file))) { ${end} } }, 5);
      `;
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', timeout: 20_000 });
      assert.equal(stdout, '1\n', 'one listener for all');
      const pids = files.flatMap((file) => readFileSync(file, 'utf8').trim().split(' '));
      assert.lengthOf(pids, 4);
      for (const pid of pids) await hasEnded(pid);
    });
  }

  it('that takes more memory than it may is killed', async () => {
    const grow = ['-e', 'while (1) { push @all, "x" x 1048576; select undef, undef, undef, 0.005 }'];
    const result = await runChild({ ...request, command: 'perl', args: grow, maxPrivateBytes: 32 * 1024 * 1024 });
    assert.deepEqual(result, { kind: 'too-large' });
  });

  it('may take less than that', async () => {
    const result = await shell('sleep 0.5; echo done', { maxPrivateBytes: 32 * 1024 * 1024, oomScoreAdj: 1000 });
    assert.deepEqual(result, { kind: 'exited', code: 0, signal: null, stdout: 'done\n', stderr: '' });
  });

  it('leaves nothing that keeps us alive', () => {
    const program = `
      import { runChild } from ${CHILD_MODULE};
      const request = { command: 'sh', timeoutMs: 60_000, maxOutputBytes: 10 };
      await runChild({ ...request, args: ['-c', 'echo a'] });
      await runChild({ ...request, args: ['-c', 'yes'] });
      await runChild({ ...request, args: ['-c', 'echo b'], oomScoreAdj: 1000, maxPrivateBytes: 1e9 });
      console.log('all done');
    `;
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', timeout: 20_000 });
    assert.deepEqual([status, stdout], [0, 'all done\n']);
  });
});

/** Waits until a process is gone, or dead and not yet reaped by its new parent. */
async function hasEnded(pid: string): Promise<void> {
  const deadlineMs = Date.now() + 10_000;
  while (!/^[ZX]?$/.test(stateOf(pid))) {
    assert.isBelow(Date.now(), deadlineMs, `process ${pid} is still there`);
    await setTimeout(5);
  }
}

function stateOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.slice(0, 1) ?? '';
  } catch {
    return '';
  }
}
