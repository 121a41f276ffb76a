import { lstatSync, readdirSync, writeFileSync } from 'node:fs';

import { assert } from 'chai';

import { codeOf } from '../../../plugins/core/errors.ts';
import { listenAt } from '../../../plugins/rpc/listener.ts';
import { temporaryFolder } from '../../support/eventually.ts';

describe('the folder of a socket', () => {
  it('is made with all folders above it', async () => {
    using folder = temporaryFolder();
    const listener = await listenAt(folder.file('a/b/c/x.sock'), () => {}, () => true);
    assert.deepEqual(readdirSync(folder.file('a/b/c')), ['x.sock']);
    listener.close();
  });

  it('that nobody can make is refused, also below /proc', async () => {
    using folder = temporaryFolder();
    writeFileSync(folder.file('file'), '');
    for (const [path, code] of [['/proc/nowhere/a/x.sock', 'ENOENT'], [folder.file('file/a/x.sock'), 'ENOTDIR']] as const) {
      assert.equal(codeOf(await listenAt(path, () => {}, () => true).catch((error: unknown) => error)), code);
    }
  });
});

describe('a socket that is no longer wanted when it could be put in place', () => {
  it('leaves everything as it was', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.sock');
    const first = await listenAt(path, () => {}, () => true);
    const { ino } = lstatSync(path, { bigint: true });
    const failure = await listenAt(path, () => {}, () => false).then(() => 'listens', (error: unknown) => (error as Error).message);
    assert.deepEqual([failure, readdirSync(folder.path), lstatSync(path, { bigint: true }).ino], ['no longer wanted', ['a.sock'], ino]);
    first.close();
  });
});
