import { assert } from 'chai';
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Recording, openRecording, recordedHost } from '../../../cli/recording.ts';
import { say } from '../../support/command-line.ts';
import { type Folder, temporaryFolder } from '../../support/eventually.ts';

const MOUNTINFO = '22 1 8:1 / / rw - ext4 /dev/sda1 rw\n';
const SPACE = { totalBytes: 1_000, freeBytes: 900, availableBytes: 800, inodes: 100, inodesFree: 50 };
const ROOT = { root: '/', mountPoint: '/', device: { major: 8, minor: 1 } };

/** A recorded machine `machine` and its variant `sick` in a folder. */
function write(folder: Folder, variant: object): string {
  const file = (path: string, text: string): void => {
    mkdirSync(join(folder.path, path, '..'), { recursive: true });
    writeFileSync(folder.file(path), text);
  };
  file('machine/root/proc/1/mountinfo', MOUNTINFO);
  file('machine/root/proc/uptime', '99.50 12.00\n');
  file('machine/root/proc/vmstat', 'nr_free_pages 12\noom_kill 3\noom_kill_cgroup 5\n');
  file('machine/root/sys/fs/ext4/sda1/errors_count', '7\n');
  file('machine/root/proc/1/net/stat/arp_cache', 'entries  allocs table_fulls\n00000003 0000000a 0000000f\n00000003 00000001 00000000\n');
  file('machine/root/proc/1/net/dev', ' face |bytes errs|bytes errs\n  eth0:   5    1    2   3\n');
  file('machine/root/proc/1/net/netstat', 'TcpExt: A B\nTcpExt: 1 2\nIpExt: C\nIpExt: 3\n');
  file('machine/root/etc/hostname', 'worker-7\n');
  file('machine/statfs.json', JSON.stringify({ '/': SPACE, '/dead': 'hung' }));
  file('sick/variant.json', JSON.stringify({ of: 'machine', sick: 'it fell ill', expect: [], edits: [], ...variant }));
  return folder.file('sick');
}

