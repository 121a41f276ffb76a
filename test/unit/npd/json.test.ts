import { assert } from 'chai';
import * as fc from 'fast-check';
import { JsonSyntaxError, parseJson, type JsonNode } from '../../../plugins/npd/json.ts';

function failure(text: string): { readonly line: number; readonly message: string } {
  try {
    parseJson(text);
  } catch (thrown) {
    if (thrown instanceof JsonSyntaxError) return { line: thrown.line, message: thrown.message };
    throw thrown;
  }
  return assert.fail(`${JSON.stringify(text)} was accepted`);
}

/** The value that the node stands for; undefined for what JSON.parse would merge (keys that come twice). */
function valueOf(node: JsonNode): unknown {
  if (node.kind === 'object') return Object.fromEntries(node.members.map(({ key, value }) => [key, valueOf(value)]));
  if (node.kind === 'array') return node.items.map(valueOf);
  if (node.kind === 'number') return Number(node.text);
  return node.kind === 'null' ? null : node.value;
}

const REFUSED: readonly (readonly [text: string, line: number, message: string])[] = [
  ['', 1, 'unexpected end of JSON input'],
  ['{"a":\n\n', 3, 'unexpected end of JSON input'],
  ['tru', 1, 'unexpected end of JSON input'],
  ['trux', 1, "invalid character 'x' in literal true (expecting 'e')"],
  ['{a:1}', 1, "invalid character 'a' looking for beginning of object key string"],
  ['{"a" 1}', 1, "invalid character '1' after object key"],
  ['{"a":1 "b"}', 1, "invalid character '\"' after object key:value pair"],
  ['[1 2]', 1, "invalid character '2' after array element"],
  ['[1,\n]', 2, "invalid character ']' looking for beginning of value"],
  ['{}\n{}', 2, "invalid character '{' after top-level value"],
  ['-x', 1, "invalid character 'x' in numeric literal"],
  ['1.x', 1, "invalid character 'x' after decimal point in numeric literal"],
  ['1e+x', 1, "invalid character 'x' in exponent of numeric literal"],
  ['01', 1, "invalid character '1' after top-level value"],
  ['"\\q"', 1, "invalid character 'q' in string escape code"],
  ['"\\u12x4"', 1, "invalid character 'x' in \\u hexadecimal character escape"],
  ['"a\tb"', 1, "invalid character '\\t' in string literal"],
  ['"a\u0001"', 1, "invalid character '\\x01' in string literal"],
  ["'a'", 1, "invalid character '\\'' looking for beginning of value"],
  ['\u65e5', 1, "invalid character 'æ' looking for beginning of value"],
];

describe('a position-aware JSON parser', () => {
  for (const [text, line, message] of REFUSED) {
    it(`refuses ${JSON.stringify(text)} as Go does`, () => {
      assert.deepEqual(failure(text), { line, message });
    });
  }

  it('refuses what is nested too deep, instead of running out of stack', () => {
    assert.deepEqual(failure('['.repeat(100_000)), { line: 1, message: 'exceeded max depth' });
  });

  it('knows the line of every key and value, and keeps the digits of numbers', () => {
    assert.deepEqual(parseJson('{\n  "a":\n    1.50,\n  "a": [true,\n null]\n}'), {
      kind: 'object',
      line: 1,
      members: [
        { key: 'a', line: 2, value: { kind: 'number', line: 3, text: '1.50' } },
        { key: 'a', line: 4, value: { kind: 'array', line: 4, items: [{ kind: 'boolean', line: 4, value: true }, { kind: 'null', line: 5 }] } },
      ],
    });
  });

  it('reads every document as JSON.parse does', () => {
    fc.assert(fc.property(fc.json(), (text) => {
      assert.deepEqual(valueOf(parseJson(text)), JSON.parse(text.toWellFormed()));
    }));
  });

  it('refuses exactly what JSON.parse refuses', () => {
    const almostJson = fc.string({ unit: fc.constantFrom(...'{}[]",:-+.eE019 \n\\utrfalsn'.split('')) });
    fc.assert(fc.property(almostJson, (text) => {
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      if (isJson) assert.deepEqual(valueOf(parseJson(text)), JSON.parse(text));
      else failure(text);
    }), { numRuns: 2_000 });
  });
});
