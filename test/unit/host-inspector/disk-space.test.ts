import { assert } from 'chai';
import { type Logger, silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { type Verdict, healthy, problem, unknownOf } from '../../../plugins/core/verdict.ts';
import { diskSpace } from '../../../plugins/host-inspector/checks/disk-space.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import type { FilesystemAnswer } from '../../../plugins/linux/filesystem-answer.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

const FREE: FilesystemAnswer = { kind: 'ok', totalBytes: 1e12, freeBytes: 9e11, availableBytes: 9e11, inodes: 0, inodesFree: 0 };
const FULL: FilesystemAnswer = { ...FREE, freeBytes: 0, availableBytes: 0 };
const ROOT = '27 1 254:0 / / rw - ext4 /dev/vda rw';

function tableOf(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

/** What a look tells, and the mount points that it asked, in this order. */
async function look(host: HostTree, answerOf: (mountPoint: string) => FilesystemAnswer) {
  const asked: string[] = [];
  const check = diskSpace({
    probe: async ({ mountPoint }) => {
      asked.push(mountPoint);
      return answerOf(mountPoint);
    },
  });
  const scene = { root: host.root, settings: defaultsOf(hostSettings), memo: undefined, signal: new AbortController().signal, log: silentLogger };
  return { ...(await runCheck(check, scene)), asked };
}

function captured(): { readonly lines: readonly string[]; readonly log: Logger } {
  const lines: string[] = [];
  const warn = (fields: object, message: string) => void lines.push([...Object.values(fields), message].join(': '));
  return { lines, log: { ...silentLogger, warn } };
}

function told(verdicts: readonly Verdict[]): readonly Verdict[] {
  return verdicts.filter(({ kind }) => kind !== 'healthy');
}

describe('the disks of a node', () => {
  let host: HostTree;
  beforeEach(() => (host = hostTree()));
  afterEach(() => host[Symbol.dispose]());

  it('more than 64: the disks of images, of kubelet and the root are asked first, wherever they stand, and the rest is named as left out', async () => {
    const data = Array.from({ length: 80 }, (_, index) => `${100 + index} 27 8:${index} / /data/${index} rw - ext4 /dev/d${index} rw`);
    const kubelet = '300 27 9:1 / /var/lib/kubelet rw - ext4 /dev/k rw';
    const images = '301 27 9:2 / /var/lib/containerd rw - ext4 /dev/i rw';
    const container = '302 27 0:71 / /run/c/rootfs rw - overlay overlay rw,upperdir=/var/lib/containerd/1/fs';
    host.write('proc/1/mountinfo', tableOf([...data, kubelet, images, container, ROOT]));
    const { verdicts, readings, asked } = await look(host, (mountPoint) => (mountPoint === '/' ? FULL : FREE));
    assert.deepEqual(asked, ['/var/lib/kubelet', '/var/lib/containerd', '/', ...Array.from({ length: 61 }, (_, index) => `/data/${index}`)]);
    assert.deepEqual(told(verdicts), [
      { ...problem('DiskSpaceLow', '/', '/: less than 5% of space available (ext4 on /dev/vda)'), isUrgent: true },
      unknownOf('file systems beyond 64', 'file systems beyond 64: not looked at'),
    ]);
    assert.deepEqual(readings?.at(-1), { name: 'left_out', subject: 'file systems beyond 64', value: 19, unit: 'count', source: '/proc/1/mountinfo' });
  });

  it('are found in the table of this process only where that of PID 1 is hidden, and a reading and one line in the log say so', async () => {
    const { lines, log } = captured();
    host.remove('proc/1');
    host.write('proc/self/mountinfo', tableOf([ROOT]));
    const check = diskSpace({ probe: async () => FREE });
    const scene = { root: host.root, settings: defaultsOf(hostSettings), memo: undefined, signal: new AbortController().signal, log };
    const looks = [await runCheck(check, scene), await runCheck(check, scene)];
    const table = { name: 'mount_table', value: '/proc/self/mountinfo', unit: '', source: '/proc/self/mountinfo' };
    for (const { verdicts, readings } of looks) assert.deepEqual([verdicts, readings?.at(-1)], [[healthy], table]);
    assert.deepEqual(lines, [
      `/proc/1/mountinfo (as ${host.root}/proc/1/mountinfo): no such file or directory: the mount table of this process, /proc/self/mountinfo, stands in for the host's`,
    ]);
  });

  const broken: readonly (readonly [string, (host: HostTree) => void, RegExp])[] = [
    ['is no file', (tree) => (tree.remove('proc/1/mountinfo'), tree.write('proc/1/mountinfo/x', '')), /not a regular file$/],
    ['is longer than 3 MiB', (tree) => tree.write('proc/1/mountinfo', `${ROOT}\n`.repeat(90_000)), /longer than 3145728 bytes$/],
    ['has too many mounts of interest', (tree) => tree.write('proc/1/mountinfo', `${ROOT}\n`.repeat(6_000)), /expected at most 5400 mounts of interest, got "more"$/],
    ['is not understood', (tree) => tree.write('proc/1/mountinfo', 'x\n'), /^\/proc\/1\/mountinfo:1: expected /],
    ['has no root', (tree) => tree.write('proc/1/mountinfo', '28 27 8:1 / /data rw - ext4 /dev/sda1 rw\n'), /^\/proc\/1\/mountinfo: expected one mount at \/ /],
  ];
  for (const [what, spoil, message] of broken) {
    it(`cannot be told where the table of PID 1 ${what}, whatever that of this process says`, async () => {
      host.write('proc/self/mountinfo', tableOf([ROOT]));
      spoil(host);
      const { verdicts, asked } = await look(host, () => FREE);
      const [only, ...more] = verdicts;
      assert.deepEqual([only?.kind, more, asked], ['unknown', [], []]);
      assert.match(only?.kind === 'unknown' ? only.message : '', message);
    });
  }
});
