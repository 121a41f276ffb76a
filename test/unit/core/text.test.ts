import { assert } from 'chai';
import * as fc from 'fast-check';
import { LONGEST_MESSAGE_BYTES, cutToBytes, joinToBytes, oneLine, withoutPercent } from '../../../plugins/core/text.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 400 });

describe('one line', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['a newline in a mount point', '/mnt/a\nb', '/mnt/a?b'],
    ['tab, carriage return and NUL', 'a\tb\rc\0', 'a?b?c?'],
    ['the escape of a terminal sequence', '\u001b[31mred\u001b[0m', '?[31mred?[0m'],
    ['delete and the C1 controls', 'a\u007fb\u0085c\u009f', 'a?b?c?'],
    ['the line separators of Unicode', 'a\u2028b\u2029', 'a?b?'],
    ['a lone surrogate', 'a\ud83db', 'a\ufffdb'],
    ['letters of any script', 'Fuß 磁盘 😀', 'Fuß 磁盘 😀'],
  ];
  for (const [what, text, want] of rows) {
    it(`of ${what}: ${JSON.stringify(want)}`, () => {
      assert.strictEqual(oneLine(text), want);
    });
  }
});

describe('a cut text', () => {
  const rows: readonly (readonly [string, number, string])[] = [
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abc…'],
    ['ääää', 8, 'ääää'],
    ['äääää', 8, 'ää…'],
    ['😀😀', 7, '😀…'],
    ['😀😀', 6, '…'],
    ['', 6, ''],
    ['abcdef', 3, '…'],
    ['abcdef', 2, ''],
  ];
  for (const [text, maxBytes, want] of rows) {
    it(`of ${text} to ${maxBytes} bytes is ${JSON.stringify(want)}`, () => {
      assert.strictEqual(cutToBytes(text, maxBytes), want);
    });
  }

  it('never exceeds its bytes, splits no character and is a beginning of the whole', () => {
    fc.assert(fc.property(anyText, fc.nat(200), (raw, maxBytes) => {
      const text = raw.toWellFormed();
      const cut = cutToBytes(text, maxBytes);
      assert.isAtMost(Buffer.byteLength(cut), maxBytes);
      assert.isTrue(cut.isWellFormed());
      assert.isTrue(cut === text || text.startsWith(cut.replace(/…$/, '')));
    }));
  });
});

describe('a message of several parts', () => {
  it('names them all while they fit', () => {
    assert.strictEqual(joinToBytes(['/a is full', '/b is full']), '/a is full; /b is full');
  });

  it('says how many more there are when they do not', () => {
    assert.strictEqual(joinToBytes(['aaaa', 'bbbb', 'cccc', 'dddd'], 19), 'aaaa (+3 more)');
    assert.strictEqual(joinToBytes(['aaaa', 'bbbb', 'cccc', 'dddd'], 20), 'aaaa; bbbb (+2 more)');
    assert.strictEqual(joinToBytes(['aaaa', 'bbbb', 'cccc', 'dddd'], 22), 'aaaa; bbbb; cccc; dddd');
  });

  it('counts the rest also behind a first part that is too long by itself', () => {
    assert.strictEqual(joinToBytes(['a'.repeat(100), 'b', 'c'], 20), `${'a'.repeat(7)}… (+2 more)`);
  });

  it('of one part is cut without a count', () => {
    assert.strictEqual(joinToBytes(['a'.repeat(100)], 20), `${'a'.repeat(17)}…`);
  });

  it('of none is empty', () => {
    assert.strictEqual(joinToBytes([]), '');
  });

  it('of a hundred thousand parts is still a message', () => {
    assert.match(joinToBytes(Array.from({ length: 100_000 }, (_, index) => `/mnt/${index}`)), /^\/mnt\/0; .*; \/mnt\/1\d\d \(\+998\d\d more\)$/);
  });

  it('is one well-formed line of at most 1,024 bytes whatever the parts are', () => {
    fc.assert(fc.property(fc.array(anyText, { maxLength: 20 }), (parts) => {
      const message = joinToBytes(parts);
      assert.isAtMost(Buffer.byteLength(message), LONGEST_MESSAGE_BYTES);
      assert.strictEqual(oneLine(message), message);
    }));
  });

  it('loses nothing without saying so: parts shown and parts counted are all parts', () => {
    fc.assert(fc.property(fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1, maxLength: 20 }), fc.integer({ min: 50, max: 300 }), (parts, maxBytes) => {
      const [, shown = '', more = '0'] = /^(.*?)(?: \(\+(\d+) more\))?$/.exec(joinToBytes(parts, maxBytes)) ?? [];
      assert.deepEqual(shown.split('; '), parts.slice(0, parts.length - Number(more)));
    }));
  });
});

describe('a text without percent signs', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['96% used', '96 percent used'],
    ['96 % used', '96 percent used'],
    ['%s %d', ' percents percentd'],
    ['100%%', '100 percent percent'],
    ['plain', 'plain'],
  ];
  for (const [text, want] of rows) {
    it(`of ${JSON.stringify(text)} is ${JSON.stringify(want)}`, () => {
      assert.strictEqual(withoutPercent(text), want);
    });
  }

  it('is made of a MiB of blanks as fast as of a MiB of letters', () => {
    assert.strictEqual(withoutPercent(' '.repeat(2 ** 20)), ' '.repeat(2 ** 20));
  });
});
