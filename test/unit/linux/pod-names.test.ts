import { assert } from 'chai';
import { podNames, readPodNames } from '../../../plugins/linux/pod-names.ts';
import { podTree, podUid } from '../../support/pod-tree.ts';

const UID = podUid(1);
const STATIC = '0f8d1c5e7a9b4c3d2e1f00112233aabb';

describe('names of Pods', () => {
  it('stand in the names of the folders with their logs, and nothing else there is one', () => {
    const folders = [`default_train-0_${UID}`, `kube-system_etcd-node.example_${STATIC}`, 'lost+found', `a_b_c_${UID}`, `default_x_${UID.slice(1)}x`, '', `_x_${UID}`];
    assert.deepEqual([...podNames(folders)], [[UID, 'default/train-0'], [STATIC, 'kube-system/etcd-node.example']]);
  });

  it('are read from the host, and are none where it has no such folder', async () => {
    using tree = podTree();
    assert.deepEqual([...await readPodNames(tree.root, { timeoutMs: 5_000 })], []);
    tree.write(`var/log/pods/default_train-0_${UID}/app/0.log`, '');
    assert.deepEqual([...await readPodNames(tree.root, { timeoutMs: 5_000 })], [[UID, 'default/train-0']]);
  });

  it('are not asked for again for a while after a disk that did not answer', async () => {
    using tree = podTree();
    let asked = 0;
    const hung = async () => await Promise.resolve(((asked += 1), { kind: 'timed-out', atDeadline: undefined } as const));
    const [first, second] = [await readPodNames(tree.root, { timeoutMs: 1, run: hung }, () => 1_000), await readPodNames(tree.root, { timeoutMs: 1, run: hung }, () => 500_000)];
    assert.deepEqual([[...first], [...second], asked], [[], [], 1]);
    await readPodNames(tree.root, { timeoutMs: 1, run: hung }, () => 601_000);
    assert.equal(asked, 2);
    tree.write(`var/log/pods/default_train-0_${UID}/app/0.log`, '');
    assert.equal((await readPodNames(tree.root, { timeoutMs: 5_000 }, () => 2_000_000)).size, 1);
  });
});
