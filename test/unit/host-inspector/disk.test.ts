import { assert } from 'chai';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { healthy, notApplicable, problem } from '../../../plugins/core/verdict.ts';
import { judgeUsage } from '../../../plugins/host-inspector/disk/judge.ts';
import { selectFilesystems } from '../../../plugins/host-inspector/disk/host-filesystems.ts';
import { type Filesystem, withSpace } from '../../../plugins/host-inspector/disk/select.ts';
import { parseMountinfo } from '../../../plugins/linux/proc/mountinfo.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';

const settings = defaultsOf(hostSettings);
const GI = 2 ** 30;

function filesystem(role: Filesystem['role']): Filesystem {
  return { mountPoint: '/data', type: 'ext4', source: '/dev/sdb', device: { major: 8, minor: 16 }, role };
}

const space = (totalGi: number, availableGi: number) => ({ totalBytes: totalGi * GI, availableBytes: availableGi * GI, inodes: 0, inodesFree: 0 });
const inodes = (total: number, free: number) => ({ totalBytes: GI, availableBytes: GI, inodes: total, inodesFree: free });

describe('disk space of one file system', () => {
  const low = (percent: number, what: string, isUrgent: boolean) => ({
    ...problem('DiskSpaceLow', '/data', `/data: less than ${percent}% of space available (ext4 on /dev/sdb${what})`),
    isUrgent,
  });
  const table = [
    { name: 'images are warned before kubelet evicts at 15%', role: 'images', usage: space(100, 15.9), want: low(16, ', holds images', false) },
    { name: 'images at the limit are healthy', role: 'images', usage: space(100, 16), want: healthy },
    { name: 'kubelet is warned before it evicts at 10%', role: 'kubelet', usage: space(100, 11.9), want: low(12, ", kubelet's", false) },
    { name: 'below half of the limit there is no time to wait', role: 'kubelet', usage: space(100, 5.9), want: low(12, ", kubelet's", true) },
    { name: 'a data disk may be fuller', role: 'other', usage: space(100, 5), want: healthy },
    { name: 'a data disk is sick at last', role: 'other', usage: space(100, 4.9), want: low(5, '', false) },
    { name: 'a large data disk is not sick while 20Gi are left', role: 'other', usage: space(10_000, 21), want: healthy },
    { name: "20Gi do not help kubelet, whose line is a percentage", role: 'kubelet', usage: space(10_000, 800), want: low(12, ", kubelet's", false) },
    { name: 'a full disk is urgent', role: 'other', usage: space(100, 0), want: low(5, '', true) },
  ] as const;
  for (const { name, role, usage, want } of table) {
    it(name, () => {
      assert.deepEqual(judgeUsage(filesystem(role), usage, settings), [want]);
    });
  }
});

describe('a file system without blocks', () => {
  it('is not healthy, for there is nothing to judge', () => {
    assert.deepEqual(judgeUsage(filesystem('kubelet'), space(0, 0), settings), [
      notApplicable("/data: says that it has no blocks (ext4 on /dev/sdb, kubelet's)"),
    ]);
  });

  it('is judged by its inodes, if it has any', () => {
    const usage = { totalBytes: 0, availableBytes: 0, inodes: 1_000, inodesFree: 0 };
    assert.deepEqual(judgeUsage(filesystem('other'), usage, settings).map(({ kind }) => kind), ['problem']);
  });
});

describe('inodes of one file system', () => {
  const low = (percent: number, what: string, isUrgent: boolean) => ({
    ...problem('InodesLow', '/data', `/data: less than ${percent}% of inodes free (ext4 on /dev/sdb${what})`),
    isUrgent,
  });
  const table = [
    { name: 'are warned before kubelet evicts at 5%', role: 'kubelet', usage: inodes(1_000, 59), want: low(6, ", kubelet's", false) },
    { name: 'are healthy at the limit', role: 'images', usage: inodes(1_000, 60), want: healthy },
    { name: 'may be fewer on a data disk', role: 'other', usage: inodes(1_000, 30), want: healthy },
    { name: 'are urgent when none is left', role: 'other', usage: inodes(1_000, 0), want: low(3, '', true) },
    { name: 'do not exist on btrfs and vfat', role: 'other', usage: inodes(0, 0), want: healthy },
  ] as const;
  for (const { name, role, usage, want } of table) {
    it(name, () => {
      assert.deepEqual(judgeUsage(filesystem(role), usage, settings), [want]);
    });
  }

  it('and space are told both when both are low', () => {
    const usage = { totalBytes: 100 * GI, availableBytes: 0, inodes: 100, inodesFree: 0 };
    assert.deepEqual(judgeUsage(filesystem('other'), usage, settings).map((verdict) => 'reason' in verdict && verdict.reason), ['DiskSpaceLow', 'InodesLow']);
  });
});

