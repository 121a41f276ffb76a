import { lstatSync, readdirSync } from 'node:fs';

import { assert } from 'chai';

import { listenAt } from '../../../plugins/rpc/listener.ts';
import { temporaryFolder } from '../../support/eventually.ts';

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
