import { assert } from 'chai';
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from '../../support/command-line.ts';
import { temporaryFolder } from '../../support/eventually.ts';
import { assertGolden } from '../../support/golden.ts';
import { socketTable } from '../../support/host-tree-ports.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

/** A node with a process that has a socket open. */
function node(): HostTree {
  const host = hostTree();
  host.write('proc/812/comm', 'kubelet\n');
  host.write('proc/812/cgroup', '0::/system.slice/kubelet.service\n');
  mkdirSync(join(host.root, 'proc/812/fd'), { recursive: true });
  for (const [descriptor, inode] of [[3, 5001], [4, 5005]] as const) symlinkSync(`socket:[${inode}]`, join(host.root, `proc/812/fd/${descriptor}`));
  return host;
}

const ports = (host: HostTree, ...args: readonly string[]) => say(['ports', '--host-root', host.root, ...args]);

/** The time of the look differs from run to run, nothing else does. */
function timeless(text: string): string {
  return text.replace(/"generatedAt": "[^"]+"/, '"generatedAt": ""');
}

describe('ports', () => {
  for (const format of ['text', 'json', 'plain']) {
    it(`--format ${format} is what reviewers have seen`, async () => {
      using host = node();
      const { code, stdout, stderr } = await ports(host, '--format', format);
      assert.deepEqual([code, stderr], [0, '']);
      assertGolden(`cli/ports.${format === 'json' ? 'json' : `${format}.txt`}`, timeless(stdout));
    });
  }

  it('--format plain has each TCP port once that can be reached from outside, by number', async () => {
    using host = node();
    host.write('proc/1/net/tcp', socketTable('tcp', ['0.0.0.0:9100', '10.0.0.1:443', '10.0.0.2:443', '127.0.0.1:6060', '0.0.0.0:22'].map((local) => ({ local }))));
    host.write('proc/1/net/tcp6', socketTable('tcp6', ['[::]:9100', '[::1]:631', '[::ffff:127.0.0.1]:25', '[::ffff:10.0.0.1]:80'].map((local) => ({ local }))));
    assert.equal((await ports(host, '--format', 'plain', '--node-name', 'n1')).stdout, 'n1\n22\n80\n443\n9100\n');
  });

  it('of a table that cannot be read says so, in the exit code too; a plain list that is not whole is none', async () => {
    using host = node();
    const says = `npd-plugins: /proc/1/net/tcp6:1: expected a header "sl local_address ...", got "x"\n`;
    host.write('proc/1/net/tcp6', 'x');
    const text = await ports(host);
    assert.deepEqual([text.code, text.stderr], [2, says]);
    assert.include(text.stdout, 'Not read: /proc/1/net/tcp6:1: expected a header');
    const json = await ports(host, '--format', 'json');
    assert.deepEqual((JSON.parse(json.stdout) as { gaps: unknown }).gaps, [{ path: '/proc/1/net/tcp6', kind: 'failed', message: says.slice('npd-plugins: '.length, -1) }]);
    using folder = temporaryFolder();
    assert.deepEqual(await ports(host, '--format', 'plain', '--report-dir', folder.path), { code: 2, stdout: '', stderr: says });
    assert.deepEqual(readdirSync(folder.path), []);
    host.write('proc/1/net/tcp6', socketTable('tcp6', []));
    host.write('proc/1/net/udp', 'x');
    assert.deepEqual((await ports(host, '--format', 'plain')).stdout, 'worker-1\n22\n');
  });

  it('of a recording is labelled as one', async () => {
    const { stdout } = await say(['ports', '--recording', 'listening-ports']);
    assert.include(stdout, 'recording of firecracker-vm-6.18 (listening-ports)');
    const { note } = JSON.parse((await say(['ports', '--recording', 'listening-ports', '--format', 'json'])).stdout) as { note: string };
    assert.match(note, /^recording of firecracker-vm-6\.18 /);
    assert.include(stdout, 'Not seen: processes (they are not recorded)\n');
    assert.notInclude(stdout, '(kernel)');
  });

  it('with a wrong flag says what is wrong', async () => {
    using host = node();
    const said = async (...args: readonly string[]) => {
      const { code, stderr } = await ports(host, ...args);
      return [code, stderr];
    };
    assert.deepEqual(await said('--format', 'xml'), [64, 'npd-plugins: --format: expected one of text, json, plain, got "xml"\n']);
    assert.deepEqual(await said('--keep', '0', '--report-dir', '/x'), [64, 'npd-plugins: --keep: expected a whole number ≥ 1, got "0"\n']);
    assert.deepEqual(await said('--keep', '3'), [64, 'npd-plugins: --keep: only with --report-dir\n']);
  });
});

