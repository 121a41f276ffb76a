import { assert } from 'chai';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

describe('a hook of a test file', () => {
  it('stands in a describe: outside of any it would run before or after every test of all files', () => {
    const files = globSync('test/{unit,e2e,root,manifests}/**/*.test.ts', { cwd: ROOT });
    assert.isAbove(files.length, 200);
    assert.deepEqual(files.filter((file) => /^(?:before|after)(?:Each)?\(/m.test(readFileSync(join(ROOT, file), 'utf8'))), []);
  });
});
