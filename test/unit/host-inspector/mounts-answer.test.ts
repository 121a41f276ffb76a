import { assert } from 'chai';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { type Verdict, healthy, notApplicable, problem, unknownOf } from '../../../plugins/core/verdict.ts';
import { type Asked, judgeAnswer, mountsAnswer } from '../../../plugins/host-inspector/checks/mounts-answer.ts';
import { type HostSettings, hostSettings } from '../../../plugins/host-inspector/settings.ts';
import type { FilesystemAnswer } from '../../../plugins/linux/filesystem-answer.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

const OK: FilesystemAnswer = { kind: 'ok', totalBytes: 1, freeBytes: 1, availableBytes: 1, inodes: 0, inodesFree: 0 };
const STUCK: FilesystemAnswer = { kind: 'stuck', sinceMs: 1 };
const ROOT = '27 1 254:0 / / rw - ext4 /dev/vda rw';
const NFS = '50 27 0:50 / /var/lib/kubelet/pods/u/volumes/kubernetes.io~nfs/v rw - nfs4 server:/export rw';

const disk: Asked = { mountPoint: '/data', type: 'xfs', source: '/dev/sdb', device: { major: 8, minor: 16 }, isShare: false };
const share: Asked = { mountPoint: '/mnt/home', type: 'nfs4', source: 'server:/home', device: { major: 0, minor: 50 }, isShare: true };

function failed(refusal?: string): FilesystemAnswer {
  return { kind: 'failed', message: 'M', ...(refusal === undefined ? {} : { refusal }) };
}

describe('the answer of a mount', () => {
  const hung = (subject: string, message: string) => problem('MountHung', subject, message);
  const broken = (answer: string) => problem('FilesystemErrors', '/data', `/data: answers "${answer}" (xfs on /dev/sdb)`);
  const table: readonly { readonly name: string; readonly mount: Asked; readonly answer: FilesystemAnswer | 'late'; readonly want: readonly Verdict[]; readonly value: string }[] = [
    { name: 'numbers: it is alive', mount: disk, answer: OK, want: [healthy], value: 'ok' },
    { name: 'numbers of a share', mount: share, answer: OK, want: [healthy], value: 'ok' },
    { name: 'none, of a disk', mount: disk, answer: STUCK, want: [hung('/data', '/data: does not answer (xfs on /dev/sdb)')], value: 'stuck' },
    {
      name: 'none, of a share: its mounts come and go, so it is known by its device',
      mount: share, answer: STUCK, want: [hung('device 0:50', '/mnt/home: does not answer (nfs4 on server:/home)')], value: 'stuck',
    },
    { name: 'an I/O error is what XFS says once it has shut down', mount: disk, answer: failed('Input/output error'), want: [broken('Input/output error')], value: 'Input/output error' },
    { name: 'damage is an error, too', mount: disk, answer: failed('Structure needs cleaning'), want: [broken('Structure needs cleaning')], value: 'Structure needs cleaning' },
    { name: 'another error of a disk cannot be told', mount: disk, answer: failed('Too many levels of symbolic links'), want: [unknownOf('/data', 'M')], value: 'Too many levels of symbolic links' },
    { name: 'a share that refuses does not hang', mount: share, answer: failed('Stale file handle'), want: [healthy], value: 'Stale file handle' },
    { name: 'a share that was not asked, for want of CPU, cannot be told', mount: share, answer: failed(), want: [unknownOf('device 0:50', 'M')], value: 'failed' },
    { name: 'nor can a disk', mount: disk, answer: failed(), want: [unknownOf('/data', 'M')], value: 'failed' },
    { name: 'a disk that is not seen from here cannot be told', mount: disk, answer: { kind: 'not-visible', message: 'M' }, want: [unknownOf('/data', 'M')], value: 'not-visible' },
    { name: 'nor one whose folder is closed to us', mount: disk, answer: { kind: 'denied', message: 'M' }, want: [unknownOf('/data', 'M')], value: 'denied' },
    { name: 'a share that is not seen from here is not judged', mount: share, answer: { kind: 'not-visible', message: 'M' }, want: [], value: 'not-visible' },
    { name: 'nor one that is for another user alone', mount: share, answer: { kind: 'denied', message: 'M' }, want: [], value: 'denied' },
    {
      name: 'one that was still waited for when the others had to count cannot be told', mount: share, answer: 'late',
      want: [unknownOf('device 0:50', '/mnt/home: not asked in time, too many other mounts do not answer')], value: 'late',
    },
  ];
  for (const { name, mount, answer, want, value } of table) {
    it(name, () => {
      const { mountPoint: subject } = mount;
      const readings = [{ name: 'mount_answer', subject, value, unit: '', source: `statfs ${subject}` }];
      assert.deepEqual(judgeAnswer(mount, answer), { verdicts: want, readings });
    });
  }
});

