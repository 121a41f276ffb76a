import { assert } from 'chai';
import { cpuSharesBetween } from '../../../../plugins/linux/proc/cpu-time.ts';
import { type CpuTicks, parseStat } from '../../../../plugins/linux/proc/stat.ts';

function ticks(numbers: string): CpuTicks {
  return parseStat(`cpu  ${numbers}\nbtime 1\nprocesses 1\nprocs_running 1\nprocs_blocked 0\n`).total;
}

describe('what the CPUs did between two looks', () => {
  it('a guest is part of its user, stolen time part of the whole, and waiting for I/O is idle', () => {
    const shares = cpuSharesBetween(ticks('100 0 100 1000 50 0 0 10 90 0'), ticks('120 5 110 1050 60 3 2 10 110 0'));
    assert.deepEqual(shares, { busyPercent: 40, ioWaitPercent: 10, stealPercent: 0 });
  });

  it('a counter that goes back is no work', () => {
    assert.deepEqual(cpuSharesBetween(ticks('0 0 0 100 50 0 0 0 0 0'), ticks('0 0 0 200 40 0 0 0 0 0')), { busyPercent: 0, ioWaitPercent: 0, stealPercent: 0 });
  });

  it('without time in between nothing is told', () => {
    assert.isUndefined(cpuSharesBetween(ticks('1 0 1 9 0 0 0 0 0 0'), ticks('1 0 1 9 0 0 0 0 0 0')));
  });
});
