import { assert } from 'chai';
import { assert as always, property, string } from 'fast-check';
import { ParseError } from '../../../../plugins/core/errors.ts';
import { parsePidUsage } from '../../../../plugins/linux/proc/pid-usage.ts';

const STAT = '584 (1 foo() bar) S 1 584 584 0 -1 4194304 331 0 0 0 5 2 0 0 20 0 3 0 12345 8761344 1024 18446744073709551615\n';

describe('/proc/<pid>/stat, for what a process uses', () => {
  it('is read from the last parenthesis on', () => {
    assert.deepEqual(parsePidUsage(STAT, 'f'), { comm: '1 foo() bar', cpuTicks: 7, threads: 3, residentPages: 1024 });
  });

  it('that is cut or garbage is refused', () => {
    for (let end = 0; end < STAT.length; end += 1) assert.throws(() => parsePidUsage(STAT.slice(0, end), 'f'), ParseError);
    always(property(string(), (text) => { assert.throws(() => parsePidUsage(text, 'f'), ParseError); }));
  });
});
