import { assert } from 'chai';
import type { Verdict } from '../../../../plugins/core/verdict.ts';
import { healthy, notApplicable, problem, unknown } from '../../../../plugins/core/verdict.ts';
import { diskSpec, plan, story } from './story.ts';

const fullRoot = problem('DiskFull', '/', '/ is full');
const fullData = problem('DiskFull', '/data', '/data is full');
const slow: Verdict = { ...problem('DiskSlow', 'sda', 'sda answers late'), isUrgent: true };
const noPsi = notApplicable('this kernel has no /proc/pressure');

describe('the worst of several checks', () => {
  const table: readonly { name: string; space: readonly Verdict[]; speed: readonly Verdict[]; want: string }[] = [
    { name: 'nothing found', space: [healthy], speed: [healthy], want: 'False DiskIsFine: disks are fine' },
    { name: 'a problem beats healthy', space: [healthy], speed: [slow], want: 'True DiskSlow: sda answers late' },
    { name: 'a problem beats unknown', space: [unknown('denied')], speed: [slow], want: 'True DiskSlow: sda answers late' },
    { name: 'unknown beats healthy', space: [unknown('denied')], speed: [healthy], want: 'Unknown DiskUnknown: denied' },
    { name: 'two unknowns are both told, in the order of the checks', space: [unknown('a: denied')], speed: [unknown('b: denied')], want: 'Unknown DiskUnknown: a: denied; b: denied' },
    { name: 'what two checks cannot tell for one reason is told once', space: [unknown('a: denied')], speed: [unknown('a: denied')], want: 'Unknown DiskUnknown: a: denied' },
    { name: 'what is missing for two checks is told once', space: [noPsi], speed: [noPsi], want: 'False NoDisk: this kernel has no /proc/pressure' },
    { name: 'unknown beats not applicable', space: [unknown('denied')], speed: [noPsi], want: 'Unknown DiskUnknown: denied' },
    { name: 'a problem beats not applicable', space: [fullRoot], speed: [noPsi], want: 'True DiskFull: / is full' },
    {
      name: 'not applicable counts as healthy and says so',
      space: [healthy], speed: [noPsi], want: 'False DiskIsFine: disks are fine; not judged: this kernel has no /proc/pressure',
    },
    {
      name: 'what does not apply at all has a reason of its own',
      space: [notApplicable('no disk')], speed: [noPsi], want: 'False NoDisk: no disk; this kernel has no /proc/pressure',
    },
    {
      name: 'one subject that does not apply beside a sound one is named',
      space: [healthy, notApplicable('/boot has no inodes')], speed: [healthy], want: 'False DiskIsFine: disks are fine; not judged: /boot has no inodes',
    },
    { name: 'two findings share one condition, the worst names it', space: [fullRoot], speed: [slow], want: 'True DiskFull: / is full; sda answers late' },
    {
      name: 'the order of the table decides, not that of the looks',
      space: [fullData, slow, fullRoot], speed: [healthy], want: 'True DiskFull: / is full; /data is full; sda answers late',
    },
    {
      name: 'a reason that is not in the table is unknown and named',
      space: [problem('DiskGone', 'sdb', 'sdb is gone')], speed: [healthy],
      want: 'Unknown DiskUnknown: reason DiskGone is not in the table of DiskLow: sdb is gone',
    },
    { name: 'a message with line breaks is told in one line', space: [problem('DiskFull', '/a\nb', '/a\nb is full')], speed: [healthy], want: 'True DiskFull: /a?b is full' },
  ];
  for (const { name, space, speed, want } of table) {
    it(`${name}, whichever looked first`, () => {
      for (const order of [['space', 'speed'], ['speed', 'space']] as const) {
        const tale = story();
        for (const check of order) tale.look(check, ...(check === 'space' ? space : speed));
        assert.strictEqual(tale.told(), want);
      }
    });
  }

  it('is the same whatever order one look lists its findings in', () => {
    const tale = story();
    tale.look('speed', healthy);
    tale.look('space', fullData, slow, fullRoot);
    const before = tale.condition();
    tale.look('space', fullRoot, fullData, slow);
    assert.deepEqual(tale.condition(), before);
  });

  it('of no check at all is unknown', () => {
    const tale = story({ ...plan, checks: [] });
    assert.strictEqual(tale.told(), 'Unknown DiskUnknown: no check looks at this');
  });

  it('keeps to 1,024 bytes and counts what is left out', () => {
    const tale = story();
    tale.look('speed', healthy);
    tale.look('space', ...Array.from({ length: 60 }, (_, index) => problem('DiskFull', `/mnt/${index + 100}`, `/mnt/${index + 100} has no free space`)));
    const { message } = tale.condition();
    assert.match(message, /^\/mnt\/100 has no free space; .* \(\+24 more\)$/);
    assert.isAtMost(Buffer.byteLength(message), 1_024);
  });

  it('names a hard fact also when a flood of passing pressures came first', () => {
    const tale = story();
    tale.look('space', healthy);
    tale.look('speed', ...Array.from({ length: 200 }, (_, index) => problem('DiskSlow', `sd${index}`, 'late')), fullRoot);
    assert.strictEqual(tale.told(), 'True DiskFull: / is full');
  });
});

