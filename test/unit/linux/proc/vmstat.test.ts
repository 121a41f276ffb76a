import { assert } from 'chai';
import { parseVmstat } from '../../../../plugins/linux/proc/vmstat.ts';

describe('/proc/vmstat', () => {
  it('the known counters are read as 64 bits, others ignored', () => {
    const text = 'nr_free_pages 977769\nnr_new one two\npswpin 1476\npswpout 35045\npgmajfault 507162\noom_kill 18446744073709551615\n';
    assert.deepEqual(parseVmstat(text), {
      freePages: 977_769n,
      oomKills: 18_446_744_073_709_551_615n,
      majorFaults: 507_162n,
      swappedInPages: 1476n,
      swappedOutPages: 35_045n,
    });
  });

  it('a kernel before 4.13 does not count OOM kills: undefined, not zero', () => {
    assert.equal(parseVmstat('nr_free_pages 1\n').oomKills, undefined);
  });

  const broken: readonly (readonly [string, string])[] = [
    ['', '/proc/vmstat: expected a line "nr_free_pages <n>", got ""'],
    ['nr_free_pages 1\noom_kill\n', '/proc/vmstat:2: expected a counter, got ""'],
    ['nr_free_pages 1\noom_kill -1\n', '/proc/vmstat:2: expected a counter, got "-1"'],
    ['nr_free_pages 1\noom_kill 1 2\n', '/proc/vmstat:2: expected "oom_kill <n>", got "oom_kill 1 2"'],
  ];
  for (const [text, message] of broken) {
    it(`refused: ${message}`, () => {
      assert.throws(() => parseVmstat(text), message);
    });
  }
});
