import { assert } from 'chai';
import * as fc from 'fast-check';
import { parseCommandLine } from '../../../cli/command-line.ts';
import { serve } from '../../../cli/commands/serve.ts';
import { UsageError } from '../../../plugins/core/errors.ts';

const entry = { name: 'serve', positionals: 'MONITOR...' };

describe('a command line', () => {
  it('has its flags in any order, before and after what they belong to, with a blank or =', () => {
    for (const argv of [['host-inspector', '--socket', '/a', '--help'], ['--help', '--socket=/a', 'host-inspector']]) {
      const { positionals, values } = parseCommandLine(entry, serve, argv);
      assert.deepEqual([positionals, { ...values }], [['host-inspector'], { socket: '/a', help: true }]);
    }
  });

  it('takes what follows -- as it is', () => {
    assert.deepEqual(parseCommandLine(entry, serve, ['--', '--socket']).positionals, ['--socket']);
  });

  it('of any words is read, or refused with a word on where to find help', () => {
    const flag = fc.constantFrom(...Object.keys(serve.options).map((name) => `--${name}`), '--help', '--json', '-h', '-', '--', '--=', '--no-help');
    const word = fc.oneof(flag, fc.string({ unit: 'binary', maxLength: 12 }), fc.tuple(flag, fc.string()).map((pair) => pair.join('=')));
    fc.assert(fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
      try {
        const { values } = parseCommandLine(entry, serve, argv);
        assert.isTrue(Object.values(values).every((value) => value === true || (typeof value === 'string' && value !== '')));
      } catch (error) {
        assert.instanceOf(error, UsageError);
        assert.match(error.message, /see npd-plugins serve --help$|has an empty value; give one or leave the flag out$/);
      }
    }), { numRuns: 1_000 });
  });
});
