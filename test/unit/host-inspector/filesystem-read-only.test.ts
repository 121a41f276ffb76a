import { assert } from 'chai';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { type Verdict, healthy, notApplicable, problem, unknownOf } from '../../../plugins/core/verdict.ts';
import { filesystemReadOnly } from '../../../plugins/host-inspector/checks/filesystem-read-only.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

const ROOT = '27 1 254:0 / / rw - ext4 /dev/vda rw';

async function look({ root }: HostTree): Promise<readonly Verdict[]> {
  const scene = { root, settings: defaultsOf(hostSettings), memo: undefined, signal: new AbortController().signal, log: silentLogger };
  return (await runCheck(filesystemReadOnly, scene)).verdicts;
}

function sick(what: string, mountPoint = '/data'): Verdict {
  return problem('FilesystemReadOnly', mountPoint, `${mountPoint}: ${what}`);
}

interface Case {
  readonly name: string;
  /** Lines of the table, besides that of a writable root. */
  readonly lines: readonly string[];
  /** Of all but the root. */
  readonly want: readonly Verdict[];
}

const BY_ITSELF = 'mounted to be written, but the kernel made it read-only';

const CASES: readonly Case[] = [
  { name: 'one that is writable is healthy', lines: ['40 27 8:1 / /data rw - ext4 /dev/sda1 rw,errors=remount-ro'], want: [healthy] },
  {
    name: 'ext4 that gave up says so since Linux 6.15',
    lines: ['40 27 8:1 / /data rw,relatime - ext4 /dev/sda1 rw,errors=remount-ro,emergency_ro'],
    want: [sick('the kernel gave up writing after an error (option emergency_ro, ext4 on /dev/sda1)')],
  },
  {
    name: 'ext4 that was shut down, as when its disk vanished, says so',
    lines: ['40 27 8:1 / /data rw - ext4 /dev/sda1 rw,shutdown'],
    want: [sick('the kernel has shut the file system down (option shutdown, ext4 on /dev/sda1)')],
  },
  {
    name: 'ext4 of older kernels turns read-only under a mount that does not',
    lines: ['40 27 8:1 / /data rw - ext4 /dev/sda1 ro,errors=remount-ro'],
    want: [sick(`${BY_ITSELF} (option ro, ext4 on /dev/sda1)`)],
  },
  {
    name: 'so does btrfs, and is told once however many mounts it has',
    lines: ['40 27 0:40 /@ /data rw - btrfs /dev/sda1 ro,subvol=/@', '41 27 0:40 /@log /data/log rw - btrfs /dev/sda1 ro,subvol=/@log'],
    want: [sick(`${BY_ITSELF} (option ro, btrfs on /dev/sda1)`)],
  },
  {
    name: 'a read-only bind mount of it hides nothing',
    lines: ['40 27 8:1 / /data ro - ext4 /dev/sda1 ro', '41 27 8:1 / /mnt/data rw - ext4 /dev/sda1 ro'],
    want: [sick(`${BY_ITSELF} (option ro, ext4 on /dev/sda1)`)],
  },
  { name: 'what was mounted read-only says so in both places and is meant to be', lines: ['40 27 8:1 / /data ro - ext4 /dev/sda1 ro,norecovery'], want: [healthy] },
  { name: 'a read-only bind mount of a writable disk is no problem', lines: ['40 27 8:1 / /data ro - ext4 /dev/sda1 rw'], want: [healthy] },
  {
    name: 'types that turn read-only for good reasons are not suspected of it',
    lines: ['40 27 0:50 / /tank/.zfs/snapshot/a rw - zfs tank@a ro', '41 27 8:4 / /mac rw - hfsplus /dev/sdd ro'],
    want: [healthy, healthy],
  },
  {
    name: 'images, shares and volumes of Pods are not judged',
    lines: [
      '40 27 7:0 / /snap/core/1 rw - squashfs /dev/loop0 ro',
      '41 27 0:51 / /mnt/nfs rw - nfs4 server:/ ro',
      '42 27 8:9 / /var/lib/kubelet/pods/u/volumes/pvc rw - ext4 /dev/sdj ro,emergency_ro',
    ],
    want: [],
  },
  {
    name: 'one that a later mount hides is not judged',
    lines: ['40 27 8:1 / /data rw - ext4 /dev/sda1 ro,emergency_ro', '41 40 8:2 / /data rw - ext4 /dev/sdb1 rw'],
    want: [healthy],
  },
];

describe('a file system that cannot be written any more', () => {
  let host: HostTree;
  beforeEach(() => (host = hostTree()));
  afterEach(() => host[Symbol.dispose]());

  for (const { name, lines, want } of CASES) {
    it(name, async () => {
      host.write('proc/1/mountinfo', `${[ROOT, ...lines].join('\n')}\n`);
      assert.deepEqual(await look(host), [healthy, ...want]);
    });
  }

  it('is the root', async () => {
    host.write('proc/1/mountinfo', `${ROOT},emergency_ro\n`);
    assert.deepEqual(await look(host), [sick('the kernel gave up writing after an error (option emergency_ro, ext4 on /dev/vda)', '/')]);
  });

  it('cannot be told from one that is meant to be by the table of this process, where all mounts may be read-only', async () => {
    host.remove('proc/1');
    const lines = ['27 1 254:0 / / ro - ext4 /dev/vda rw', '40 27 8:1 / /data ro - ext4 /dev/sda1 ro', '41 27 8:2 / /srv ro - ext4 /dev/sdb1 rw,emergency_ro'];
    host.write('proc/self/mountinfo', `${lines.join('\n')}\n`);
    assert.deepEqual(await look(host), [
      healthy,
      unknownOf('/data', '/data: read-only, and only the mount table of PID 1 tells whether that is meant (ext4 on /dev/sda1)'),
      sick('the kernel gave up writing after an error (option emergency_ro, ext4 on /dev/sdb1)', '/srv'),
    ]);
  });

  it('does not exist on a node without disks', async () => {
    host.write('proc/1/mountinfo', '27 1 0:26 / / rw - tmpfs tmpfs rw\n');
    assert.deepEqual(await look(host), [notApplicable('no file system on a disk of this node')]);
  });
});
