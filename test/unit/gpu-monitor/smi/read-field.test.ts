import { assert } from 'chai';
import * as fc from 'fast-check';
import type { Field } from '../../../../plugins/gpu-monitor/smi/field.ts';
import { activeOf, fieldOf, type FlagRead, flagOf, type NoRead, numberOf, type NumberRead, type Unit, wordOf } from '../../../../plugins/gpu-monitor/smi/read-field.ts';
import { anyText } from '../../../support/arbitraries.ts';

const UNITS: readonly Unit[] = ['C', 'W', 'MiB', 'MHz', '%', 'us', 'x', 'bank(s)', ''];

/** What stands between two tags, and in a cell. */
const PLACEHOLDERS: readonly (readonly [text: string, kind: Field['kind']])[] = [
  ['N/A', 'unsupported'], ['[N/A]', 'unsupported'],
  ['Not Supported', 'unsupported'], ['[Not Supported]', 'unsupported'],
  ['Requested functionality has been deprecated', 'unsupported'], ['[Requested functionality has been deprecated]', 'unsupported'],
  ['Insufficient Permissions', 'unsupported'], ['[Insufficient Permissions]', 'unsupported'],
  ['[Function Not Found]', 'unsupported'], ['', 'unsupported'], ['[]', 'unsupported'],
  ['GPU is lost', 'lost'], ['[GPU is lost]', 'lost'], ['GPU is Lost', 'lost'],
  ['GPU requires reset', 'reset-required'], ['[GPU requires reset]', 'reset-required'],
  ['Unknown Error', 'failed'], ['[Unknown Error]', 'failed'], ['ERR!', 'failed'], ['[Unheard Of]', 'failed'],
];

describe('a text of nvidia-smi', () => {
  for (const [text, kind] of PLACEHOLDERS) {
    it(`${JSON.stringify(text)} is ${kind}, whatever white space is around it`, () => {
      const expected = { kind, text };
      assert.deepEqual(['', ' ', '\n\t\t\t', '\r\n'].map((space) => fieldOf(`${space}${text}${space}`)), [expected, expected, expected, expected]);
    });

    it(`${JSON.stringify(text)} is neither a number nor a flag`, () => {
      const field = fieldOf(text);
      const expected: NoRead = kind === 'unsupported' ? { kind: 'none' } : { kind: 'bad', text };
      assert.deepEqual(UNITS.map((unit) => numberOf(field, unit)), UNITS.map(() => expected));
      assert.deepEqual([flagOf(field), activeOf(field), wordOf(field)], [expected, expected, expected]);
    });
  }

  it('anything else is a value', () => {
    for (const text of ['0', '29 C', 'None', 'Not Active', 'Disabled', 'NVIDIA A100-SXM4-80GB', 'N/A N/A', '[', ']', 'a]']) {
      assert.deepEqual(fieldOf(`\n${text} `), { kind: 'value', text });
    }
  });
});

describe('a number of nvidia-smi', () => {
  const number = (value: number): NumberRead => ({ kind: 'number', value });
  const table: readonly (readonly [text: string, unit: Unit, value: number | undefined])[] = [
    ['29 C', 'C', 29], ['0 C', 'C', 0], ['-2 C', 'C', -2], ['29', 'C', 29], ['29 F', 'C', undefined], ['29C', 'C', undefined],
    ['68.57 W', 'W', 68.57], ['700.00 W', 'W', 700], ['-1.00 W', 'W', undefined], ['1e3 W', 'W', undefined],
    ['81559 MiB', 'MiB', 81_559], ['81559', 'MiB', 81_559], ['81559 KiB', 'MiB', undefined], ['-1 MiB', 'MiB', undefined], ['1.5 MiB', 'MiB', undefined],
    ['1980 MHz', 'MHz', 1_980], ['1980 mhz', 'MHz', undefined],
    ['100 %', '%', 100], ['36%', '%', undefined], ['-1 %', '%', undefined],
    ['306000000000 us', 'us', 306e9], ['7015662857', 'us', 7_015_662_857], ['99999999999999999 us', 'us', undefined],
    ['16x', 'x', 16], ['16', 'x', 16], ['16 x', 'x', undefined], ['x', 'x', undefined], ['16xx', 'x', undefined],
    ['2560 bank(s)', 'bank(s)', 2_560], ['2560', 'bank(s)', 2_560], ['2560 banks', 'bank(s)', undefined],
    ['0', '', 0], ['150', '', 150], ['0x10', '', undefined], ['-1', '', undefined], ['-0', '', undefined], ['1 2', '', undefined], ['NaN', '', undefined], ['Infinity', 'W', undefined], ['Unknown', 'C', undefined],
  ];
  for (const [text, unit, value] of table) {
    it(`${JSON.stringify(text)} in ${JSON.stringify(unit)} is ${value ?? 'bad'}`, () => {
      assert.deepEqual(numberOf(fieldOf(text), unit), value === undefined ? { kind: 'bad', text } : number(value));
    });
  }

  it('an absent field is none', () => {
    const none: NoRead = { kind: 'none' };
    assert.deepEqual(UNITS.map((unit) => numberOf({ kind: 'absent' }, unit)), UNITS.map(() => none));
    assert.deepEqual([flagOf({ kind: 'absent' }), activeOf({ kind: 'absent' }), wordOf({ kind: 'absent' })], [none, none, none]);
  });

  it('garbage gives no number that does not stand there, and never throws', () => {
    fc.assert(fc.property(fc.oneof(anyText, fc.double().map(String), fc.string().map((text) => `${text} C`)), fc.constantFrom(...UNITS), (text, unit) => {
      const read = numberOf(fieldOf(text), unit);
      if (read.kind !== 'number') return;
      assert.isTrue(Number.isFinite(read.value));
      assert.match(text.trim(), /^-?[0-9]/);
    }));
  });
});

describe('a flag of nvidia-smi', () => {
  const flag = (value: boolean): FlagRead => ({ kind: 'flag', value });

  it('is Yes or No, True or False', () => {
    assert.deepEqual(['Yes', 'True', 'No', 'False'].map((text) => flagOf(fieldOf(text))), [flag(true), flag(true), flag(false), flag(false)]);
  });

  it('is Active or Not Active of the clocks', () => {
    assert.deepEqual(['Active', 'Not Active'].map((text) => activeOf(fieldOf(text))), [flag(true), flag(false)]);
  });

  it('is bad in other words', () => {
    for (const text of ['yes', '1', 'Not Yes', 'Enabled']) {
      assert.deepEqual([flagOf(fieldOf(text)), activeOf(fieldOf(text))], [{ kind: 'bad', text }, { kind: 'bad', text }]);
    }
    assert.deepEqual([flagOf(fieldOf('Active')), activeOf(fieldOf('Yes'))], [{ kind: 'bad', text: 'Active' }, { kind: 'bad', text: 'Yes' }]);
  });

  it('a word is the text itself', () => assert.deepEqual(wordOf(fieldOf(' Drain and Reset\n')), { kind: 'word', text: 'Drain and Reset' }));
});
