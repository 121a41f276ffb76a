import { assert } from 'chai';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { healthy, notApplicable, problem, unknown } from '../../../plugins/core/verdict.ts';
import { judge as judgeAvailable } from '../../../plugins/host-inspector/checks/memory-available.ts';
import { judge as judgeStalled } from '../../../plugins/host-inspector/checks/memory-stalled.ts';
import { judge as judgeOomKills, rememberedOf } from '../../../plugins/host-inspector/checks/oom-kills.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { parseMeminfo } from '../../../plugins/linux/proc/meminfo.ts';
import { parsePressure } from '../../../plugins/linux/proc/pressure.ts';
import { parseVmstat } from '../../../plugins/linux/proc/vmstat.ts';

const settings = defaultsOf(hostSettings);
const MI = 2 ** 20;

function meminfo(totalMi: number, availableMi: number | undefined): ReturnType<typeof parseMeminfo> {
  const available = availableMi === undefined ? '' : `MemAvailable:   ${availableMi * 1024} kB\n`;
  return parseMeminfo(
    `MemTotal:       ${totalMi * 1024} kB\nMemFree:         1024 kB\n${available}Buffers:         0 kB\nCached:          0 kB\nSwapTotal:       0 kB\nSwapFree:        0 kB\n`,
  );
}

describe('memory-available', () => {
  const cases = [
    { name: 'a node with memory left is healthy', totalMi: 16_384, availableMi: 820, limitMi: 819.2, isLow: false },
    { name: 'a middling node is judged by its share', totalMi: 16_384, availableMi: 818, limitMi: 819.2, isLow: true },
    { name: 'a large node is not sick while a gibibyte is left', totalMi: 2 * 2 ** 20, availableMi: 1_025, limitMi: 1_024, isLow: false },
    { name: 'a large node is sick below a gibibyte', totalMi: 2 * 2 ** 20, availableMi: 1_023, limitMi: 1_024, isLow: true },
    { name: 'a small node is warned before kubelet evicts at 100Mi', totalMi: 1_024, availableMi: 149, limitMi: 150, isLow: true },
    { name: 'below half of the limit there is no time to wait', totalMi: 16_384, availableMi: 409, limitMi: 819.2, isLow: true },
    { name: 'a small node at its limit is healthy', totalMi: 1_024, availableMi: 150, limitMi: 150, isLow: false },
  ];
  for (const { name, totalMi, availableMi, limitMi, isLow } of cases) {
    it(name, () => {
      const message = `node memory: less than ${Math.round(limitMi)}Mi available (/proc/meminfo, MemAvailable)`;
      assert.deepEqual(judgeAvailable(meminfo(totalMi, availableMi), settings), {
        verdicts: [isLow ? { ...problem('MemoryLow', 'node memory', message), isUrgent: availableMi < limitMi / 2 } : healthy],
        readings: [
          { name: 'memory_available', value: availableMi * MI, unit: 'bytes', source: '/proc/meminfo' },
          { name: 'memory_total', value: totalMi * MI, unit: 'bytes', source: '/proc/meminfo' },
          { name: 'memory_available_limit', value: limitMi * MI, unit: 'bytes', source: 'settings' },
        ],
      });
    });
  }

  it('does not apply to a kernel that has no MemAvailable', () => {
    assert.deepEqual(judgeAvailable(meminfo(1_024, undefined), settings).verdicts, [
      notApplicable('this kernel (before 3.14) has no MemAvailable in /proc/meminfo'),
    ]);
  });
});

describe('memory-stalled', () => {
  function pressure(avg60: string): ReturnType<typeof parsePressure> {
    return parsePressure(
      `some avg10=80.00 avg60=90.00 avg300=50.00 total=5\nfull avg10=0.50 avg60=${avg60} avg300=0.00 total=4\n`,
      '/proc/pressure/memory',
    );
  }

  it('is judged by the line full, however high some is: one container in its own limit is not the node', () => {
    assert.deepEqual(judgeStalled({ kind: 'ok', value: pressure('10.00') }, settings).verdicts, [healthy]);
  });

  it('tells the limit, not the reading, so that the message stays the same while the state does', () => {
    const message = 'node memory: all tasks were stalled for more than 10% of a minute (/proc/pressure/memory, full avg60)';
    for (const avg60 of ['10.01', '99.99']) {
      assert.deepEqual(judgeStalled({ kind: 'ok', value: pressure(avg60) }, settings).verdicts, [problem('MemoryStalled', 'node memory', message)]);
    }
  });

  it('does not apply without PSI, and is unknown where the file cannot be read', () => {
    assert.deepEqual(judgeStalled({ kind: 'absent', message: 'no PSI' }, settings).verdicts, [notApplicable('no PSI')]);
    assert.deepEqual(judgeStalled({ kind: 'denied', message: 'denied' }, settings).verdicts, [unknown('denied')]);
    assert.deepEqual(judgeStalled({ kind: 'failed', message: 'failed' }, settings).verdicts, [unknown('failed')]);
  });

  it('is unknown without the line full', () => {
    const some = parsePressure('some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n', '/proc/pressure/memory');
    assert.deepEqual(judgeStalled({ kind: 'ok', value: some }, settings).verdicts, [unknown('/proc/pressure/memory: no line "full"')]);
  });
});

describe('oom-kills', () => {
  const vmstat = (oomKills: string) => parseVmstat(`nr_free_pages 1\noom_kill ${oomKills}\n`);

  it('says nothing of kills before the first look of a boot', () => {
    const look = judgeOomKills(vmstat('7'), undefined);
    assert.deepEqual([look.verdicts, look.events, look.memo], [[healthy], [], { oomKills: '7' }]);
  });

  it('tells those since the last look as one event with their number', () => {
    assert.deepEqual(judgeOomKills(vmstat('10'), rememberedOf({ oomKills: '7' })).events, [
      { severity: 'warn', reason: 'OOMKilling', message: '3 processes were killed because memory ran out (/proc/vmstat, oom_kill)' },
    ]);
    assert.deepEqual(judgeOomKills(vmstat('8'), rememberedOf({ oomKills: '7' })).events, [
      { severity: 'warn', reason: 'OOMKilling', message: '1 process was killed because memory ran out (/proc/vmstat, oom_kill)' },
    ]);
  });

  it('takes a memo that it cannot use, or a counter that went back, for no news', () => {
    for (const memo of [null, 7, 'x', {}, { oomKills: 7 }, { oomKills: '-1' }, { oomKills: '99' }]) {
      assert.deepEqual(judgeOomKills(vmstat('8'), rememberedOf(memo)).events, []);
    }
  });

  it('survives a counter beyond 2^53', () => {
    assert.deepEqual(judgeOomKills(vmstat('18446744073709551615'), rememberedOf({ oomKills: '18446744073709551614' })).events?.length, 1);
  });

  it('does not apply to a kernel that does not count', () => {
    assert.deepEqual(judgeOomKills(parseVmstat('nr_free_pages 1\n'), undefined), {
      verdicts: [notApplicable('this kernel (before 4.13) does not count OOM kills')],
    });
  });
});