describe('a folder of port reports', () => {
  const NAME = /^ports-\d{8}T\d{6}Z-worker-1\.txt$/;

  it('gets a file of each run, as it was printed, for everybody to read', async () => {
    using host = node();
    using folder = temporaryFolder();
    const { code, stdout, stderr } = await ports(host, '--format', 'plain', '--report-dir', folder.path);
    const [name = '', ...more] = readdirSync(folder.path);
    assert.deepEqual([code, stderr, more], [0, '', []]);
    assert.match(name, NAME);
    assert.equal(readFileSync(folder.file(name), 'utf8'), stdout);
    assert.equal(statSync(folder.file(name)).mode & 0o777, 0o644);
  });

  it('is named by the variables of the open-ports collector, too; an empty one names none', async () => {
    using host = node();
    using folder = temporaryFolder();
    for (const env of [{ PATH_REPORTS: folder.path, PATH_REPORT: '/nowhere' }, { PATH_REPORTS: '', PATH_REPORT: folder.path }, { PATH_REPORTS: '', PATH_REPORT: '' }]) {
      assert.equal((await say(['ports', '--host-root', host.root, '--format', 'json'], env)).code, 0);
    }
    // Both within a second have one name.
    assert.isAtLeast(readdirSync(folder.path).length, 1);
    assert.isAtMost(readdirSync(folder.path).length, 2);
  });

  it('keeps the newest of this node and form, and leaves all else alone', async () => {
    using host = node();
    using folder = temporaryFolder();
    const old = ['01', '02', '03', '04'].map((day) => `ports-202501${day}T030000Z-worker-1.txt`);
    const others = [
      'ports-20250101T030000Z-worker-11.txt', 'ports-20250101T030000Z-my-worker-1.txt', 'ports-20250101T030000Z-worker-1.json', 'ports-20250101T0300Z-worker-1.txt',
      'report-20250101T030000Z-worker-1.txt', 'notes.txt', 'ports-20250101T030000Z-worker-1.txt.bak', '.ports-20250101T030000Z-worker-1.txt', '-rf', 'ports-99991231T000000Z-worker-2.txt',
    ];
    for (const name of [...old, ...others]) writeFileSync(folder.file(name), '');
    assert.equal((await ports(host, '--report-dir', folder.path, '--keep', '3')).code, 0);
    const left = readdirSync(folder.path);
    assert.includeMembers(left, others);
    const own = left.filter((name) => NAME.test(name)).toSorted();
    assert.deepEqual([own.slice(0, 2), own.length], [old.slice(2), 3]);
  });

  it('keeps the file of this run, also where the clock was ahead before', async () => {
    using host = node();
    using folder = temporaryFolder();
    for (const year of [2097, 2098, 2099]) writeFileSync(folder.file(`ports-${year}0101T000000Z-worker-1.txt`), '');
    assert.equal((await ports(host, '--report-dir', folder.path, '--keep', '1')).code, 0);
    const [name = '', ...more] = readdirSync(folder.path);
    assert.deepEqual([more, name < 'ports-2097'], [[], true]);
  });

  it('may have more to remove than one program takes', async () => {
    using host = node();
    using folder = temporaryFolder();
    for (let index = 0; index < 250; index++) writeFileSync(folder.file(`ports-2025${String(1_000_000 + index).slice(1, 5)}T000${String(index).padStart(3, '0')}Z-worker-1.txt`), '');
    assert.equal((await ports(host, '--report-dir', folder.path, '--keep', '2')).code, 0);
    assert.lengthOf(readdirSync(folder.path), 2);
  });

  it('gets names that are no path, whatever the node is called', async () => {
    using host = node();
    using folder = temporaryFolder();
    assert.equal((await ports(host, '--report-dir', folder.path, '--node-name', '../a b/é')).code, 0);
    assert.match(readdirSync(folder.path).join(), /^ports-\d{8}T\d{6}Z-\.\.%2Fa%20b%2F%C3%A9\.txt$/);
  });

  const REMEDY = 'give a folder that is there, writable for this user and not full';

  it('that is not there, or is none, is named with the remedy, and the answer is not lost', async () => {
    using host = node();
    using folder = temporaryFolder();
    const absent = folder.file('absent');
    const { code, stdout, stderr } = await ports(host, '--format', 'plain', '--report-dir', absent);
    assert.deepEqual({ code, stdout, stderr }, { code: 64, stdout: 'worker-1\n22\n10250\n', stderr: `npd-plugins: --report-dir: ${absent}: no such file or directory; ${REMEDY}\n` });
    writeFileSync(folder.file('file'), '');
    const ofFile = await say(['ports', '--host-root', host.root], { PATH_REPORT: folder.file('file') });
    assert.deepEqual([ofFile.code, ofFile.stderr], [64, `npd-plugins: environment variable PATH_REPORT: ${folder.file('file')}: not a directory; ${REMEDY}\n`]);
  });

  it('that is read-only is named with the remedy', async function () {
    if (process.getuid?.() === 0) this.skip();
    using host = node();
    using folder = temporaryFolder();
    chmodSync(folder.path, 0o555);
    const { code, stderr } = await ports(host, '--report-dir', folder.path);
    assert.equal(code, 64);
    assert.match(stderr, /^npd-plugins: --report-dir: .*\/ports-[^ ]+: permission denied; give a folder that is there, writable for this user and not full\n$/);
    chmodSync(folder.path, 0o755);
    assert.deepEqual(readdirSync(folder.path), []);
  });
});
