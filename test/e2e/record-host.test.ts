import { assert } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readListening } from '../../plugins/host-inspector/ports/listening.ts';
import { say } from '../support/command-line.ts';
import { type Folder, temporaryFolder } from '../support/eventually.ts';
import { socketTable } from '../support/host-tree-ports.ts';
import { type HostTree, hostTree } from '../support/host-tree.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/record-host.ts');

const POD = '2f1c7a0e-5f0e-4f6c-8a2d-1f8f0c9b7e11';
const CONTAINER = '3d9e6b1f00c4a7788812bb34cc56dd78ee90ff12ab34cd56ef7890ab12cd34ef';

/** Nothing of this may be found again, in whatever form. */
const SECRETS = [
  'acme', 'alice', 'filer', 'payroll', 'zeus', 'hunter2', '10.20.30', 'fd12:3456', '52:54:00', POD, POD.replaceAll('-', '_'), CONTAINER, 'b6f7e1d0c9a84b3f',
  '6f4a1c9e', 'shadow', 'nightly', 'superd', '8c1a9b0e', 'buildbot',
  // 10.20.30.40 and fd12:3456::1 as tables of sockets have them, but for the order of bytes.
  '281e140a', '0a141e28', '563412fd', 'fd123456',
];

const MOUNTS = [
  '31 27 8:17 / /data/acme rw,relatime shared:3 master:1 - ext4 /dev/mapper/vg_acme-payroll rw,errors=remount-ro,acme_strict,acme_level=3',
  '32 27 0:44 /exports/alice /srv/payroll rw - nfs4 filer.acme.example:/exports/alice rw,vers=4.2,clientaddr=10.20.30.40,addr=10.20.30.1',
  '33 27 0:45 / /mnt/alice ro - cifs //zeus.acme.example/alice ro,username=alice,domain=ACME,addr=fd12:3456::1',
  String.raw`34 27 0:46 / /home/alice/my\040acme rw - fuse.acmefs acme#alice rw,password=hunter2`,
  `41 27 0:50 / /var/lib/kubelet/pods/${POD}/volumes/kubernetes.io~projected/kube-api-access-acme rw - tmpfs tmpfs rw,size=1024k`,
  `46 27 0:49 / /run/containerd/io.containerd.runtime.v2.task/k8s.io/${CONTAINER}/rootfs rw - overlay overlay rw,lowerdir=/srv/alice/1/fs:/srv/alice/2/fs,upperdir=/srv/alice/9/fs,workdir=/srv/alice/9/work`,
  '47 27 0:51 net:[4026532456] /run/netns/acme rw - nsfs nsfs rw',
];

const MASKED = [
  '31 27 8:17 / /data/folder-1 rw,relatime shared:3 master:1 - ext4 /dev/mapper/volume-1 rw,errors=remount-ro,option-1,option-2',
  '32 27 0:44 /folder-2/folder-3 /srv/folder-4 rw - nfs4 server-1:/folder-2/folder-3 rw,vers=4.2,clientaddr=192.0.2.1,addr=192.0.2.2',
  '33 27 0:45 / /mnt/folder-3 ro - cifs //server-2/share ro,username=value-1,domain=value-2,addr=2001:db8::1',
  '34 27 0:46 / /home/folder-3/folder-5 rw - filesystem-1 source-1 rw,password=value-3',
  '41 27 0:50 / /var/lib/kubelet/pods/00000000-0000-4000-8000-000000000001/volumes/kubernetes.io~projected/folder-6 rw - tmpfs tmpfs rw,size=1024k',
  `46 27 0:49 / /run/containerd/io.containerd.runtime.v2.task/k8s.io/${'1'.padStart(64, '0')}/rootfs rw - overlay overlay rw,lowerdir=/srv/folder-3/1/fs:/srv/folder-3/2/fs,upperdir=/srv/folder-3/9/fs,workdir=/srv/folder-3/9/work`,
  '47 27 0:51 net:[4026532456] /run/netns/folder-1 rw - nsfs nsfs rw',
];

