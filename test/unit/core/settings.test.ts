import { assert } from 'chai';
import * as fc from 'fast-check';
import { ConfigError } from '../../../plugins/core/errors.ts';
import {
  countSetting, defaultsOf, durationSetting, listSetting, overrideSettings, percentSetting, readSettings, sizeSetting,
} from '../../../plugins/core/settings.ts';

const table = {
  used: percentSetting(90, 'share of space in use'),
  most: countSetting(5, 'processes'),
  wait: durationSetting(30_000, 'patience'),
  free: sizeSetting(104_857_600, 'least free space'),
  skip: listSetting(['tmpfs'], 'types to skip'),
};
const defaults = { used: 90, most: 5, wait: 30_000, free: 104_857_600, skip: ['tmpfs'] };

describe('the settings of a configuration file', () => {
  it('are the defaults where the section is silent', () => {
    assert.deepEqual(defaultsOf(table), defaults);
    assert.deepEqual(readSettings(table, {}, 'disk'), defaults);
  });

  it('take texts and numbers alike', () => {
    const want = { used: 85.5, most: 7, wait: 90_000, free: 1_073_741_824, skip: ['nfs', 'cifs'] };
    assert.deepEqual(readSettings(table, { used: 85.5, most: 7, wait: '1m30s', free: '1Gi', skip: ['nfs', 'cifs'] }, 'disk'), want);
    assert.deepEqual(readSettings(table, { used: '85.5', most: '7', wait: '90s', free: 1_073_741_824, skip: 'nfs, cifs,' }, 'disk'), want);
  });

  it('may switch a list off', () => {
    assert.deepEqual(readSettings(table, { skip: [] }, 'disk').skip, []);
    assert.deepEqual(readSettings(table, { skip: '' }, 'disk').skip, []);
  });

  const refused: readonly (readonly [Readonly<Record<string, unknown>>, string])[] = [
    [{ usde: 90 }, 'disk: unknown key "usde"; known are used, most, wait, free, skip'],
    [{ toString: 90 }, 'disk: unknown key "toString"; known are used, most, wait, free, skip'],
    [JSON.parse('{"__proto__": 1}') as Readonly<Record<string, unknown>>, 'disk: unknown key "__proto__"; known are used, most, wait, free, skip'],
    [{ used: 101 }, 'disk.used: expected a number from 0 to 100, got "101"'],
    [{ used: -1 }, 'disk.used: expected a number from 0 to 100, got "-1"'],
    [{ used: 'lots' }, 'disk.used: expected a decimal number, got "lots"'],
    [{ used: null }, 'disk.used: expected a text or a number, got "null"'],
    [{ used: NaN }, 'disk.used: expected a text or a number, got "null"'],
    [{ used: undefined }, 'disk.used: expected a text or a number, got "nothing"'],
    [{ used: { value: 90 } }, 'disk.used: expected a text or a number, got "{\\"value\\":90}"'],
    [{ used: true }, 'disk.used: expected a text or a number, got "true"'],
    [{ most: 1.5 }, 'disk.most: expected a whole number, got "1.5"'],
    [{ most: 1e300 }, 'disk.most: expected a whole number, got "1e+300"'],
    [{ most: -1 }, 'disk.most: expected a whole number ≥ 0, got "-1"'],
    [{ wait: 30 }, 'disk.wait: expected a duration such as "30s", "1m30s" or "500ms", got "30"'],
    [{ free: '10MB' }, 'disk.free: expected a size such as "100Mi" or "1.5Gi", got "10MB"'],
    [{ skip: ['nfs', null] }, 'disk.skip[1]: expected a text or a number, got "null"'],
    [{ skip: { nfs: true } }, 'disk.skip: expected a text or a number, got "{\\"nfs\\":true}"'],
  ];
  for (const [section, message] of refused) {
    it(`stop the start: ${message}`, () => {
      assert.throws(() => readSettings(table, section, 'disk'), ConfigError, message);
    });
  }

  it('of arbitrary JSON are whole or refused with a path, never half', () => {
    const section = fc.dictionary(fc.constantFrom(...Object.keys(table), 'other'), fc.jsonValue());
    fc.assert(fc.property(section, (values) => {
      try {
        assert.sameMembers(Object.keys(readSettings(table, values, 'disk')), Object.keys(table));
      } catch (cause) {
        if (!(cause instanceof ConfigError)) throw cause;
        assert.match(cause.message, /^disk(\.|:)/);
      }
    }));
  });
});

describe('poll parameters over configured settings', () => {
  const configured = { ...defaults, used: 80 };

  it('override what they name and nothing else', () => {
    assert.deepEqual(overrideSettings(table, configured, { used: '95', skip: 'nfs,cifs' }), {
      settings: { ...configured, used: 95, skip: ['nfs', 'cifs'] }, invalid: [],
    });
  });

  it('that are wrong or unknown keep the configured value and are each named', () => {
    const parameters = { used: 'lots', wait: '15s', 'free\nspace': '1', constructor: '1', most: '' };
    assert.deepEqual(overrideSettings(table, configured, parameters), {
      settings: { ...configured, wait: 15_000 },
      invalid: [
        'used: expected a decimal number, got "lots"',
        '"free\\nspace": unknown parameter',
        '"constructor": unknown parameter',
        'most: expected a whole number, got ""',
      ],
    });
  });

  it('leave the configured settings as they were', () => {
    const before = structuredClone(configured);
    overrideSettings(table, configured, { used: '1', skip: 'a' });
    assert.deepEqual(configured, before);
  });

  it('never throw and name as many as they refuse', () => {
    const parameters = fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(table)), fc.string({ unit: 'binary' })), fc.string({ unit: 'binary' }));
    fc.assert(fc.property(parameters, (texts) => {
      const { settings, invalid } = overrideSettings(table, configured, texts);
      assert.sameMembers(Object.keys(settings), Object.keys(table));
      assert.isAtMost(invalid.length, Object.keys(texts).length);
      assert.isAtLeast(invalid.length, Object.keys(texts).filter((name) => !Object.hasOwn(table, name)).length);
    }));
  });
});
