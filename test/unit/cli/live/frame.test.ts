import { assert } from 'chai';
import * as fc from 'fast-check';
import { ENTER, LEAVE, frame } from '../../../../cli/live/frame.ts';
import { terminalPicture } from '../../../support/terminal-picture.ts';

const ROWS = 6;
const SIZE = { columns: 20, rows: ROWS };
const anyLine = fc.string({ unit: 'grapheme-ascii', maxLength: 20 }).map((text) => text.trimEnd());
const anyPicture = fc.array(anyLine, { maxLength: ROWS });

/** The lines that a terminal shows after the pictures, drawn one after the other. */
function drawn(pictures: readonly (readonly string[])[]): readonly string[] {
  const texts = pictures.map((lines, index) => frame(pictures[index - 1], lines, SIZE));
  return terminalPicture(ENTER + texts.join(''), ROWS).lines;
}

describe('a frame', () => {
  it('leaves the last picture on the screen, whatever stood there before', () => {
    fc.assert(fc.property(fc.array(anyPicture, { minLength: 1, maxLength: 4 }), (pictures) => {
      const last = pictures.at(-1) ?? [];
      const shown = drawn(pictures);
      assert.deepEqual(shown.slice(0, last.length), last);
      assert.deepEqual(shown.slice(last.length).join(''), '');
    }));
  });

  it('is nothing where nothing has changed, and one row where one has', () => {
    assert.equal(frame(['a', 'b'], ['a', 'b'], SIZE), '');
    assert.equal(frame(['a', 'b', 'c'], ['a', 'B', 'c'], SIZE), '\u001b[2H\u001b[KB');
  });

  it('clears the rows that are there no more', () => {
    assert.equal(frame(['a', 'b'], ['a'], SIZE), '\u001b[2H\u001b[K');
  });

  it('drawn over an unknown screen clears all of it without erasing it first', () => {
    assert.equal(frame(undefined, ['a'], SIZE), '\u001b[H\u001b[1H\u001b[Ka\u001b[2H\u001b[J');
    assert.equal(frame(undefined, ['a', 'b'], { columns: 1, rows: 2 }), '\u001b[H\u001b[1H\u001b[Ka\u001b[2H\u001b[Kb');
  });
});

describe('the screen', () => {
  it('is taken over and given back with everything that was changed', () => {
    const before = 'what stood there';
    const after = terminalPicture(`${before}${ENTER}${frame(undefined, ['\u001b[7mx'], SIZE)}${LEAVE}!`, ROWS);
    assert.deepEqual(after, { lines: [`${before}!`], isAlternate: false, isCursorShown: true, isWrapping: true, reversedRows: [] });
  });
});
