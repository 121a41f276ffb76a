import { assert } from 'chai';
import { copyOf, hasOption, optionValue, parseMountinfo } from '../../../../plugins/linux/proc/mountinfo.ts';

const only = (line: string) => {
  const [mount, ...more] = parseMountinfo(`${line}\n`);
  assert(mount !== undefined && more.length === 0);
  return mount;
};

describe('/proc/<pid>/mountinfo', () => {
  it('a line is a mount', () => {
    assert.deepEqual(only('29 1 259:2 /data /mnt rw,relatime shared:1 - ext4 /dev/nvme0n1p2 ro,errors=remount-ro'), {
      mountId: 29,
      parentId: 1,
      device: { major: 259, minor: 2 },
      root: '/data',
      mountPoint: '/mnt',
      isMountPointDeleted: false,
      fsType: 'ext4',
      source: '/dev/nvme0n1p2',
      options: 'rw,relatime',
      superOptions: 'ro,errors=remount-ro',
    });
  });

  for (const optional of ['', ' shared:1', ' shared:1 master:2 propagate_from:3 unbindable']) {
    it(`optional fields${optional || ' may be missing'}`, () => {
      const { fsType, source } = only(`29 1 259:2 / / rw${optional} - xfs /dev/sda1 rw`);
      assert.deepEqual([fsType, source], ['xfs', '/dev/sda1']);
    });
  }

  const paths: readonly (readonly [string, string])[] = [
    [String.raw`/a\040b`, '/a b'],
    [String.raw`/a\011b\012c`, '/a\tb\nc'],
    [String.raw`/a\134040`, String.raw`/a\040`],
    [String.raw`/caf\303\251`, '/café'],
    [String.raw`/\360\237\230\200/x`, '/😀/x'],
    ['/café', '/café'],
    ['/-', '/-'],
    [String.raw`/a\09`, String.raw`/a\09`],
  ];
  for (const [written, path] of paths) {
    it(`the mount point ${written} is ${JSON.stringify(path)}`, () => {
      assert.equal(only(`29 1 259:2 / ${written} rw - ext4 /dev/sda1 rw`).mountPoint, path);
    });
  }

  it('an option is found as a whole only, and its value without escapes', () => {
    const options = String.raw`rw,size=4k,upperdir=/a\054b,ro`;
    const flags = ['rw', 'ro', 'r', 'size', 'size=4k'];
    assert.deepEqual(flags.map((name) => hasOption(options, name)), [true, true, false, false, true]);
    const names = ['size', 'upperdir', 'ize', 'dir', 'rw', 'ro'];
    assert.deepEqual(names.map((name) => optionValue(options, name)), ['4k', '/a,b', undefined, undefined, undefined, undefined]);
    assert.equal(optionValue('size=4k', 'size'), '4k');
  });

  it('a copy of a piece is the same text', () => {
    assert.equal(copyOf('/caf\u00e9/\u{1f600}/\ud800'), '/caf\u00e9/\u{1f600}/\ud800');
  });

  it('an unlinked mount point is marked, for no path leads there', () => {
    const { mountPoint, isMountPointDeleted } = only('29 1 259:2 / /var/x//deleted rw - tmpfs tmpfs rw');
    assert.deepEqual([mountPoint, isMountPointDeleted], ['/var/x', true]);
  });

  it('a bind mount of an unlinked file keeps the word in its root only', () => {
    const { root, mountPoint, isMountPointDeleted } = only('29 1 259:2 /x//deleted /etc/hosts rw - ext4 /dev/sda1 rw');
    assert.deepEqual([root, mountPoint, isMountPointDeleted], ['/x//deleted', '/etc/hosts', false]);
  });

  it('the root of a namespace mount is no path', () => {
    assert.equal(only('29 1 0:4 net:[4026532281] /run/netns/a rw - nsfs nsfs rw').root, 'net:[4026532281]');
  });

  it('a source may be empty', () => {
    assert.equal(only('29 1 0:44 / /x rw - tmpfs  rw').source, '');
  });

  it('the order of the kernel is kept, since the later of two mounts on one path lies on top', () => {
    const mounts = parseMountinfo('30 1 8:1 / /x rw - ext4 /dev/a rw\n31 30 8:2 / /x rw - ext4 /dev/b rw\n');
    assert.deepEqual(mounts.map(({ source }) => source), ['/dev/a', '/dev/b']);
  });

  const LINE = '"<6+ fields> - <3 fields>"';
  const broken: readonly (readonly [string, string])[] = [
    ['', '/proc/1/mountinfo: expected at least one mount, got ""'],
    ...[
      '29 1 259:2 / / rw',
      '29 1 259:2 / / rw - ext4',
      '29 1 259:2 / / - ext4 a rw',
      'x 1 259:2 / / rw - ext4 a rw',
      '29 1 259 / / rw - ext4 a rw',
      '29 1 8:-1 / / rw - ext4 a rw',
      '29 1 8:1 / x rw - ext4 a rw',
      '29 1 8:1  / rw - ext4 a rw',
      '29 1 8:1 / / rw - ext4 a ',
    ].map((line) => [line, `/proc/1/mountinfo:1: expected ${LINE}, got "${line}"`] as const),
    ['29 1 8:1 / / rw - ext4 a rw\n\n', `/proc/1/mountinfo:2: expected ${LINE}, got ""`],
    ['29 1 8:1 / / rw - ext4 a rw', '/proc/1/mountinfo: expected a newline at its end, got "29 1 8:1 / / rw - ext4 a rw"'],
  ];
  for (const [text, message] of broken) {
    it(`refused: ${message}`, () => {
      assert.throws(() => parseMountinfo(text), message);
    });
  }
});
