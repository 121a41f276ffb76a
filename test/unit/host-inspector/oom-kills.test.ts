import { assert } from 'chai';
import type { Look } from '../../../plugins/core/check.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { oomKills } from '../../../plugins/host-inspector/checks/oom-kills.ts';
import { killsSince, readTally, tallyOf } from '../../../plugins/host-inspector/oom/tally.ts';
import { oomEvents } from '../../../plugins/host-inspector/oom/tell.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { type PodTree, podTree, podUid } from '../../support/pod-tree.ts';

const [A, B] = [podUid(1), podUid(2)];

/** A node on which processes are killed, and the looks at it, each with the memo of the one before, over a restart. */
function node(version: 1 | 2 = 2): PodTree & { readonly count: (total: number) => void; readonly kill: (group: string, killed: number, limitReached: number) => void; readonly look: () => Promise<readonly string[]>; memo: unknown } {
  const tree = podTree(version);
  const at = {
    ...tree,
    memo: undefined as unknown,
    count: (total: number) => tree.write('proc/vmstat', `nr_free_pages 1\noom_kill ${total}\n`),
    kill: (group: string, killed: number, limitReached: number) => tree.write(`sys/fs/cgroup/${group}/memory.events`, `low 0\nhigh 0\nmax ${limitReached}\noom ${limitReached}\noom_kill ${killed}\noom_group_kill 0\n`),
    async look() {
      const look: Look = await oomKills.look({ root: tree.root, settings: defaultsOf(hostSettings), signal: new AbortController().signal, log: silentLogger, memo: at.memo });
      at.memo = JSON.parse(JSON.stringify(look.memo));
      return (look.events ?? []).map(({ message }) => message);
    },
  };
  at.count(0);
  return at;
}

