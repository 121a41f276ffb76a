import { assert } from 'chai';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/** A line of nothing but capitals, or a mark of what is still to be done. */
const PLACEHOLDER = /^[A-Z][A-Z ]+$|\b(?:TODO|TBD|FIXME|XXX)\b/;

/** Terminal output and file contents in code blocks, of lists too, are quoted as they are. */
function prose(text: string): readonly string[] {
  return text.replaceAll(/^ *```[^]*?^ *```/gm, '').split('\n').map((line) => line.trim());
}

describe('the documents', () => {
  for (const path of globSync('{*.md,docs/**/*.md,test/**/*.md}', { cwd: ROOT }).toSorted()) {
    it(`hold no placeholder: ${path}`, () => {
      assert.deepEqual(prose(readFileSync(join(ROOT, path), 'utf8')).filter((line) => PLACEHOLDER.test(line)), []);
    });
  }
});
