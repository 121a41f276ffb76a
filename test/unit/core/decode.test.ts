import { assert } from 'chai';
import * as fc from 'fast-check';
import {
  isRecord, parseCount, parseCounter, parseDecimal, parseDurationMs, parseInteger, parseSizeBytes,
} from '../../../plugins/core/decode.ts';
import { ConfigError, ParseError } from '../../../plugins/core/errors.ts';

const SAFE = String(Number.MAX_SAFE_INTEGER);

type Row<T> = readonly [text: string, want: T];

function reads<T>(parse: (text: string, where: string) => T, rows: readonly Row<T>[]): void {
  for (const [text, want] of rows) {
    it(`${JSON.stringify(text)} is ${String(want)}`, () => {
      assert.strictEqual(parse(text, 'here'), want);
    });
  }
}

function refuses(parse: (text: string, where: string) => unknown, expected: string, texts: readonly string[]): void {
  for (const text of texts) {
    it(`${JSON.stringify(text)} is refused, quoted`, () => {
      assert.throws(() => parse(text, 'file:1'), `file:1: expected ${expected}, got ${JSON.stringify(text)}`);
    });
  }
}

/** What `Number`, `parseInt` or `parseFloat` would have taken for a number. */
const JUNK = ['', ' ', ' 7', '7 ', '7\n', '+7', '0x10', '1e3', 'NaN', 'Infinity', '12abc', '[N/A]', '١٢', '1_000', '--1', '7\0', 'null'];

describe('a whole number', () => {
  reads(parseInteger, [['0', 0], ['-0', 0], ['007', 7], ['-12', -12], [SAFE, Number.MAX_SAFE_INTEGER], [`-${SAFE}`, -Number.MAX_SAFE_INTEGER]]);
  refuses(parseInteger, 'a whole number', [...JUNK, '1.0', '-', '9007199254740992', '12345678901234567']);

  it('is what it was before it was written down', () => {
    fc.assert(fc.property(fc.maxSafeInteger(), (value) => parseInteger(String(value), '') === value));
  });
});

describe('a count', () => {
  reads(parseCount, [['0', 0], [SAFE, Number.MAX_SAFE_INTEGER]]);
  refuses(parseCount, 'a whole number ≥ 0', ['-1', '-0', `-${SAFE}`]);
  refuses(parseCount, 'a whole number', [...JUNK, '1.0']);
});

describe('a kernel counter', () => {
  reads(parseCounter, [['0', 0n], ['18446744073709551615', 2n ** 64n - 1n]]);
  refuses(parseCounter, 'a counter', [...JUNK, '-1', '18446744073709551616', '123456789012345678901']);
});

describe('a decimal number', () => {
  reads(parseDecimal, [['0.12', 0.12], ['12', 12], ['-3.5', -3.5], ['-0.0', 0], ['100.00', 100]]);
  refuses(parseDecimal, 'a decimal number', [...JUNK, '.5', '5.', '1,5', '-', '1.2.3']);
});

describe('a duration', () => {
  reads(parseDurationMs, [
    ['0', 0], ['0s', 0], ['30s', 30_000], ['1m30s', 90_000], ['1.5h', 5_400_000], ['500ms', 500], ['1h1m1s1ms', 3_661_001],
    ['100us', 0.1], ['100µs', 0.1], ['100μs', 0.1], ['1ns', 1e-6], ['1.005s', 1_005], ['0.1s0.2s', 300], ['2540400h', 9_145_440_000_000],
  ]);
  refuses(parseDurationMs, 'a duration such as "30s", "1m30s" or "500ms"', [
    ...JUNK, '30', '00', '1', '-30s', '+30s', '30 s', '30S', '1d', '.5s', '1.s', 's', '1m30', '30s ', '1e3s', '30s,', 'ms', '3000000h', `${'9'.repeat(400)}h`.slice(0, 100),
  ]);

  it('of seconds and minutes is their sum', () => {
    fc.assert(fc.property(fc.nat(1_000), fc.nat(59), fc.nat(999), (minutes, seconds, ms) => {
      assert.strictEqual(parseDurationMs(`${minutes}m${seconds}s${ms}ms`, ''), minutes * 60_000 + seconds * 1_000 + ms);
    }));
  });
});

describe('a size', () => {
  reads(parseSizeBytes, [
    ['0', 0], ['1048576', 1_048_576], ['100Mi', 104_857_600], ['1.5Gi', 1_610_612_736], ['10G', 10_000_000_000], ['4k', 4_000],
    ['4Ki', 4_096], ['0.5Ki', 512], ['7Pi', 7_881_299_347_898_368],
  ]);
  refuses(parseSizeBytes, 'a size such as "100Mi" or "1.5Gi"', [
    ...JUNK, '-1', '10MB', '10 Mi', '10mi', '10K', '10E', 'Mi', '1.Gi', '.5Gi', '9Pi', '1e3Mi', '100Mi\n',
  ]);
});

describe('arbitrary text', () => {
  const parsers = { parseInteger, parseCount, parseCounter, parseDecimal, parseDurationMs, parseSizeBytes };
  for (const [name, parse] of Object.entries(parsers)) {
    it(`is to ${name} a number or a refusal that names the place`, () => {
      fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          assert.isFalse(Number.isNaN(Number(parse(text, 'place'))));
        } catch (cause) {
          if (!(cause instanceof ParseError) && !(cause instanceof ConfigError)) throw cause;
          assert.match(cause.message, /^place: expected /);
        }
      }));
    });
  }
});

describe('an object', () => {
  const rows: readonly (readonly [unknown, boolean])[] = [
    [{}, true], [{ a: 1 }, true], [Object.create(null), true], [null, false], [[], false], ['', false], [1, false], [undefined, false],
  ];
  for (const [value, want] of rows) {
    it(`${JSON.stringify(value) ?? 'nothing'} is ${want ? 'one' : 'none'}`, () => {
      assert.strictEqual(isRecord(value), want);
    });
  }
});