describe('an OOM kill', () => {
  it('is told with the Pod in which it was, and whether that reached its own limit', async () => {
    using tree = node();
    tree.kill(tree.groupOf(A), 0, 0);
    tree.kill(tree.groupOf(B), 0, 0);
    tree.kill('system.slice/agent.service', 0, 0);
    assert.deepEqual(await tree.look(), []);
    tree.write(`var/log/pods/default_train-0_${A}/app/0.log`, '');
    tree.count(4);
    tree.kill(tree.groupOf(A), 2, 1);
    tree.kill(tree.groupOf(B), 1, 0);
    tree.kill('system.slice/agent.service', 1, 0);
    const expected = [
      'killed 2 processes of pod default/train-0 3f2a0c1e: it reached its own memory limit (memory.events, oom_kill)',
      `killed 1 process of pod ${B}: not by a limit of its own, so memory of the node ran out, or of all Pods (memory.events, oom_kill)`,
      'killed 1 process of agent.service: not by a limit of its own, so memory of the node ran out, or of all Pods (memory.events, oom_kill)',
    ];
    assert.deepEqual(await tree.look(), expected);
    assert.deepEqual(await tree.look(), [], 'once');
    tree.count(5);
    tree.kill(tree.groupOf(A), 3, 2);
    assert.deepEqual(await tree.look(), ['killed 1 process of pod default/train-0 3f2a0c1e: it reached its own memory limit (memory.events, oom_kill)']);
  });

  it('in a Pod that has begun since, or a service that was started again, is told, too', async () => {
    using tree = node();
    tree.count(7);
    tree.kill('system.slice/agent.service', 7, 0);
    assert.deepEqual(await tree.look(), [], 'what was before the first look is no news');
    tree.count(9);
    tree.kill(tree.groupOf(A), 1, 1);
    tree.kill('system.slice/agent.service', 1, 1);
    assert.lengthOf(await tree.look(), 2);
  });

  it('of which nobody is known is told as one of the node, beside those that are known', async () => {
    using tree = node();
    await tree.look();
    tree.count(1);
    assert.deepEqual(await tree.look(), ['1 process was killed because memory ran out (/proc/vmstat, oom_kill)']);
    tree.count(4);
    tree.kill(tree.groupOf(A), 1, 1);
    assert.deepEqual(await tree.look(), [
      `killed 1 process of pod ${A}: it reached its own memory limit (memory.events, oom_kill)`,
      'besides, 2 processes were killed because memory ran out (/proc/vmstat, oom_kill)',
    ]);
  });

  it('is only looked for when the counter of the node has grown', async () => {
    using tree = node();
    await tree.look();
    tree.kill(tree.groupOf(A), 5, 5);
    assert.deepEqual(await tree.look(), []);
  });

  it('is not attributed by what an older version, or somebody else, wrote as memo; afterwards it is', async () => {
    for (const groups of [undefined, 7, [], { [A]: [-1, 2] }, { [A]: 'x' }, { [A]: [0] }]) {
      using tree = node();
      tree.memo = { oomKills: '2', ...(groups !== undefined && { groups }) };
      tree.count(3);
      tree.kill(tree.groupOf(A), 1, 1);
      assert.deepEqual(await tree.look(), ['1 process was killed because memory ran out (/proc/vmstat, oom_kill)']);
      tree.count(4);
      tree.kill(tree.groupOf(A), 2, 2);
      assert.deepEqual(await tree.look(), [`killed 1 process of pod ${A}: it reached its own memory limit (memory.events, oom_kill)`]);
    }
  });

  it('is not attributed by groups that count more than the node: then they are not understood', async () => {
    using tree = node();
    await tree.look();
    tree.count(1);
    tree.kill(tree.groupOf(A), 5, 5);
    assert.deepEqual(await tree.look(), ['1 process was killed because memory ran out (/proc/vmstat, oom_kill)']);
  });

  it('is told where the file of a group is cut or garbage', async () => {
    using tree = node();
    await tree.look();
    tree.count(1);
    for (const text of ['oom 1\noom_kill 1', 'oom_kill x\n', 'oom_kill -1\n', '', '\0\n']) {
      tree.write(`sys/fs/cgroup/${tree.groupOf(A)}/memory.events`, text);
      const { memo } = tree;
      assert.deepEqual(await tree.look(), ['1 process was killed because memory ran out (/proc/vmstat, oom_kill)']);
      tree.memo = memo;
    }
  });

  it('is attributed in cgroup v1 by the containers of a Pod, whose limit is not told', async () => {
    using tree = node(1);
    const folder = `sys/fs/cgroup/memory/kubepods/burstable/pod${A}`;
    const control = (killed: number): string => `oom_kill_disable 0\nunder_oom 0\noom_kill ${killed}\n`;
    tree.write(`${folder}/memory.oom_control`, control(0));
    tree.write(`${folder}/abc/memory.oom_control`, control(0));
    await tree.look();
    tree.count(2);
    tree.write(`${folder}/abc/memory.oom_control`, control(2));
    assert.deepEqual(await tree.look(), [`killed 2 processes of pod ${A}: memory ran out (memory.oom_control, oom_kill)`]);
  });
});

describe('many OOM kills', () => {
  const counting = Array.from({ length: 300 }, (_, index) => ({ group: { folder: `f${index}`, pod: podUid(index), name: 'x' }, limitReached: 1, killed: index + 1 }));

  it('are five events and one for all others', () => {
    const messages = oomEvents(100n, killsSince(new Map(), counting.slice(0, 8)), new Map()).map(({ message }) => message);
    assert.lengthOf(messages, 7);
    assert.deepEqual(messages.slice(5), [
      'killed 6 processes of 3 further Pods and services: memory ran out (oom_kill of their control groups)',
      'besides, 64 processes were killed because memory ran out (/proc/vmstat, oom_kill)',
    ]);
  });

  it('are remembered of 200 groups; then nothing is made of those that are not', () => {
    const tally = tallyOf(counting);
    assert.equal(tally.size, 200);
    assert.deepEqual(killsSince(tally, counting), []);
    assert.deepEqual(killsSince(tally, [{ ...counting[0], killed: 5 } as (typeof counting)[0]]).map(({ count }) => count), [4]);
    assert.equal(readTally(Object.fromEntries([...tally].map(([key]) => [key, [1, 1]])))?.size, 200);
  });
});