describe('which mounts are asked', () => {
  let host: HostTree;
  beforeEach(() => (host = hostTree()));
  afterEach(() => host[Symbol.dispose]());

  async function look(lines: readonly string[], answerOf: (mountPoint: string) => FilesystemAnswer | Promise<FilesystemAnswer> = () => OK, settings: Partial<HostSettings> = {}) {
    host.write('proc/1/mountinfo', `${lines.join('\n')}\n`);
    const asked: string[] = [];
    const probe = async ({ mountPoint }: { readonly mountPoint: string }): Promise<FilesystemAnswer> => {
      asked.push(mountPoint);
      return await answerOf(mountPoint);
    };
    const scene = { root: host.root, settings: { ...defaultsOf(hostSettings), ...settings }, memo: undefined, signal: new AbortController().signal, log: silentLogger };
    return { ...(await runCheck(mountsAnswer({ probe }, 20), scene)), asked };
  }

  it("the node's own disks, read-only ones too, and shares, those of Pods as well, each device once", async () => {
    const { asked } = await look([
      '40 27 8:1 / /data ro - ext4 /dev/sda1 ro',
      NFS,
      '51 27 0:50 /sub /var/lib/kubelet/pods/w/volumes/kubernetes.io~nfs/w rw - nfs4 server:/export/sub rw',
      '52 27 0:52 / /var/lib/kubelet/pods/u/volumes/kubernetes.io~csi/s3/mount rw - fuse.mountpoint-s3 bucket rw',
      '53 27 0:53 / /home/me/remote rw - fuse.sshfs me@there: rw',
      ROOT,
    ]);
    assert.deepEqual(asked, [
      '/', '/data', '/var/lib/kubelet/pods/u/volumes/kubernetes.io~nfs/v', '/var/lib/kubelet/pods/u/volumes/kubernetes.io~csi/s3/mount', '/home/me/remote',
    ]);
  });

  it('no disks of Pods, no interfaces, nothing that is hidden, deleted or mounted by autofs', async () => {
    const { asked } = await look([
      ROOT,
      '40 27 8:9 / /var/lib/kubelet/pods/u/volumes/pvc rw - ext4 /dev/sdj rw',
      '41 27 0:30 / /var/lib/lxcfs rw - fuse.lxcfs lxcfs rw',
      '42 27 0:31 / /run/user/1/doc rw - fuse.portal portal rw',
      '43 27 0:32 / /net rw - autofs systemd-1 rw,indirect',
      '44 43 0:33 / /net/server rw - nfs4 server:/ rw',
      '45 27 0:34 / /gone//deleted rw - nfs4 server:/gone rw',
      '46 27 0:35 / /mnt/below rw - nfs4 server:/below rw',
      '47 27 0:36 / /mnt rw - tmpfs tmpfs rw',
    ]);
    assert.deepEqual(asked, ['/']);
  });

  it('none below mountHungIgnoreUnder', async () => {
    const { asked } = await look([ROOT, NFS, '40 27 0:40 / /mnt/slow/a rw - nfs4 server:/a rw'], () => OK, { mountHungIgnoreUnder: ['/mnt/slow', '/var/lib/kubelet/pods'] });
    assert.deepEqual(asked, ['/']);
  });

  it('none on a node without disks and shares', async () => {
    const { verdicts, asked } = await look(['27 1 0:26 / / rw - tmpfs tmpfs rw']);
    assert.deepEqual([verdicts, asked], [[notApplicable('no share that can be seen')], []]);
  });

  it('one that hangs does not hide the others, nor what was not answered in time', async () => {
    const lines = [ROOT, NFS, '40 27 8:1 / /data rw - ext4 /dev/sda1 rw'];
    const { verdicts } = await look(lines, (mountPoint) => (mountPoint === '/data' ? new Promise(() => {}) : mountPoint === '/' ? OK : STUCK));
    assert.deepEqual(verdicts.map((verdict) => [verdict.kind, 'subject' in verdict ? verdict.subject : '']), [['healthy', ''], ['unknown', '/data'], ['problem', 'device 0:50']]);
  });

  it('no more than 256, the own ones first, and it says that others were left out; how many is a reading', async () => {
    const shares = Array.from({ length: 300 }, (_, index) => `${100 + index} 27 0:${100 + index} / /mnt/${index} rw - nfs4 server:/${index} rw`);
    const { verdicts, readings, asked } = await look([...shares, ROOT]);
    assert.deepEqual([asked[0], asked.length], ['/', 256]);
    assert.deepEqual(verdicts.at(-1), unknownOf('mounts beyond 256', 'mounts beyond 256: not looked at'));
    assert.deepEqual(readings?.at(-1), { name: 'left_out', subject: 'mounts beyond 256', value: 45, unit: 'count', source: '/proc/1/mountinfo' });
  });
});