describe('a variant of a recorded host', () => {
  let folder: Folder;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => folder[Symbol.dispose]());

  function open(...edits: readonly object[]): Recording {
    return openRecording(write(folder, { edits }));
  }

  const text = ({ root }: Recording, path: string): string => readFileSync(join(root, path), 'utf8');

  it('tells what it is of, and whose name the node has', () => {
    const { name, node, title } = recordedHost(write(folder, {}));
    assert.deepEqual({ name, node, title }, { name: 'sick', node: 'worker-7', title: 'machine (sick): it fell ill' });
    assert.equal(recordedHost(folder.file('machine')).title, 'machine: as it was recorded');
  });

  it('is the machine but for its edits, in a folder of its own that goes with it', () => {
    const recording = open({ file: 'proc/1/mountinfo', replace: '/dev/sda1 rw', with: '/dev/sda1 ro' });
    assert.equal(text(recording, 'proc/1/mountinfo'), '22 1 8:1 / / rw - ext4 /dev/sda1 ro\n');
    assert.equal(text(recording, 'etc/hostname'), 'worker-7\n');
    assert.equal(readFileSync(folder.file('machine/root/proc/1/mountinfo'), 'utf8'), MOUNTINFO);
    recording[Symbol.dispose]();
    assert.isFalse(existsSync(recording.root));
  });

  it('has files that the machine has not, others no longer, and folders of as many entries as it says', () => {
    using recording = open(
      { file: 'proc/pressure/io', text: 'x\n' },
      { file: 'proc/pressure/cpu', text: ['some', 'full'] },
      { file: 'sys/fs', remove: true },
      { folder: 'proc/1/fd', entries: 2, link: 'anon_inode:inotify' },
      { folder: 'proc/1/fdinfo', entries: 3 },
    );
    assert.equal(text(recording, 'proc/pressure/io') + text(recording, 'proc/pressure/cpu'), 'x\nsome\nfull\n');
    assert.deepEqual(readdirSync(join(recording.root, 'sys')), []);
    assert.deepEqual(readdirSync(join(recording.root, 'proc/1/fdinfo')), ['0', '1', '2']);
    assert.deepEqual(['0', '1'].map((name) => readlinkSync(join(recording.root, 'proc/1/fd', name))), Array(2).fill('anon_inode:inotify'));
  });

  it('counts further in a file of one number, after one word of a file of many, in a column of a table, and in one line of it', () => {
    using recording = open(
      { file: 'sys/fs/ext4/sda1/errors_count', add: 18_446_744 },
      { file: 'proc/vmstat', field: 'oom_kill', add: -2 },
      { file: 'proc/1/net/stat/arp_cache', column: 'table_fulls', add: 1 },
      { file: 'proc/1/net/dev', field: 'eth0', column: 'errs', add: 11 },
      { file: 'proc/1/net/netstat', field: 'TcpExt', column: 'B', add: 5 },
    );
    assert.equal(text(recording, 'proc/1/net/dev'), ' face |bytes errs|bytes errs\n  eth0:   5    12    2   3\n');
    assert.equal(text(recording, 'proc/1/net/netstat'), 'TcpExt: A B\nTcpExt: 1 7\nIpExt: C\nIpExt: 3\n');
    assert.equal(text(recording, 'proc/1/net/stat/arp_cache'), 'entries  allocs table_fulls\n00000003 0000000a 00000010\n00000003 00000001 00000000\n');
    assert.equal(text(recording, 'sys/fs/ext4/sda1/errors_count'), '18446751\n');
    assert.equal(text(recording, 'proc/vmstat'), 'nr_free_pages 12\noom_kill 1\noom_kill_cgroup 5\n');
  });

  it('answers statfs with the recorded numbers, the edited ones, an error, silence, or that it does not know the mount point', async () => {
    using recording = open({ statfs: '/', availableBytes: 1 }, { statfs: '/new', ...SPACE }, { statfs: '/hung', hung: true }, { statfs: '/bad', refusal: 'Input/output error' });
    const answers = await Promise.all(['/', '/new', '/bad', '/elsewhere'].map((mountPoint) => recording.probe.probe({ ...ROOT, mountPoint })));
    assert.deepEqual(answers, [
      { kind: 'ok', ...SPACE, availableBytes: 1 },
      { kind: 'ok', ...SPACE },
      { kind: 'failed', message: '/bad: Input/output error', refusal: 'Input/output error' },
      { kind: 'not-visible', message: '/elsewhere: is not in this recording' },
    ]);
    for (const mountPoint of ['/dead', '/hung']) assert.equal((await recording.probe.probe({ ...ROOT, mountPoint })).kind, 'stuck');
  });

  it('grows older by 30 s with each step, and with it what goes on as long as it is sick', () => {
    using recording = openRecording(write(folder, {
      edits: [{ file: 'proc/vmstat', field: 'oom_kill', add: 10 }],
      later: [{ file: 'proc/vmstat', field: 'oom_kill', add: 1 }],
    }));
    const now = (): string => `${text(recording, 'proc/uptime')}${/oom_kill \d+/.exec(text(recording, 'proc/vmstat'))?.[0] ?? ''}`;
    assert.equal(now(), '99.50 12.00\noom_kill 13');
    recording.step();
    recording.step();
    assert.equal(now(), '159.50 12.00\noom_kill 15');
    recording.recover();
    assert.equal(now(), '159.50 12.00\noom_kill 5');
    recording.step();
    assert.equal(now(), '189.50 12.00\noom_kill 5');
    recording.fallSick();
    assert.equal(now(), '189.50 12.00\noom_kill 15');
  });

  it('of a variant keeps what happened before when it recovers', () => {
    const path = write(folder, { of: 'before', edits: [{ file: 'proc/vmstat', field: 'oom_kill', add: 1 }] });
    mkdirSync(folder.file('before'));
    const before = { of: 'machine', sick: 'it was another', expect: [], edits: [{ file: 'proc/vmstat', field: 'oom_kill', add: 100 }] };
    writeFileSync(folder.file('before/variant.json'), JSON.stringify(before));
    using recording = openRecording(path);
    const count = (): string | undefined => /oom_kill (\d+)/.exec(text(recording, 'proc/vmstat'))?.[1];
    assert.deepEqual([recording.title, count()], ['machine (sick): it fell ill', '104']);
    recording.recover();
    assert.equal(count(), '103');
  });

  it('of itself is of no machine', () => {
    const path = write(folder, { of: 'sick' });
    assert.throws(() => recordedHost(path), `${join(path, 'variant.json')}: of: expected a machine at last, after at most 4 variants`);
  });

  const wrong: readonly { readonly edit: unknown; readonly says: string }[] = [
    { edit: { file: 'proc/vmstat', replace: 'oom_kills', with: '' }, says: 'edits[0] (proc/vmstat): "oom_kills" does not stand in the file' },
    { edit: { file: 'proc/vmstat', replace: 'oom_kill', with: '' }, says: 'edits[0] (proc/vmstat): "oom_kill" stands 2 times in the file; say more of the line' },
    { edit: { file: 'proc/vmstat', replace: '', with: 'x' }, says: 'edits[0].replace: expected a text, got an empty one' },
    { edit: { file: 'proc/none', replace: 'a', with: 'b' }, says: "edits[0] (proc/none): ENOENT: no such file or directory, open '/proc/none'" },
    { edit: { file: 'proc/none', remove: true }, says: "edits[0] (proc/none): ENOENT: no such file or directory, lstat '/proc/none'" },
    { edit: { file: 'proc/vmstat', add: 1 }, says: 'edits[0] (proc/vmstat): expected one number and nothing else in the file' },
    { edit: { file: 'proc/vmstat', add: 1, field: 'oom' }, says: 'edits[0] (proc/vmstat): expected one line of the file that is "oom" and a number' },
    { edit: { file: 'proc/vmstat', add: -4, field: 'oom_kill' }, says: 'edits[0] (proc/vmstat): 3 and -4 make a number below 0' },
    { edit: { file: 'proc/vmstat', add: 1, column: 'oom_kill' }, says: 'edits[0] (proc/vmstat): expected a table with a column "oom_kill" of hexadecimal numbers' },
    { edit: { file: 'proc/1/net/dev', add: 1, field: 'eth1', column: 'errs' }, says: 'edits[0] (proc/1/net/dev): expected a column "errs", and below it a line "eth1" with a number' },
    { edit: { file: 'proc/vmstat', add: 0.5 }, says: 'edits[0].add: expected a whole number, got "0.5"' },
    { edit: { file: '../machine/statfs.json', text: '' }, says: 'edits[0].file: expected a path below proc, sys, etc, dev, run, var, smi or clock, got "../machine/statfs.json"' },
    { edit: { file: 'proc/../../x', text: '' }, says: 'edits[0].file: expected a path below proc, sys, etc, dev, run, var, smi or clock, got "proc/../../x"' },
    { edit: { file: '/proc/vmstat', text: '' }, says: 'edits[0].file: expected a path below proc, sys, etc, dev, run, var, smi or clock, got "/proc/vmstat"' },
    { edit: { file: 'proc/vmstat', text: ['a', 1] }, says: 'edits[0].text[1]: expected a text' },
    { edit: { folder: 'proc/1/fd', entries: -1 }, says: 'edits[0].entries: expected a whole number ≥ 0, got "-1"' },
    { edit: { statfs: '/data', availableBytes: 1 }, says: 'edits[0] (/data): has no numbers yet, so it needs all of totalBytes, freeBytes, availableBytes, inodes, inodesFree' },
    { edit: { statfs: '/', hung: false }, says: 'edits[0].hung: expected true, and nothing beside it' },
    { edit: { file: 'proc/vmstat', texts: '' }, says: 'edits[0]: the keys "file", "texts" form no edit; known are {file, replace, with}, {file, text}, {file, remove: true}, {file, add, field?, column?}, {folder, entries, link?}, {processes, from, stat}, {file, link}, {statfs, ...}, {statfs, field, add}, {kmsg}, {gpu, element, text or add}, {gpu, remove: true}, {smi}' },
    { edit: 'rm', says: 'edits[0]: expected an object, got "\\"rm\\""' },
  ];
  for (const { edit, says } of wrong) {
    it(`with a wrong edit says which, and why: ${says}`, () => {
      const variant = write(folder, { edits: [edit] });
      assert.throws(() => openRecording(variant), `${join(variant, 'variant.json')}: ${says}`);
    });
  }

  const broken: readonly { readonly variant: object; readonly says: string }[] = [
    { variant: { latter: [] }, says: 'unknown key "latter"; known are of, sick, expect, edits, later, sudden, lasting' },
    { variant: { sick: '' }, says: 'sick: expected a text, got "\\"\\""' },
    { variant: { edits: {} }, says: 'edits: expected a list, got "{}"' },
    { variant: { later: [{ file: 'proc/x', add: '1' }] }, says: 'later[0].add: expected a whole number, got "\\"1\\""' },
  ];
  for (const { variant, says } of broken) {
    it(`that is not understood says where: ${says}`, () => {
      const path = write(folder, variant);
      assert.throws(() => recordedHost(path), `${join(path, 'variant.json')}: ${says}`);
    });
  }

  it('of a machine that is not there says so', () => {
    const path = write(folder, { of: 'nowhere' });
    assert.throws(() => recordedHost(path), `${path}: expected a folder root with proc in ${folder.file('nowhere')}`);
  });

  it('with statfs numbers that are not whole says of which mount point', () => {
    const path = write(folder, {});
    writeFileSync(folder.file('machine/statfs.json'), '{"/": {"totalBytes": 1}}');
    assert.throws(
      () => openRecording(path),
      `${folder.file('machine/statfs.json')}: /: expected "hung", {"refusal": "..."} or the numbers totalBytes, freeBytes, availableBytes, inodes, inodesFree, got "{\\"totalBytes\\":1}"`,
    );
  });
});