/** A node of somebody who has much to hide. */
function secretive(): HostTree {
  const host = hostTree();
  const table = readFileSync(join(host.root, 'proc/1/mountinfo'), 'utf8');
  host.write('proc/1/mountinfo', `${table}${MOUNTS.join('\n')}\n`);
  for (const mount of MOUNTS) mkdirSync(join(host.root, mount.split(' ')[4]?.replaceAll(String.raw`\040`, ' ') ?? ''), { recursive: true });
  host.write('etc/hostname', 'acme-node-7\n');
  host.write('etc/os-release', 'NAME="Debian GNU/Linux"\nID=debian\nHOME_URL="https://alice.acme.example"\nVERSION_ID="12"\n');
  host.write('etc/passwd', 'alice:x:1000:1000::/home/alice:/bin/sh\n');
  host.write('proc/sys/kernel/osrelease', '6.1.0-18-acme-nightly-amd64\n');
  host.write('proc/1/comm', 'acme-superd\n');
  host.write('proc/1/status', 'Name:\tacme-superd\nUmask:\t0022\nState:\tS (sleeping)\nPid:\t1\nUid:\t1000\t1000\t1000\t1000\nThreads:\t3\nNSpid:\t1\n');
  host.write('proc/self/status', 'Name:\tacme-superd\nPid:\t99\nPPid:\t1\nUid:\t0\t0\t0\t0\nFDSize:\t64\nNSpid:\t99\n');
  host.write('proc/1/cgroup', `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD.replaceAll('-', '_')}.slice/cri-containerd-${CONTAINER}.scope/acme.service\n`);
  for (const pid of [650, 700]) host.remove(`proc/${pid}`);
  host.write('proc/812/comm', 'kubelet\n');
  host.write('proc/812/cgroup', '0::/system.slice/kubelet.service\n');
  mkdirSync(join(host.root, 'proc/812/fd'));
  symlinkSync('anon_inode:inotify', join(host.root, 'proc/812/fd/3'));
  symlinkSync('/srv/payroll/acme.db', join(host.root, 'proc/812/fd/4'));
  host.write('proc/812/fdinfo/3', 'pos:\t0\nflags:\t00\ninotify wd:2 ino:9e7e sdev:800013 mask:800afce fhandle-bytes:8 f_handle:acme\ninotify wd:1 ino:1 sdev:1 mask:1\n');
  host.write('proc/812/fdinfo/4', 'pos:\t0\nflags:\t00\nlock:\talice\n');
  host.write('proc/813/comm', 'payroll-superd\n');
  host.write('proc/1/net/arp', [
    'IP address       HW type     Flags       HW address            Mask     Device',
    '10.20.30.1       0x1         0x2         52:54:00:aa:bb:cc     *        eth0',
    '10.20.30.40      0x1         0x2         52:54:00:aa:bb:cd     *        acme0',
    '',
  ].join('\n'));
  host.write('proc/1/net/udp', socketTable('udp', [{ local: '10.20.30.40:68', uid: 7, inode: 99 }, { local: '10.20.30.40:9', state: 1 }, { local: '0.0.0.0:53' }]));
  host.write('proc/1/net/tcp6', socketTable('tcp6', [{ local: '[fd12:3456::1]:22' }, { local: '[::]:80' }]));
  host.write('etc/npd-plugins/expected-ports', '# alice\nudp/68@10.20.30.40 # acme\ntcp/22\n');
  host.write('proc/loadavg', 'acme 0.00 0.00 1/2 3\n');
  host.write('etc/shadow', '7\n');
  for (const [address, vendor, itsClass] of [['0000:53:00.0', '0x10de', '0x030200'], ['0000:54:00.0', '0x8086', '0x020000']] as const) {
    host.write(`sys/bus/pci/devices/${address}/vendor`, `${vendor}\n`);
    host.write(`sys/bus/pci/devices/${address}/class`, `${itsClass}\n`);
  }
  symlinkSync('../../../../../bus/pci/drivers/nvidia', join(host.root, 'sys/bus/pci/devices/0000:53:00.0/driver'));
  host.write('proc/driver/nvidia/version', 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.105.08  Release Build  (buildbot@acme-7)\nGCC version:  gcc version 13 (acme)\n');
  host.write('proc/driver/nvidia/gpus/0000:53:00.0/information', 'Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 18\nGPU UUID: \t GPU-8c1a9b0e-5a0c-2b7f-7f0a-2f6d7f3b1c11\nBus Location: \t 0000:53:00.0\n');
  mkdirSync(join(host.root, 'sys/fs/ext4/sda1'), { recursive: true });
  symlinkSync('../../../../etc/shadow', join(host.root, 'sys/fs/ext4/sda1/errors_count'));
  host.write('sys/fs/ext4/b6f7e1d0c9a84b3f/errors_count', '0\n');
  return host;
}

function record(host: HostTree, out: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, [SCRIPT, 'made-up', '--root', host.root, '--out', out], { encoding: 'utf8' });
}

