import { assert } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentParts, withPart } from '../../../scripts/document-parts.ts';

const ROOT = join(import.meta.dirname, '../../..');

describe('a part of a document that is made from code', () => {
  for (const part of documentParts()) {
    it(`is as npm run generate makes it: ${part.name} of ${part.file}`, () => {
      const text = readFileSync(join(ROOT, part.file), 'utf8');
      assert.isNotEmpty(part.lines);
      assert.equal(text, withPart(text, part));
    });
  }

  it('has marks, or says which are missing', () => {
    const part = { file: 'x.md', name: 'rows', lines: ['| $& |'] };
    assert.equal(withPart('a\n<!-- rows -->\nold\n<!-- /rows -->\nb', part), 'a\n<!-- rows -->\n| $& |\n<!-- /rows -->\nb');
    assert.throws(() => withPart('a', part), 'x.md: no <!-- rows --> and <!-- /rows -->');
  });
});