describe('which file systems are judged', () => {
  function select(lines: readonly string[]): readonly string[] {
    return withSpace(selectFilesystems((isKept) => parseMountinfo(`${lines.join('\n')}\n`, '/proc/1/mountinfo', isKept), '/proc/1/mountinfo', settings).filesystems).map(({ mountPoint, role }) => `${mountPoint} ${role}`);
  }
  const ROOT = '27 1 254:0 / / rw - ext4 /dev/vda rw';

  it('on a node with 10,000 containers, whose mounts are not kept but tell where images are', () => {
    const container = (index: number): string =>
      `${100 + index} 27 0:${100 + index} / /run/containerd/${index}/rootfs rw - overlay overlay rw,lowerdir=/l,upperdir=/var/lib/containerd/snapshots/${index}/fs,workdir=/w`;
    const pods = Array.from({ length: 10_000 }, (_, index) => container(index));
    const secret = '20000 27 0:99 / /var/lib/kubelet/pods/a/volumes/b rw - tmpfs tmpfs rw';
    const images = '40 27 8:16 / /var/lib/containerd rw - xfs /dev/sdb rw';
    assert.deepEqual(select([ROOT, images, ...pods, secret]), ['/ kubelet', '/var/lib/containerd images']);
  });

  it('one per device, at the shortest path that shows all of it', () => {
    const bind = '40 27 254:0 /var/log /logs rw - ext4 /dev/vda rw';
    const again = '41 27 8:1 / /srv/very/deep rw - xfs /dev/sda1 rw';
    const first = '42 27 8:1 / /srv/data rw - xfs /dev/sda1 rw';
    assert.deepEqual(select([bind, ROOT, again, first]), ['/ other', '/srv/data other']);
  });

  it('not those that are full by nature, shared, or read-only', () => {
    assert.deepEqual(
      select([
        ROOT,
        '30 27 0:21 / /proc rw - proc proc rw',
        '31 27 0:30 / /run rw - tmpfs tmpfs rw',
        '32 27 7:0 / /snap/core/1 ro - squashfs /dev/loop0 ro',
        '33 27 0:50 / /home rw - nfs4 server:/home rw',
        '34 27 253:0 / /usr ro - ext4 /dev/dm-0 ro',
        '35 27 8:2 / /boot/efi rw - vfat /dev/sda2 rw',
        '36 27 0:60 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw,upperdir=/var/lib/docker/overlay2/x/diff',
      ]),
      ['/ other'],
    );
  });

  it('a disk that a bind mount shows read-only is still writable elsewhere, and judged', () => {
    assert.deepEqual(select([ROOT, '40 27 8:1 / /backup ro - ext4 /dev/sda1 rw']), ['/ other', '/backup other']);
  });

  it('not a mount that a later one hides, nor one below a folder that was mounted over', () => {
    assert.deepEqual(
      select([
        ROOT,
        '40 27 8:1 / /data rw - ext4 /dev/sda1 rw',
        '41 40 8:2 / /data rw - ext4 /dev/sdb1 rw',
        '42 27 8:3 / /srv/deep rw - ext4 /dev/sdc1 rw',
        '43 27 8:4 / /srv rw - ext4 /dev/sdd1 rw',
      ]),
      ['/ other', '/data other', '/srv other'],
    );
  });

  it('volumes of Pods are not; but they tell that kubelet runs here and which disk is its', () => {
    const kubelet = [
      '50 27 259:1 / /var/lib/kubelet rw - ext4 /dev/nvme1n1 rw',
      '51 50 0:70 / /var/lib/kubelet/pods/u/volumes/token rw - tmpfs tmpfs rw',
      '52 50 8:9 / /var/lib/kubelet/pods/u/volumes/pvc rw - ext4 /dev/sdj rw',
    ];
    const image = '53 27 0:71 / /run/containerd/io.containerd.runtime.v2.task/k8s.io/c/rootfs rw - overlay overlay rw,lowerdir=/x,upperdir=/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/7/fs,workdir=/y';
    assert.deepEqual(select([ROOT, ...kubelet, image]), ['/ images', '/var/lib/kubelet kubelet']);
  });

  for (const kubelet of ['/var/lib/kubelet', '/var/lib/k0s/kubelet', '/var/snap/microk8s/common/var/lib/kubelet']) {
    it(`volumes of Pods below ${kubelet} are the Pods' business`, () => {
      const volume = `52 27 8:9 / ${kubelet}/pods/u/volumes/pvc rw - ext4 /dev/sdj rw`;
      const staged = `53 27 8:10 / ${kubelet}/plugins/kubernetes.io/csi/pv/globalmount rw - ext4 /dev/sdk rw`;
      assert.notInclude(select([ROOT, volume, staged]).join(), kubelet);
    });
  }

  it('on one disk for all, the stricter line of images counts', () => {
    const token = '51 27 0:70 / /var/lib/kubelet/pods/u/volumes/token rw - tmpfs tmpfs rw';
    const image = '53 27 0:71 / /run/k3s/containerd/c/rootfs rw - overlay overlay rw,upperdir=/var/lib/rancher/k3s/agent/containerd/1/fs';
    assert.deepEqual(select([ROOT, token]), ['/ kubelet']);
    assert.deepEqual(select([ROOT, token, image]), ['/ images']);
  });

  it('containers without a kubelet do not make a laptop a node', () => {
    assert.deepEqual(select([ROOT, '53 27 0:71 / /m rw - overlay overlay rw,upperdir=/var/lib/docker/1/fs']), ['/ other']);
  });

  it('an overlay is, where the whole node is one', () => {
    assert.deepEqual(select(['27 1 0:40 / / rw - overlay overlay rw,upperdir=/elsewhere']), ['/ other']);
  });
});