describe('a command on a recorded host', () => {
  const known = /^npd-plugins: no recorded host "no-such-host"; known are (?:[a-z0-9.-]+, )*sick-node(?:, [a-z0-9.-]+)*, or give a folder as \.\/NAME\n$/;
  const commands = { demo: ['demo', '--host'], check: ['check', 'host-inspector', '--recording'], serve: ['serve', 'host-inspector', '--recording'] };
  for (const [name, argv] of Object.entries(commands)) {
    it(`${name}: that is not known lists those that are`, async () => {
      const { code, stdout, stderr } = await say([...argv, 'no-such-host']);
      assert.deepEqual([code, stdout], [64, '']);
      assert.match(stderr, known);
    });

    it(`${name}: beside a host root cannot tell which one is meant`, async () => {
      const stderr = `npd-plugins: ${name === 'demo' ? '--host and --host-root' : '--host-root and --recording'}: give only one of them\n`;
      assert.deepEqual(await say([...argv, 'sick-node', '--host-root', '/']), { code: 64, stdout: '', stderr });
    });
  }

  it('check: names the node as it was recorded, and says on standard error and below the name that it is a recording', async () => {
    const note = 'recording of firecracker-vm-6.18: as it was recorded';
    const said = await say(['check', 'host-inspector', '--recording', 'firecracker-vm-6.18'], { NODE_NAME: 'this-machine' });
    assert.deepEqual([said.code, said.stderr], [0, `npd-plugins: ${note}\n`]);
    assert.deepEqual(said.stdout.split('\n').slice(0, 3), ['Name:  worker-1', note, 'Conditions:']);
  });
});
