import { assert } from 'chai';
import * as fc from 'fast-check';
import { formatWithoutArguments } from '../../../plugins/npd/go-format.ts';

const TABLE: readonly (readonly [format: string, printed: string])[] = [
  ['no percent sign', 'no percent sign'],
  ['96%', '96%!(NOVERB)'],
  ['96% full', '96%!f(MISSING)ull'],
  ['100%%', '100%'],
  ['%d of %s', '%!d(MISSING) of %!s(MISSING)'],
  ['%5.2f', '%!f(MISSING)'],
  ['%*d', '%!(BADWIDTH)%!d(MISSING)'],
  ['%.*f', '%!(BADPREC)%!f(MISSING)'],
  ['%[1]d', '%!d(BADINDEX)'],
  ['%[]d', '%!d(BADINDEX)'],
  ['%[2', '%!(NOVERB)'],
  ['%[é', '%!é(BADINDEX)'],
  ['%9999999999d and more', '%!(NOVERB)'],
  ['%日', '%!日(MISSING)'],
];

describe('an event message, which the host takes for a format', () => {
  for (const [format, printed] of TABLE) {
    it(`${JSON.stringify(format)} comes out as ${JSON.stringify(printed)}`, () => {
      assert.equal(formatWithoutArguments(format), printed);
    });
  }

  it('comes out unchanged without percent signs', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      const plain = text.replaceAll('%', '');
      assert.equal(formatWithoutArguments(plain), plain);
    }));
  });

  it('comes out as it went in when every percent sign is doubled', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('%', 'a', ' ', '[', ']', '*', '.', '1') }), (text) => {
      assert.equal(formatWithoutArguments(text.replaceAll('%', '%%')), text);
    }));
  });

  it('ends for every text', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('%', '#', ' ', '[', ']', '*', '.', '1', 'é', 'd') }), (text) => {
      assert.isString(formatWithoutArguments(text));
    }));
  });
});
