import { assert } from 'chai';
import { recordedSources } from '../../../cli/recording/sources.ts';
import type { Look } from '../../../plugins/core/check.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { type Verdict, healthy, notApplicable, problem } from '../../../plugins/core/verdict.ts';
import { processStates } from '../../../plugins/host-inspector/checks/process-states.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';
import { statAfterName } from '../../support/host-tree-processes.ts';

const stuck = (comm: string): Verdict =>
  problem('ProcessesUninterruptible', `${comm} in state D`, `${comm} in state D: waits in the kernel without having run for minutes (/proc/<pid>/stat)`);

describe('process-states', () => {
  let host: HostTree;
  let memo: unknown;
  beforeEach(() => {
    host = hostTree();
    memo = undefined;
  });
  afterEach(() => host[Symbol.dispose]());

  async function look(): Promise<Look> {
    const scene = { root: host.root, settings: defaultsOf(hostSettings), memo, signal: new AbortController().signal, log: silentLogger };
    const seen = await runCheck(processStates(recordedSources(host.root)), scene);
    // As the state file would give it back.
    memo = seen.memo === undefined ? memo : JSON.parse(JSON.stringify(seen.memo));
    return seen;
  }

  async function looks(times: number): Promise<readonly (readonly Verdict[])[]> {
    const found: (readonly Verdict[])[] = [];
    for (let time = 0; time < times; time++) found.push((await look()).verdicts);
    return found;
  }

  function runs(pid: number, comm: string, state: string, { switches = 40, ...more }: Parameters<typeof statAfterName>[1] & { readonly switches?: number } = {}): void {
    host.write(`proc/${pid}/stat`, `${pid} (${comm}) ${statAfterName(state, more)}\n`);
    host.write(`proc/${pid}/status`, `Name:\t${comm}\nvoluntary_ctxt_switches:\t${switches}\nnonvoluntary_ctxt_switches:\t2\n`);
  }

  it('a process that is blocked at one look is nobody\'s business; one that has not run by the next is told, and no more when it goes on', async () => {
    runs(70, 'mysqld', 'D');
    assert.deepEqual(await looks(3), [[healthy], [stuck('mysqld')], [stuck('mysqld')]]);
    runs(70, 'mysqld', 'S', { switches: 41 });
    assert.deepEqual(await looks(2), [[healthy], [healthy]]);
  });

  it('one that is blocked at every look, and runs in between, is busy with a disk', async () => {
    for (let time = 0; time < 20; time++) {
      runs(70, 'rsync', 'D', { switches: 1_000 + time });
      assert.deepEqual((await look()).verdicts, [healthy]);
    }
  });

  it('another process under the same number is another', async () => {
    for (const startTicks of [99, 100, 101]) {
      runs(70, 'dd', 'D', { startTicks });
      assert.deepEqual((await look()).verdicts, [healthy]);
    }
  });

  it('threads of the kernel, frozen ones, sleeping and running ones are left alone', async () => {
    runs(70, 'jbd2/sda1-8', 'D', { flags: 0x0020_8040, parentPid: 2 });
    runs(71, 'paused', 'D', { flags: 0x0041_0100 });
    runs(72, 'sleeps', 'S');
    runs(73, 'idle', 'I', { flags: 0x0420_8060 });
    runs(74, 'traced', 't');
    assert.deepEqual(await looks(3), [[healthy], [healthy], [healthy]]);
  });

  it('those that began since are found within five looks, and a walk is spared in between', async () => {
    await look();
    runs(70, 'ls', 'D');
    const told = (await looks(6)).map((verdicts) => verdicts.some(({ kind }) => kind === 'problem'));
    assert.deepEqual(told, [false, false, false, false, false, true]);
  });

  it('many of one name are one finding, and many names are not all told', async () => {
    for (let pid = 100; pid < 140; pid++) runs(pid, 'php-fpm', 'D');
    assert.deepEqual((await looks(2))[1], [stuck('php-fpm')]);
    for (let pid = 200; pid < 600; pid++) runs(pid, `name-${pid}`, 'D');
    memo = undefined;
    assert.equal((await looks(2))[1]?.length, 16);
    assert.isBelow(JSON.stringify(memo).length, 6_000);
  });

  it('a Pod is named behind the finding', async () => {
    runs(70, 'python3', 'D');
    host.write('proc/70/cgroup', '0::/kubepods.slice/kubepods-pod3f2a0c1e_7d1b_4c55_9a10_2f6f3e0b9d41.slice/cri-containerd-x.scope\n');
    await look();
    const { verdicts: [verdict], contributorsTo } = await look();
    if (verdict?.kind !== 'problem') throw new Error('no problem');
    assert.deepEqual(await contributorsTo?.(verdict, new AbortController().signal), ['pod 3f2a0c1e-7d1b-4c55-9a10-2f6f3e0b9d41 (python3)']);
  });

  it('zombies: as many as a node always has are none, and those of one parent that reaps none are told', async () => {
    runs(50, 'node', 'S');
    for (let pid = 1_000; pid < 1_300; pid++) host.write(`proc/${pid}/stat`, `${pid} (sh) ${statAfterName('Z', { parentPid: 50 })}\n`);
    assert.deepEqual(await looks(2), [[healthy], [healthy]]);
    host.write('proc/1300/stat', `1300 (sh) ${statAfterName('Z', { parentPid: 50 })}\n`);
    const want = problem('ZombieProcesses', 'zombies of node', 'zombies of node: more than 300 that it does not reap (/proc/<pid>/stat)');
    // Known to the next walk, and then to each look.
    assert.deepEqual(await looks(5), [[healthy], [healthy], [healthy], [want], [want]]);
  });

  it('zombies of many parents count where they take a share of all PIDs', async () => {
    for (let pid = 1_000; pid < 1_030; pid++) host.write(`proc/${pid}/stat`, `${pid} (sh) ${statAfterName('Z', { parentPid: pid - 500 })}\n`);
    host.write('proc/sys/kernel/pid_max', '301\n');
    assert.deepEqual((await look()).verdicts, [healthy]);
    host.write('proc/sys/kernel/pid_max', '299\n');
    assert.deepEqual((await look()).verdicts, [problem('ZombieProcesses', 'zombies of the node', 'zombies of the node: more than 10% of kernel.pid_max (299)')]);
  });

  it('without the limits of PIDs all else is told, and a walk spared', async () => {
    host.write('proc/sys/kernel/threads-max', 'many\n');
    runs(70, 'mysqld', 'D');
    await look();
    runs(71, 'dd', 'D');
    const { verdicts } = await look();
    assert.deepEqual(verdicts.map((verdict) => [verdict.kind, 'subject' in verdict ? verdict.subject : '']), [['problem', 'mysqld in state D'], ['unknown', 'zombies of the node']]);
    assert.deepEqual(memo, { ...Object(memo), looksLeft: 3 });
  });

  it('a process whose first thread has ended, while others go on, is no zombie', async () => {
    host.write('proc/sys/kernel/pid_max', '9\n');
    runs(50, 'go', 'Z', { threads: 4 });
    assert.deepEqual((await look()).verdicts, [healthy]);
  });

  it('where processes are hidden nothing is judged', async () => {
    host.remove('proc/1/stat');
    assert.deepEqual((await look()).verdicts, [notApplicable('states of processes (no /proc/1/stat: hidepid, or no /proc)')]);
  });

  it('a process of which nothing can be told is unknown at every look, and what is known of the others counts', async () => {
    runs(70, 'mysqld', 'D');
    host.write('proc/71/stat', '71 (x) D 1 1\n');
    const found = (await looks(3)).map((verdicts) => verdicts.map(({ kind }) => kind));
    assert.deepEqual(found, [['unknown'], ['problem', 'unknown'], ['problem', 'unknown']]);
  });

  it('garbage in the files of a stuck process is not healthy', async () => {
    runs(70, 'mysqld', 'D');
    await looks(2);
    const kept = memo;
    for (const file of ['stat', 'status']) {
      for (const text of ['', 'x\n', '70 (mysqld) D\n']) {
        runs(70, 'mysqld', 'D');
        host.write(`proc/70/${file}`, text);
        memo = kept;
        assert.deepEqual((await look()).verdicts.map(({ kind }) => kind), ['unknown']);
      }
    }
  });

  for (const bad of [null, 7, { looksLeft: -1 }, { looksLeft: 3, suspects: [[1, 2]], zombies: { count: 0, parents: [] } }, { looksLeft: 3, suspects: [], zombies: { count: 1, parents: [[1, 2]] } }]) {
    it(`a memo ${JSON.stringify(bad)} is a first look`, async () => {
      runs(70, 'mysqld', 'D');
      memo = bad;
      assert.deepEqual(await looks(2), [[healthy], [stuck('mysqld')]]);
    });
  }
});
