import { assert } from 'chai';
import * as fc from 'fast-check';
import { cutToWidth, harmless, padToWidth, widthOf, wrapToWidth } from '../../../../cli/live/width.ts';
import { anyText } from '../../../support/arbitraries.ts';

const anyHarmless = anyText.map(harmless);
const anyColumns = fc.integer({ min: 0, max: 60 });

describe('text on a terminal', () => {
  it('takes two columns per wide character and one for any other', () => {
    const table = [['', 0], ['/data', 5], ['größe', 5], ['磁盘', 4], ['ﾊﾝ', 2], ['ハン', 4], ['😀!', 3], ['…', 1]] as const;
    for (const [text, width] of table) assert.equal(widthOf(text), width, text);
  });

  it('holds nothing that moves the cursor, turns the line around or is drawn over its neighbour', () => {
    const table = [['a\u001b[2Jb', 'a?[2Jb'], ['a\u202eb', 'a?b'], ['a\u200db', 'a?b'], ['x\u0489', 'x?'], ['e\u0301', 'é'], ['a\nb', 'a?b']] as const;
    for (const [text, shown] of table) assert.equal(harmless(text), shown);
  });

  it('is cut at a character, never in the middle of a wide one, and says so', () => {
    const table = [['abcdef', 6, 'abcdef'], ['abcdef', 5, 'abcd…'], ['磁盘', 4, '磁盘'], ['磁盘', 3, '磁…'], ['磁盘', 2, '…'], ['abc', 1, '…'], ['abc', 0, '']] as const;
    for (const [text, columns, shown] of table) assert.equal(cutToWidth(text, columns), shown);
    assert.deepEqual(['磁盘x', '磁'].map((text) => padToWidth(text, 4)), ['磁… ', '磁  ']);
  });

  it('is wrapped at blanks, within a word only where there is none, and the last line is cut', () => {
    const table: readonly (readonly [text: string, columns: number, maxLines: number, lines: readonly string[]])[] = [
      ['less than 800Mi available', 10, 4, ['less than', '800Mi', 'available']],
      ['less than 800Mi available', 9, 2, ['less than', '800Mi av…']],
      ['/var/lib/kubelet', 8, 3, ['/var/lib', '/kubelet']],
      ['磁盘磁盘', 3, 9, ['磁', '盘', '磁', '盘']],
      ['a b', 0, 3, ['']],
      ['磁盘', 1, 3, ['…']],
      ['', 10, 3, ['']],
    ];
    for (const [text, columns, maxLines, lines] of table) assert.deepEqual(wrapToWidth(text, columns, maxLines), lines);
  });

  it('fits, whatever it is and however little room there is', () => {
    fc.assert(fc.property(anyHarmless, anyColumns, fc.integer({ min: 1, max: 5 }), (text, columns, maxLines) => {
      assert.isAtMost(widthOf(cutToWidth(text, columns)), columns);
      assert.equal(widthOf(padToWidth(text, columns)), columns);
      const lines = wrapToWidth(text, columns, maxLines);
      assert.isAtMost(lines.length, maxLines);
      for (const line of lines) assert.isAtMost(widthOf(line), columns);
    }));
  });

  it('loses nothing but blanks when it is wrapped into enough lines', () => {
    fc.assert(fc.property(anyHarmless, fc.integer({ min: 2, max: 60 }), (text, columns) => {
      assert.equal(wrapToWidth(text, columns, Infinity).join('').replaceAll(' ', ''), text.replaceAll(/^\s+|\s+$/g, '').replaceAll(' ', ''));
    }));
  });
});
