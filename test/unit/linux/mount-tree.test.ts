import { assert } from 'chai';
import { mountTree } from '../../../plugins/linux/mount-tree.ts';
import { parseMountinfo } from '../../../plugins/linux/proc/mountinfo.ts';

/** Lines of `id parent mountPoint`; the id is also the device's minor number. */
const parse = (...lines: readonly string[]) =>
  parseMountinfo(
    lines
      .map((line) => {
        const [id, parent, mountPoint] = line.split(' ');
        return `${id} ${parent} 8:${id} / ${mountPoint} rw - ext4 /dev/x rw\n`;
      })
      .join(''),
  );

describe('a path in a mount table', () => {
  const table: readonly { readonly name: string; readonly lines: readonly string[]; readonly leads: Readonly<Record<string, number>> }[] = [
    {
      name: 'leads to the deepest mount on its way',
      lines: ['1 0 /', '2 1 /var', '3 2 /var/lib'],
      leads: { '/': 1, '/etc': 1, '/var': 2, '/var/log': 2, '/var/lib': 3, '/var/lib/a/b': 3, '/variant': 1 },
    },
    {
      name: 'leads to the upper of two mounts on one place',
      lines: ['1 0 /', '2 1 /data', '3 2 /data'],
      leads: { '/data': 3, '/data/x': 3 },
    },
    {
      name: 'does not lead to a mount that a later one on a folder above hides',
      lines: ['1 0 /', '2 1 /a/b', '3 1 /a'],
      leads: { '/a/b': 3, '/a': 3 },
    },
    {
      name: 'leads to what was mounted on top of the one that hides',
      lines: ['1 0 /', '2 1 /a/b', '3 1 /a', '4 3 /a/b'],
      leads: { '/a/b': 4 },
    },
    {
      name: 'leads to a second root on top of the first',
      lines: ['1 0 /', '2 1 /', '3 1 /old', '4 2 /new'],
      leads: { '/': 2, '/old': 2, '/new': 4 },
    },
    {
      name: 'begins at a root that names itself as its parent',
      lines: ['1 1 /', '2 1 /x'],
      leads: { '/': 1, '/x': 2 },
    },
    {
      name: 'leads to a mount whose parent is missing, as in a chroot or where a line was lost',
      lines: ['4 3 /srv/data', '1 0 /', '5 4 /srv/data/x', '6 7 /proc', '8 9 /srv/data/x/y'],
      leads: { '/srv': 1, '/srv/data': 4, '/srv/data/x': 5, '/srv/data/x/y': 8, '/srv/data/x/y/z': 8, '/proc': 6 },
    },
    {
      name: 'leads to a mount that lies outside of its parent',
      lines: ['1 0 /', '2 1 /data', '3 2 /srv', '4 3 /srv/x'],
      leads: { '/data': 2, '/data/srv': 2, '/srv': 3, '/srv/x': 4 },
    },
    {
      name: 'ends in a table that is broken',
      lines: ['1 0 /', '2 3 /a', '3 2 /a'],
      leads: { '/a': 1 },
    },
  ];
  for (const { name, lines, leads } of table) {
    it(name, () => {
      const mountAt = mountTree(parse(...lines));
      assert.deepEqual(Object.fromEntries(Object.keys(leads).map((path) => [path, mountAt(path).mountId])), leads);
    });
  }

  const rootless: readonly (readonly [readonly string[], string])[] = [
    [[], 'none'],
    [['2 1 /var', '3 2 /var/lib'], 'none'],
    [['1 2 /', '2 1 /'], 'none'],
    [['1 0 /', '2 1 /data', '5 4 /'], '2'],
  ];
  for (const [lines, count] of rootless) {
    it(`of ${lines.join(', ') || 'no line'} leads nowhere, for nobody can tell what the root is`, () => {
      const mounts = lines.length === 0 ? [] : parse(...lines);
      assert.throws(() => mountTree(mounts), `/proc/1/mountinfo: expected one mount at / that lies on no other, got "${count}"`);
    });
  }
});
