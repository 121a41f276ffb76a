import { assert } from 'chai';
import { parseMeminfo } from '../../../../plugins/linux/proc/meminfo.ts';
import { parseMountinfo } from '../../../../plugins/linux/proc/mountinfo.ts';
import { parsePressure } from '../../../../plugins/linux/proc/pressure.ts';
import { parseVmstat } from '../../../../plugins/linux/proc/vmstat.ts';

/** Each of them ends in a line that is whole by itself: only the missing end of it tells that something was cut off. */
const table = [
  {
    file: '/proc/meminfo',
    text: 'MemTotal: 2 kB\nMemFree: 1 kB\nBuffers: 0 kB\nCached: 0 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB',
    last: 'SwapFree: 0 kB',
    parse: parseMeminfo,
  },
  { file: '/proc/vmstat', text: 'nr_free_pages 1\noom_kill 1', last: 'oom_kill 1', parse: parseVmstat },
  {
    file: '/proc/pressure/memory',
    text: 'some avg10=0.00 avg60=0.00 avg300=0.00 total=1',
    last: 'some avg10=0.00 avg60=0.00 avg300=0.00 total=1',
    parse: (text: string) => parsePressure(text, '/proc/pressure/memory'),
  },
  { file: '/proc/1/mountinfo', text: '27 1 8:1 / / rw - ext4 /dev/sda1 rw', last: '27 1 8:1 / / rw - ext4 /dev/sda1 rw', parse: parseMountinfo },
] as const;

describe('a kernel file whose last line has no end', () => {
  for (const { file, text, last, parse } of table) {
    it(`${file} was cut off, and is no reading`, () => {
      assert.throws(() => parse(text), `${file}: expected a newline at its end, got ${JSON.stringify(last)}`);
      assert.doesNotThrow(() => parse(`${text}\n`));
    });
  }
});

describe('a /proc/meminfo without MemAvailable', () => {
  const [head, tail] = ['MemTotal: 2 kB\nMemFree: 1 kB\n', 'Buffers: 0 kB\nCached: 0 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n'];

  it('is that of an old kernel if nothing stands in its place', () => {
    assert.isUndefined(parseMeminfo(head + tail).availableBytes);
  });

  it('is a damaged one if something does', () => {
    assert.throws(() => parseMeminfo(`${head}Mem?vailable: 1 kB\n${tail}`), '/proc/meminfo: expected a line "MemAvailable: <n> kB"');
  });
});
