import { assert } from 'chai';
import * as fc from 'fast-check';
import { addressOfWords, scopeOf } from '../../../plugins/linux/ip-address.ts';

/** Words as a little-endian machine prints them. */
const ADDRESSES: readonly (readonly [words: string, address: string, scope: string])[] = [
  ['00000000', '0.0.0.0', 'all'],
  ['0100007F', '127.0.0.1', 'loopback'],
  ['3500007F', '127.0.0.53', 'loopback'],
  ['0500000A', '10.0.0.5', 'one'],
  ['FB0000E0', '224.0.0.251', 'one'],
  ['00000000000000000000000000000000', '::', 'all'],
  ['00000000000000000000000001000000', '::1', 'loopback'],
  ['000080FE00000000FFADE15609667CFE', 'fe80::56e1:adff:fe7c:6609', 'one'],
  ['0000000000000000FFFF00000100007F', '::ffff:127.0.0.1', 'loopback'],
  ['0000000000000000FFFF000000000000', '::ffff:0.0.0.0', 'all'],
  ['0000000000000000FFFF00000702000A', '::ffff:10.0.2.7', 'one'],
  ['B80D0120000000000000000001000000', '2001:db8::1', 'one'],
];

describe('an address in a table of sockets', () => {
  for (const [words, address, scope] of ADDRESSES) {
    it(`${words} is ${address}, to be reached through ${scope}`, () => {
      const found = addressOfWords(words, true);
      assert.deepEqual([found, scopeOf(found)], [address, scope]);
    });
  }

  it('is the same on a machine that keeps its words the other way round', () => {
    assert.equal(addressOfWords('7F000001', false), '127.0.0.1');
    assert.equal(addressOfWords('FE8000000000000056E1ADFFFE7C6609', false), 'fe80::56e1:adff:fe7c:6609');
  });

  it('is written as RFC 5952 has it, as WHATWG URLs do, whatever its groups are', () => {
    const group = fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, fc.nat(0xffff));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const bytes = Buffer.from(groups.flatMap((value) => [value >> 8, value & 255]));
        const text = addressOfWords(bytes.toString('hex').toUpperCase(), false);
        const url = (address: string): string => new URL(`http://[${address}]`).hostname;
        assert.equal(url(text), url(groups.map((value) => value.toString(16)).join(':')));
        if (!text.includes('.')) assert.equal(`[${text}]`, url(text));
      }),
      { numRuns: 2_000 },
    );
  });
});