describe('a positive roll-up', () => {
  const table: readonly (readonly [string, Verdict, string])[] = [
    ['True while healthy', healthy, 'True NetIsVerified: the network answers'],
    ['False on a problem', problem('NetDown', '', 'no answer'), 'False NetDown: no answer'],
    ['Unknown when it cannot tell', unknown('denied'), 'Unknown NetUnknown: denied'],
    ['True where it does not apply, and says so', notApplicable('no network'), 'True NoNet: no network'],
  ];
  for (const [name, verdict, want] of table) {
    it(`is ${name}`, () => {
      const tale = story();
      tale.look('net', verdict);
      assert.strictEqual(tale.told('NetVerified'), want);
    });
  }

  it('tells begin and end like any other', () => {
    const tale = story();
    tale.look('net', problem('NetDown', '', 'no answer'));
    tale.look('net', healthy);
    assert.deepEqual(tale.events(), ['warn NetDown: no answer', 'info NetIsVerified: NetVerified is over (was NetDown): the network answers']);
  });
});

describe('the message of a problem', () => {
  const advised = (advice: string): typeof plan => ({
    ...plan,
    specs: plan.specs.map((spec) => ({ ...spec, reasons: spec.reasons.map((row) => ({ ...row, advice: `${row.reason}: ${advice}` })) })),
  });
  const message = (advice: string, ...verdicts: Verdict[]): string => {
    const told = story(advised(advice));
    told.look('space', ...verdicts);
    return told.condition().message;
  };

  it('ends with what to do about each reason, in the order of the table, once', () => {
    assert.equal(message('do this.', slow, fullRoot, fullData), '/ is full; /data is full; sda answers late. DiskFull: do this. DiskSlow: do this.');
  });

  it('counts findings before it drops advice', () => {
    const many = Array.from({ length: 60 }, (_, index) => problem('DiskFull', `/data/${index}`, `/data/${index} is full and stays full`));
    const text = message('do this.', ...many);
    assert.match(text, / \(\+\d+ more\)\. DiskFull: do this\.$/);
    assert.isAtMost(Buffer.byteLength(text), 1_024);
  });

  it('has no advice that would crowd out half of the findings', () => {
    assert.equal(message('x'.repeat(600), fullRoot), '/ is full');
  });
});

describe('the list of conditions', () => {
  it('is complete and in the order of the table before anything was looked at', () => {
    assert.deepEqual(story().conditions().map(({ type, status, reason, message }) => [type, status, reason, message]), [
      ['DiskLow', 'Unknown', 'DiskUnknown', 'space: no look yet; speed: no look yet'],
      ['NetVerified', 'Unknown', 'NetUnknown', 'net: no look yet'],
    ]);
  });

  it('refuses a look of a check that is not in the plan', () => {
    assert.throws(() => story().look('other', healthy), 'no check other with a condition in the plan');
  });

  it('refuses a check whose condition is not in the table, before anything is looked at', () => {
    assert.throws(() => story({ ...plan, specs: [diskSpec] }), /^check \w+ feeds \w+, which is not in the condition table$/);
  });
});
