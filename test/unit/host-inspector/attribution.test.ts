import { assert } from 'chai';
import { describeGroup } from '../../../plugins/host-inspector/attribution/describe.ts';
import { largestGroups } from '../../../plugins/host-inspector/attribution/groups.ts';
import { largestOwners, mostOpenFiles } from '../../../plugins/host-inspector/attribution/processes.ts';
import { type PodTree, podTree, podUid } from '../../support/pod-tree.ts';

const { signal } = new AbortController();
const [A, B, C, D] = [podUid(1), podUid(2), podUid(3), podUid(4)];
const CONTAINER = `cri-containerd-${'9c1f'.repeat(16)}.scope`;

/** Of cgroup v2, without anything that could be dropped. */
function setMemory(tree: PodTree, group: string, bytes: number, inactiveBytes = 0): void {
  tree.write(`sys/fs/cgroup/${group}/memory.current`, `${bytes}\n`);
  tree.write(`sys/fs/cgroup/${group}/memory.stat`, `anon 1\ninactive_file ${inactiveBytes}\nactive_file 0\n`);
}

function logFolder(tree: PodTree, namespace: string, name: string, uid: string): void {
  tree.write(`var/log/pods/${namespace}_${name}_${uid}/app/0.log`, '');
}

describe('who has most memory', () => {
  it('is told by Pod, with name and processes, and by service; the largest first, and nobody who has next to nothing', async () => {
    using tree = podTree();
    setMemory(tree, tree.groupOf(A), 4e9);
    setMemory(tree, tree.groupOf(B), 9e9);
    setMemory(tree, tree.groupOf(C), 1e6);
    setMemory(tree, 'system.slice/kubelet.service', 5e9);
    setMemory(tree, 'system.slice/cron.service', 1e9);
    tree.addProcess(70, 'pause', `${tree.groupOf(B)}/${CONTAINER.replace('9', '8')}`, { pages: 1 });
    tree.addProcess(71, 'bash', `${tree.groupOf(B)}/${CONTAINER}`, { pages: 10 });
    tree.addProcess(72, 'a name) S', `${tree.groupOf(B)}/${CONTAINER}/own`, { pages: 9_000 });
    tree.addProcess(80, 'kubelet', 'system.slice/kubelet.service');
    logFolder(tree, 'default', 'train-0', B);
    assert.deepEqual(await largestGroups(tree.root, 'memory', signal), [
      'pod default/train-0 3f2a0c1f (a name) S, bash)',
      'kubelet.service (kubelet)',
      'pod 3f2a0c1e-0000-4000-8000-000000000001',
    ]);
  });

  it('is not who has read a large file: what can be dropped does not count', async () => {
    using tree = podTree();
    setMemory(tree, tree.groupOf(A), 9e9, 8.9e9);
    setMemory(tree, tree.groupOf(B), 2e9, 1e6);
    assert.deepEqual(await largestGroups(tree.root, 'memory', signal), [`pod ${B}`]);
  });

  it('is found in cgroup v1, with the cgroupfs driver, and for static Pods', async () => {
    using tree = podTree(1);
    const uid = '0f8d1c5e7a9b4c3d2e1f00112233aabb';
    const folder = `sys/fs/cgroup/memory/kubepods/besteffort/pod${uid}`;
    tree.write(`${folder}/memory.usage_in_bytes`, '5000000000\n');
    tree.write(`${folder}/memory.stat`, 'inactive_file 7\ntotal_inactive_file 100\n');
    tree.write('sys/fs/cgroup/memory/system.slice/containerd.service/memory.usage_in_bytes', '4000000000\n');
    tree.addProcess(9, 'kube-apiserver', `kubepods/besteffort/pod${uid}/abc`, {}, 'sys/fs/cgroup/memory');
    logFolder(tree, 'kube-system', 'kube-apiserver-node-1', uid);
    assert.deepEqual(await largestGroups(tree.root, 'memory', signal), ['pod kube-system/kube-apiserver-node-1 0f8d1c5e (kube-apiserver)', 'containerd.service']);
  });

  it('is found where kubelet lies in a group of its own, and among containers of Docker and users', async () => {
    using tree = podTree();
    setMemory(tree, `kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${A.replaceAll('-', '_')}.slice`, 9e9);
    setMemory(tree, `docker/${'9c1f'.repeat(16)}`, 8e9);
    setMemory(tree, 'user.slice/user-1000.slice/user@1000.service', 7e9);
    assert.deepEqual(await largestGroups(tree.root, 'memory', signal), [`pod ${A}`, '9c1f9c1f9c1f', 'user@1000.service']);
  });

  it('is told without processes where their PIDs are of another namespace: they would be others', async () => {
    using tree = podTree();
    setMemory(tree, tree.groupOf(A), 9e9);
    tree.addProcess(7, 'python', `${tree.groupOf(A)}/${CONTAINER}`);
    tree.write('proc/self/status', 'Name:\tnode\nPPid:\t1\nUid:\t0\t0\t0\t0\nFDSize:\t64\nNSpid:\t4711\t7\n');
    assert.deepEqual(await largestGroups(tree.root, 'memory', signal), [`pod ${A}`]);
  });

  it('is nobody where no groups are visible, and garbage in one hides no other', async () => {
    using empty = podTree();
    assert.deepEqual(await largestGroups(empty.root, 'memory', signal), []);
    assert.deepEqual(await largestGroups('/nonexistent', 'memory', signal), []);
    using tree = podTree();
    setMemory(tree, tree.groupOf(A), 9e9);
    tree.write(`sys/fs/cgroup/${tree.groupOf(B)}/memory.current`, '-1\n');
    tree.write(`sys/fs/cgroup/${tree.groupOf(C)}/memory.current`, 'max');
    tree.write(`sys/fs/cgroup/${tree.groupOf(A)}/memory.stat`, 'inactive_file x\n');
    tree.addProcess(7, 'python', `${tree.groupOf(A)}/${CONTAINER}`);
    tree.write('proc/7/stat', '7 (pyth');
    assert.deepEqual(await largestGroups(tree.root, 'memory', signal), [`pod ${A}`]);
  });

  it('is looked for among 500 groups at most, those of Pods first', async () => {
    using tree = podTree();
    for (let index = 0; index < 600; index += 1) setMemory(tree, `a${index}.service`, 9e9);
    setMemory(tree, tree.groupOf(A), 1e9);
    const found = await largestGroups(tree.root, 'memory', signal);
    assert.lengthOf(found, 3);
    for (let index = 0; index < 600; index += 1) setMemory(tree, `a${index}.service`, 0);
    assert.deepEqual(await largestGroups(tree.root, 'memory', signal), [`pod ${A}`]);
  });

  it('ends with its signal', async () => {
    using tree = podTree();
    tree.write(`sys/fs/cgroup/${tree.groupOf(A)}/cpu.stat`, 'usage_usec 1\n');
    const stop = new AbortController();
    const found = largestGroups(tree.root, 'cpu', stop.signal, 60_000);
    setImmediate(() => stop.abort(new Error('enough')));
    const cause = await found.then(() => undefined, (reason: unknown) => reason);
    assert.instanceOf(cause, Error);
  });
});

