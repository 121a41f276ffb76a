import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import { ParseError } from '../../../../plugins/core/errors.ts';
import { parsePidMemory } from '../../../../plugins/linux/proc/pid-memory.ts';

const STATUS = 'Name:\tnvidia-smi\nVmSize:\t   25200 kB\nVmRSS:\t   13360 kB\nRssAnon:\t    8440 kB\nRssFile:\t    4900 kB\nRssShmem:\t      20 kB\nVmData:\t   10000 kB\n';

describe('memory of a process in /proc/<pid>/status', () => {
  it('is what it does not share with a file', () => {
    assert.equal(parsePidMemory(STATUS, 'status'), 8_460 * 1_024);
  });

  it('is all that it has in RAM on kernels before 4.5', () => {
    assert.equal(parsePidMemory(STATUS.replaceAll(/^Rss.*\n/gm, ''), 'status'), 13_360 * 1_024);
  });

  it('is unknown of a process that has ended', () => {
    assert.isUndefined(parsePidMemory('Name:\tnvidia-smi\nState:\tZ (zombie)\n', 'status'));
  });

  it('is not made up from garbage', () => {
    for (const value of ['-1 kB', '8440', '8440 MB', '', 'x kB']) {
      assert.throws(() => parsePidMemory(STATUS.replace('8440 kB', value), 'status'), ParseError);
    }
  });

  it('is more than a few megabytes for this one', () => {
    assert.isAbove(parsePidMemory(readFileSync('/proc/self/status', 'utf8'), 'status') ?? 0, 5 * 1_024 * 1_024);
  });
});