/** Every file of a folder, path to text, and every link to where it leads. */
function textsIn(folder: string): ReadonlyMap<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  return new Map(entries.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return [relative(folder, path), entry.isSymbolicLink() ? readlinkSync(path) : readFileSync(path, 'utf8')];
  }));
}

/** Type, status and reason of each condition, whose texts differ by what was masked. */
function reasons(stdout: string): readonly string[] {
  const { conditions } = JSON.parse(stdout) as { conditions: readonly { type: string; status: string; reason: string }[] };
  return conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
}

/** Nobody's certificates are recorded, nor interfaces of Pods. */
const LEFT_OUT = /^(?:etc\/kubernetes|var\/lib\/kubelet)\/pki\/|\/veth1f00\//;

describe('npm run record-host', () => {
  let host: HostTree;
  let out: Folder;
  beforeEach(() => ([host, out] = [secretive(), temporaryFolder()]));
  afterEach(() => (host[Symbol.dispose](), out[Symbol.dispose]()));

  it('keeps nothing that tells whose machine it is, neither in a file nor in its name nor in what it says', () => {
    const { status, stdout, stderr } = record(host, out.path);
    assert.deepEqual([status, stderr], [0, '']);
    const texts = textsIn(out.file('made-up'));
    const all = [stdout.replaceAll(host.root, ''), ...texts.keys(), ...texts.values()].join('\n').toLowerCase();
    assert.deepEqual(SECRETS.filter((secret) => all.includes(secret)), []);
  });

  it('puts the same placeholder for the same thing, in the format of the kernel, and keeps what every node has', () => {
    assert.equal(record(host, out.path).status, 0);
    const texts = textsIn(out.file('made-up/root'));
    assert.deepEqual((texts.get('proc/1/mountinfo') ?? '').trimEnd().split('\n').slice(1), MASKED);
    assert.equal(texts.get('proc/1/cgroup'), `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod00000000_0000_4000_8000_000000000001.slice/cri-containerd-${'1'.padStart(64, '0')}.scope/folder-7\n`);
    assert.equal(texts.get('proc/1/status'), 'Name:\tprocess-1\nState:\tS (sleeping)\nPid:\t1\nUid:\t1000\t1000\t1000\t1000\nThreads:\t3\nNSpid:\t1\n');
    assert.deepEqual(['fd/3', 'fd/4', 'fdinfo/3', 'fdinfo/4'].map((name) => texts.get(`proc/812/${name}`)), ['anon_inode:inotify', 'masked', 'inotify wd:2\ninotify wd:1\n', undefined]);
    assert.equal(texts.get('proc/812/cgroup'), '0::/system.slice/kubelet.service\n');
    assert.equal(texts.get('proc/sys/kernel/osrelease'), '6.1.0-18-local\n');
    const gpu = [...texts].filter(([path]) => path.includes('pci') || path.includes('driver')).map(([path, text]) => `${path}: ${text.trimEnd()}`).toSorted();
    assert.deepEqual(gpu, [
      'proc/driver/nvidia/gpus/0000:53:00.0/information: Model: \t\t NVIDIA H100 80GB HBM3\nGPU UUID: \t GPU-00000000-0000-4000-8000-000000000003\nBus Location: \t 0000:53:00.0',
      'proc/driver/nvidia/version: NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.105.08',
      'sys/bus/cpu/drivers_autoprobe: 1',
      'sys/bus/pci/devices/0000:53:00.0/class: 0x030200',
      'sys/bus/pci/devices/0000:53:00.0/driver: ../../../../bus/pci/drivers/nvidia',
      'sys/bus/pci/devices/0000:53:00.0/vendor: 0x10de',
    ]);
    assert.equal(texts.get('etc/os-release'), 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\n');
    assert.equal(texts.get('proc/1/net/arp'), [
      'IP address       HW type     Flags       HW address            Mask     Device',
      '192.0.2.2        0x1         0x2         02:00:00:00:00:01     *        eth0',
      '192.0.2.1        0x1         0x2         02:00:00:00:00:02     *        link-1',
      '',
    ].join('\n'));
  });

  it('keeps of sockets those that listen, where they do and whose they are', () => {
    assert.equal(record(host, out.path).status, 0);
    const { sockets } = readListening(out.file('made-up/root'));
    const told = sockets.filter(({ protocol, family }) => protocol === (family === 4 ? 'udp' : 'tcp'));
    assert.deepEqual(told.map(({ address, port, uid }) => [address, port, uid]), [['2001:db8::1', 22, 0], ['::', 80, 0], ['0.0.0.0', 53, 0], ['192.0.2.1', 68, 7]]);
    assert.notInclude(readFileSync(out.file('made-up/root/proc/1/net/udp'), 'utf8'), ' 01 ');
    assert.equal(readFileSync(out.file('made-up/root/etc/npd-plugins/expected-ports'), 'utf8'), 'udp/68@192.0.2.1\ntcp/22\n');
  });

  it('leaves out other processes, links out of /sys and what it does not understand, and says so', () => {
    const { stdout } = record(host, out.path);
    const names = [...textsIn(out.file('made-up/root')).keys()];
    assert.deepEqual(names.filter((name) => /^proc\/\d+\/comm$/.test(name)), ['proc/1/comm', 'proc/812/comm']);
    assert.deepEqual(names.filter((name) => /ext4\/(?!vda\/)|loadavg|passwd|shadow/.test(name)), []);
    assert.include(stdout, 'left out: `sys/fs/ext4/*/errors_count`: a link that leads out of /sys\n');
    assert.include(stdout, 'left out: `sys/fs/ext4/*/errors_count`: another name or number\n');
    assert.include(stdout, 'left out: `proc/loadavg`: line 1 has not the form of this file\n');
    assert.include(readFileSync(out.file('made-up/README.md'), 'utf8'), '- `proc/loadavg`: line 1 has not the form of this file\n');
  });

  it('records every file that tests give the checks to read', () => {
    using plain = hostTree();
    assert.equal(record(plain, out.path).status, 0);
    const recorded = textsIn(out.file('made-up/root'));
    assert.deepEqual([...textsIn(plain.root).keys()].filter((path) => !recorded.has(path) && !LEFT_OUT.test(path)), []);
  });

  it('makes a recording of which the same is told as of the machine', async () => {
    host.remove('proc/loadavg');
    assert.equal(record(host, out.path).status, 0);
    const live = await say(['check', 'host-inspector', '--json', '--host-root', host.root]);
    const replayed = await say(['check', 'host-inspector', '--json', '--recording', out.file('made-up')]);
    const told = (stdout: string) => reasons(stdout).filter((reason) => !reason.startsWith('CertificateExpiring='));
    assert.deepEqual([told(replayed.stdout), replayed.code], [told(live.stdout), live.code]);
  });

  it('writes nothing at all while something that was masked in one place stands in another', () => {
    host.write('proc/1/mountinfo', `${readFileSync(join(host.root, 'proc/1/mountinfo'), 'utf8')}50 27 0:60 / /srv/oom_kill rw - tmpfs tmpfs rw\n`);
    const { status, stderr } = record(host, out.path);
    assert.deepEqual([status, stderr], [1, 'nothing written: what was to be masked still stands in root/proc/vmstat\n']);
    assert.deepEqual(readdirSync(out.path), []);
  });

  it('writes over nothing, and takes no name that is a path', () => {
    assert.equal(record(host, out.path).status, 0);
    const again = record(host, out.path);
    assert.equal(again.status, 64);
    assert.match(again.stderr, /^usage: npm run record-host -- NAME /);
    assert.equal(spawnSync(process.execPath, [SCRIPT, '../x', '--out', out.path]).status, 64);
  });
});