/** What each group has used before and after the time that is looked at. */
async function whileUsing(tree: PodTree, what: 'cpu' | 'io', files: readonly (readonly [path: string, before: string, after: string])[]): Promise<readonly string[]> {
  for (const [path, before] of files) tree.write(`sys/fs/cgroup/${path}`, before);
  const found = largestGroups(tree.root, what, signal, 50);
  setTimeout(() => files.forEach(([path, , after]) => tree.write(`sys/fs/cgroup/${path}`, after)), 20);
  return await found;
}

describe('who uses most CPU or disk', () => {
  it('is told by what is added while it is looked at, not since it began', async () => {
    using tree = podTree();
    const stat = (usage: number): string => `usage_usec ${usage}\nuser_usec 1\nsystem_usec 1\n`;
    tree.addProcess(7, 'stress', `${tree.groupOf(B)}/${CONTAINER}`, { ticks: 9 });
    assert.deepEqual(await whileUsing(tree, 'cpu', [
      [`${tree.groupOf(A)}/cpu.stat`, stat(9e9), stat(9e9 + 10)],
      [`${tree.groupOf(B)}/cpu.stat`, stat(5), stat(900_005)],
      ['system.slice/kubelet.service/cpu.stat', stat(100), stat(200_000)],
    ]), [`pod ${B} (stress)`, 'kubelet.service']);
  });

  it('is told by the bytes of all its disks', async () => {
    using tree = podTree();
    const stat = (read: number, written: number): string => `259:0 rbytes=${read} wbytes=${written} rios=9 wios=9 dbytes=9 dios=9\n8:16 rbytes=7 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n`;
    assert.deepEqual(await whileUsing(tree, 'io', [
      [`${tree.groupOf(A)}/io.stat`, stat(0, 0), stat(9e6, 1e6)],
      [`${tree.groupOf(B)}/io.stat`, stat(1e9, 1e9), stat(1e9, 1e9 + 2e7)],
      [`${tree.groupOf(C)}/io.stat`, '', ''],
    ]), [`pod ${B}`, `pod ${A}`]);
  });

  it('is found in cgroup v1', async () => {
    using cpu = podTree(1);
    assert.deepEqual(await whileUsing(cpu, 'cpu', [[`cpu,cpuacct/kubepods/pod${A}/cpuacct.usage`, '5\n', '900\n'], ['cpu,cpuacct/system.slice/a.service/cpuacct.usage', '5\n', '5\n']]), [`pod ${A}`]);
    using io = podTree(1);
    const bytes = (total: number): string => `8:0 Read ${total}\n8:0 Total ${total}\nTotal ${total}\n`;
    assert.deepEqual(await whileUsing(io, 'io', [[`blkio/kubepods/pod${A}/blkio.throttle.io_service_bytes_recursive`, bytes(5), bytes(90)]]), [`pod ${A}`]);
  });
});

