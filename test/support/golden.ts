import { assert } from 'chai';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../golden');

/** Compares with `test/golden/NAME`. With UPDATE_GOLDEN=1 the file is written instead; what changed is for the reviewer. */
export function assertGolden(name: string, text: string): void {
  const path = join(FOLDER, name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  assert.equal(text, readFileSync(path, 'utf8'), `differs from test/golden/${name}; if that is meant, run with UPDATE_GOLDEN=1`);
}
