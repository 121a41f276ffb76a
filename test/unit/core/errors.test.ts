import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import * as fc from 'fast-check';
import { ConfigError, ParseError, UsageError, codeOf, messageOf, quote } from '../../../plugins/core/errors.ts';

describe('an error', () => {
  it('of parsing says where, what was expected and what stood there', () => {
    const { name, message } = new ParseError('meminfo:3', 'a count', 'lots');
    assert.deepEqual({ name, message }, { name: 'ParseError', message: 'meminfo:3: expected a count, got "lots"' });
  });

  it('of the configuration carries its path', () => {
    const { name, message, path } = new ConfigError('a.b', 'expected a text');
    assert.deepEqual({ name, message, path }, { name: 'ConfigError', message: 'a.b: expected a text', path: 'a.b' });
  });

  it('of the configuration as a whole has no empty path in front', () => {
    assert.strictEqual(new ConfigError('', 'the file is empty').message, 'the file is empty');
  });

  it('of usage is told apart by its name', () => {
    assert.strictEqual(new UsageError('unknown flag --x').name, 'UsageError');
  });

  it('keeps what caused it', () => {
    const cause = new Error('deeper');
    assert.strictEqual(new ParseError('w', 'x', 'y', { cause }).cause, cause);
    assert.strictEqual(new ConfigError('w', 'x', { cause }).cause, cause);
  });
});

describe('what a person reads of a thrown value', () => {
  const rows: readonly (readonly [string, unknown, string])[] = [
    ['an error', new Error('no route'), 'no route'],
    ['an error without words, as of a refused connection', new AggregateError([new Error('ECONNREFUSED')]), 'AggregateError'],
    ['a text', 'just text', 'just text'],
    ['nothing', undefined, 'undefined'],
    ['a number', 42, '42'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['an object without a text form', Object.create(null), '[Object: null prototype] {}'],
    ['an object', { code: 1 }, '{ code: 1 }'],
  ];
  for (const [what, thrown, want] of rows) {
    it(`of ${what} is ${JSON.stringify(want)}`, () => {
      assert.strictEqual(messageOf(thrown), want);
    });
  }

  it('is some text whatever was thrown', () => {
    fc.assert(fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (thrown) => typeof messageOf(thrown) === 'string'));
  });
});

describe('the code of a system error', () => {
  it('is the one of Node.js', () => {
    let thrown: unknown;
    try {
      readFileSync('/nonexistent/file');
    } catch (cause) {
      thrown = cause;
    }
    assert.strictEqual(codeOf(thrown), 'ENOENT');
  });

  it('is absent for all else', () => {
    for (const thrown of [new Error('x'), Object.assign(new Error('x'), { code: 7 }), { code: 'ENOENT' }, 'ENOENT', null]) {
      assert.isUndefined(codeOf(thrown));
    }
  });
});

describe('a quotation', () => {
  it('shows control characters and quotes as JSON does', () => {
    assert.strictEqual(quote('a"\n\0'), '"a\\"\\n\\u0000"');
  });

  it('is cut after 120 characters, so that garbage cannot flood a line', () => {
    assert.strictEqual(quote('x'.repeat(120)), `"${'x'.repeat(120)}"`);
    assert.strictEqual(quote('x'.repeat(1_000_000)), `"${'x'.repeat(120)}…"`);
  });

  it('is well-formed even where it was cut inside a character', () => {
    assert.isTrue(quote(`${'x'.repeat(119)}😀😀`).isWellFormed());
  });
});