describe('who has most threads', () => {
  it('is told by pids.current; of the limit of all Pods by Pods alone', async () => {
    using tree = podTree();
    tree.write(`sys/fs/cgroup/${tree.groupOf(A)}/pids.current`, '700\n');
    tree.write('sys/fs/cgroup/system.slice/forker.service/pids.current', '20000\n');
    tree.addProcess(7, 'java', `${tree.groupOf(A)}/${CONTAINER}`, { threads: 600 });
    tree.addProcess(8, 'sh', `${tree.groupOf(A)}/${CONTAINER}`);
    assert.deepEqual(await largestGroups(tree.root, 'threads', signal), ['forker.service']);
    assert.deepEqual(await largestGroups(tree.root, 'podThreads', signal), [`pod ${A} (java, sh)`]);
  });
});

describe('whose processes have most', () => {
  it('is told by Pod, and by name for those of none', async () => {
    using tree = podTree();
    for (const pid of [10, 11, 12]) tree.addProcess(pid, 'nginx', `${tree.groupOf(D)}/${CONTAINER}`);
    tree.addProcess(13, 'sidecar', `${tree.groupOf(D)}/${CONTAINER}`);
    tree.addProcess(20, 'containerd', 'system.slice/containerd.service');
    tree.addProcess(21, 'containerd', 'system.slice/containerd.service');
    tree.addProcess(30, 'sshd', 'system.slice/ssh.service');
    logFolder(tree, 'web', 'front-7d9c', D);
    const shares = [[10, 40], [11, 40], [12, 40], [13, 2], [20, 60], [21, 50], [30, 1], [99, 900]].map(([pid = 0, amount = 0]) => ({ pid: String(pid), amount }));
    assert.deepEqual(await largestOwners(tree.root, shares, signal), [`pod web/front-7d9c ${D.slice(0, 8)} (nginx, sidecar)`, 'containerd']);
  });

  it('is nobody where nobody has many files open', async () => {
    using tree = podTree();
    tree.addProcess(10, 'nginx', 'system.slice/nginx.service');
    assert.deepEqual(await mostOpenFiles(tree.root, signal), []);
  });
});

describe('a contributor in words', () => {
  it('is short, whatever its name', () => {
    const names = new Map([[A, `${'n'.repeat(63)}/${'p'.repeat(200)}`]]);
    assert.isAtMost(Buffer.byteLength(describeGroup({ pod: A, name: '' }, names, ['x'.repeat(15), 'y'.repeat(15), 'z'])), 120);
    assert.isAtMost(Buffer.byteLength(describeGroup({ name: 'é'.repeat(200) }, names, [])), 72);
    assert.equal(describeGroup({ name: 'a\nb' }, names, ['c\td']), 'a?b (c?d)');
  });
});
