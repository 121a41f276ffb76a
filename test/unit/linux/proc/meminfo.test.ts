import { assert } from 'chai';
import { parseMeminfo } from '../../../../plugins/linux/proc/meminfo.ts';

const REQUIRED = `MemTotal:        3742148 kB
MemFree:          225472 kB
Buffers:           22040 kB
Cached:           930888 kB
SwapTotal:             0 kB
SwapFree:              0 kB
`;

describe('/proc/meminfo', () => {
  it('kB are 1,024 bytes, and what a kernel does not tell is undefined, not zero', () => {
    assert.deepEqual(parseMeminfo(REQUIRED), {
      totalBytes: 3_831_959_552,
      freeBytes: 230_883_328,
      availableBytes: undefined,
      buffersBytes: 22_568_960,
      cachedBytes: 953_229_312,
      swapTotalBytes: 0,
      swapFreeBytes: 0,
      shmemBytes: undefined,
      slabReclaimableBytes: undefined,
      slabUnreclaimableBytes: undefined,
      dirtyBytes: undefined,
      committedBytes: undefined,
      commitLimitBytes: undefined,
      hardwareCorruptedBytes: undefined,
    });
  });

  it('optional lines are read, wherever they stand', () => {
    const { availableBytes, committedBytes } = parseMeminfo(`MemAvailable: 1 kB\n${REQUIRED}Committed_AS: 2 kB\n`);
    assert.deepEqual([availableBytes, committedBytes], [1024, 2048]);
  });

  it('lines of newer kernels are ignored', () => {
    assert.deepEqual(parseMeminfo(`${REQUIRED}Zswapped: many\nHugePages_Total:  0\nno colon\n`), parseMeminfo(REQUIRED));
  });

  for (const name of ['MemTotal', 'MemFree', 'Buffers', 'Cached', 'SwapTotal', 'SwapFree']) {
    it(`without ${name} it is refused`, () => {
      const text = REQUIRED.replace(`${name}:`, 'Other:');
      assert.throws(() => parseMeminfo(text), `/proc/meminfo: expected a line "${name}: <n> kB", got "`);
    });
  }

  it('what cannot be true is refused', () => {
    assert.throws(() => parseMeminfo(REQUIRED.replace('3742148', '0')), '/proc/meminfo: expected a MemTotal above 0, got "0 kB"');
    assert.throws(() => parseMeminfo(`MemAvailable: 3742149 kB\n${REQUIRED}`), '/proc/meminfo: expected no more MemAvailable than MemTotal, got "MemAvailable: 3742149 kB');
    assert.equal(parseMeminfo(`MemAvailable: 3742148 kB\n${REQUIRED}`).availableBytes, 3_831_959_552);
    assert.throws(() => parseMeminfo(`MemAvailable: 1 kB\n${REQUIRED}MemAvailable: 2 kB\n`), '/proc/meminfo:8: expected one line "MemAvailable", got "MemAvailable: 2 kB"');
  });

  for (const value of [' kB', ' 12', ' 12 MB', ' -1 kB', ' 1.5 kB', ' 12 kB x', ' 99999999999999999 kB', ' 9007199254740991 kB']) {
    it(`MemAvailable of "${value}" is refused`, () => {
      assert.throws(() => parseMeminfo(`MemAvailable:${value}\n${REQUIRED}`), /^\/proc\/meminfo:1: expected /);
    });
  }
});
