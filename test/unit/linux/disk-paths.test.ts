import { assert } from 'chai';
import * as fc from 'fast-check';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import type { RunChild } from '../../../plugins/linux/child.ts';
import { lookAtPaths, readDiskFiles } from '../../../plugins/linux/disk-paths.ts';
import { type Folder, temporaryFolder } from '../../support/eventually.ts';

const options = { timeoutMs: 5_000 };
const hung: RunChild = async () => ({ kind: 'timed-out', atDeadline: { state: 'D', cpuMs: 0 } });

function write(folder: Folder, path: string, text: string | Buffer): void {
  mkdirSync(dirname(folder.file(path)), { recursive: true });
  writeFileSync(folder.file(path), text);
}

describe('small files that may lie on a disk, read together', () => {
  it('are told one by one, with what is missing and what is no file', async () => {
    using folder = temporaryFolder();
    write(folder, 'etc/hostname', 'worker-1\n');
    write(folder, 'etc/empty', '');
    write(folder, 'etc/no-newline', 'UTC');
    mkdirSync(folder.file('etc/folder'));
    const read = await readDiskFiles(folder.path, ['etc/empty', 'etc/hostname', 'etc/none', 'etc/no-newline', 'etc/folder', 'etc/empty2'], options);
    assert.deepEqual([...read].map(([path, outcome]) => [path, outcome.kind, outcome.kind === 'ok' ? outcome.value : outcome.message.replace(folder.path, 'ROOT')]), [
      ['etc/empty', 'ok', ''],
      ['etc/hostname', 'ok', 'worker-1\n'],
      ['etc/none', 'absent', '/etc/none (as ROOT/etc/none): no such file or directory'],
      ['etc/no-newline', 'ok', 'UTC'],
      ['etc/folder', 'failed', '/etc/folder (as ROOT/etc/folder): is a directory'],
      ['etc/empty2', 'absent', '/etc/empty2 (as ROOT/etc/empty2): no such file or directory'],
    ]);
  });

  it('whatever they hold', async () => {
    using folder = temporaryFolder();
    const piece = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('', '\n', '==> x <==\n', `==> ${folder.path}/etc/c <==\n`.replace('etc/c', 'etc/other')));
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 3, maxLength: 3 }), async (texts) => {
        for (const [index, text] of texts.entries()) write(folder, `etc/f${index}`, text);
        const read = await readDiskFiles(folder.path, ['etc/f0', 'etc/f1', 'etc/f2'], options);
        assert.deepEqual([...read.values()], texts.map((value) => ({ kind: 'ok', value })));
      }),
      { numRuns: 30 },
    );
  });

  it('a longer one is refused, and a disk that does not answer is told of each', async () => {
    using folder = temporaryFolder();
    write(folder, 'etc/long', Buffer.alloc(65_537, 0x61));
    write(folder, 'etc/short', 'x\n');
    const read = await readDiskFiles(folder.path, ['etc/long', 'etc/short'], options);
    assert.deepEqual([...read.values()].map(({ kind }) => kind), ['failed', 'ok']);
    const stuck = await readDiskFiles('/', ['etc/a', 'etc/b'], { ...options, run: hung });
    assert.deepEqual([...stuck.values()].map((outcome) => ('message' in outcome ? outcome.message : '')), ['/etc/a', '/etc/b'].map((path) => `${path}: no answer within 5000 ms`));
  });
});

describe('what lies at paths on a disk', () => {
  it('is told with the targets of links, which are not followed', async () => {
    using folder = temporaryFolder();
    write(folder, 'run/file', 'x');
    symlinkSync('/usr/share/zoneinfo/Europe/Berlin', folder.file('run/link'));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(folder.file('run/a.sock'), resolve));
    try {
      const found = await lookAtPaths(folder.path, ['run', 'run/file', 'run/link', 'run/a.sock', 'run/none', 'run/file/below'], options);
      assert.deepEqual(found, {
        kind: 'ok',
        value: new Map([
          ['run', { type: 'directory', target: undefined }],
          ['run/file', { type: 'regular file', target: undefined }],
          ['run/link', { type: 'symbolic link', target: '/usr/share/zoneinfo/Europe/Berlin' }],
          ['run/a.sock', { type: 'socket', target: undefined }],
        ]),
      });
    } finally {
      server.close();
    }
  });

  it('is nothing where nothing lies, and a failure where the disk does not answer', async () => {
    using folder = temporaryFolder();
    assert.deepEqual(await lookAtPaths(folder.path, ['none'], options), { kind: 'ok', value: new Map() });
    assert.deepEqual(await lookAtPaths('/', ['run'], { ...options, run: hung }), { kind: 'failed', message: '/run: no answer within 5000 ms' });
  });
});
