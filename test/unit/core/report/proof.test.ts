import { assert } from 'chai';
import type { ConditionSpec } from '../../../../plugins/core/conditions.ts';
import { startReport } from '../../../../plugins/core/report/report.ts';
import { restoreReport, saveReport } from '../../../../plugins/core/report/save.ts';
import type { ReportPlan } from '../../../../plugins/core/report/state.ts';
import { type Verdict, healthy, notApplicable, problem, unknown, unknownOf } from '../../../../plugins/core/verdict.ts';
import { CLEAR_MS, PERIOD_MS, RAISE_MS, type Story, diskSpec, plan, story } from './story.ts';

const proven: ConditionSpec = { ...diskSpec, provesHealth: true };
const ready: ConditionSpec = {
  type: 'AllReady', polarity: 'positive', reasons: [], healthy: { reason: 'AllIsReady', message: 'all is ready' }, provesHealth: true,
  unknownReason: 'AllUnknown', notApplicableReason: 'NotJudged', rollUpReason: 'AllNotReady', rollUpOf: ['DiskLow'],
};
const provenPlan: ReportPlan = { ...plan, specs: [proven, ready], checks: plan.checks.filter(({ condition }) => condition === 'DiskLow') };

const slow = (subject = 'sda') => problem('DiskSlow', subject, `${subject} answers late`);
const NOT_YET = 'Unknown DiskUnknown: not verified yet: sda answers late';
const FINE = 'False DiskIsFine: disks are fine';

/** Of a node whose other check is fine. */
function tale(): Story {
  const told = story(provenPlan);
  told.look('space', healthy);
  return told;
}

/** Looks at the speed once per period, beginning now, for so long. */
function lookOften(told: Story, forMs: number, ...verdicts: readonly Verdict[]): void {
  for (let passedMs = 0; passedMs <= forMs; passedMs += PERIOD_MS) {
    if (passedMs > 0) told.pass(PERIOD_MS);
    told.look('speed', ...verdicts);
    told.look('space', healthy);
  }
}

describe('a condition whose health is to be proven first', () => {
  it('is Unknown with what was found, as long as that is too new to be told', () => {
    const told = tale();
    told.look('speed', slow('sdb'), slow('sda'), healthy);
    assert.strictEqual(told.told(), 'Unknown DiskUnknown: not verified yet: sda answers late; sdb answers late');
    assert.strictEqual(told.told('AllReady'), 'Unknown AllUnknown: DiskLow: not verified yet: sda answers late; sdb answers late');
    assert.isEmpty(told.events());
  });

  it('is the problem once that has lasted', () => {
    const told = tale();
    lookOften(told, RAISE_MS, slow());
    assert.strictEqual(told.told(), 'True DiskSlow: sda answers late');
    assert.strictEqual(told.told('AllReady'), 'False AllNotReady: DiskLow: sda answers late');
    assert.deepEqual(told.events(), ['info DiskSlow: sda answers late']);
  });

  it('is healthy by the first look that finds nothing', () => {
    const told = tale();
    told.look('speed', slow());
    told.look('speed', healthy);
    assert.strictEqual(told.told(), FINE);
    assert.strictEqual(told.told('AllReady'), 'True AllIsReady: all is ready');
  });

  it('has its proof for good: a later finding has to last as any other', () => {
    const told = tale();
    told.look('speed', healthy);
    told.look('speed', slow());
    assert.strictEqual(told.told(), FINE);
    told.look('speed', unknown('denied'));
    assert.strictEqual(told.told(), FINE);
  });

  it('is not proven by what could not be told, nor by one of two subjects', () => {
    const told = tale();
    told.look('speed', healthy, unknownOf('sdb', 'sdb does not answer'));
    assert.strictEqual(told.told(), 'Unknown DiskUnknown: sdb does not answer');
    told.look('speed', healthy, slow('sdb'));
    assert.strictEqual(told.told(), 'Unknown DiskUnknown: not verified yet: sdb answers late');
    told.look('speed', unknownOf('sda', 'sda does not answer'), healthy);
    assert.strictEqual(told.told(), 'Unknown DiskUnknown: speed: not verified yet', 'each was fine once, and never both');
  });

  it('tells both what was found and what cannot be told', () => {
    const told = tale();
    told.look('speed', slow(), unknownOf('sdb', 'sdb does not answer'));
    assert.strictEqual(told.told(), `${NOT_YET}; sdb does not answer`);
  });

  it('is proven by what does not apply beside something healthy, and not by that alone', () => {
    const told = tale();
    told.look('speed', notApplicable('no clock'));
    assert.strictEqual(told.told(), `${FINE}; not judged: no clock`);
    told.look('speed', slow());
    assert.strictEqual(told.told(), NOT_YET);
    told.look('speed', healthy, notApplicable('no clock'));
    told.look('speed', slow());
    assert.strictEqual(told.told(), FINE);
  });

  it('leaves out how things looked around it until it is told', () => {
    const told = tale();
    told.look('speed', { ...slow(), outlook: 'nothing else was tried' });
    assert.strictEqual(told.told(), NOT_YET);
  });

  it('needs none in a single look', () => {
    const told = story({ ...provenPlan, immediate: true });
    told.look('space', healthy);
    told.look('speed', slow());
    assert.strictEqual(told.told(), 'True DiskSlow: sda answers late');
  });

  it('is another one than a condition without this: that is healthy as long as nothing is raised', () => {
    const told = story();
    told.look('space', healthy);
    told.look('speed', slow());
    assert.strictEqual(told.told(), FINE);
  });
});

describe('what is to prove its health and fails in another way at each look', () => {
  const row = (reason: string, raiseAfterMs: number) => ({ reason, severity: 'warn', reads: '', limit: '', advice: '', raiseAfterMs, clearAfterMs: PERIOD_MS, privilege: 'a' } as const);
  const fickle: ConditionSpec = { ...proven, reasons: [row('Refused', RAISE_MS), row('Silent', RAISE_MS), row('Slow', 2 * RAISE_MS)] };
  const says = (reason: string) => problem(reason, 'API', `API is ${reason.toLowerCase()}`);
  const begin = (spec: ConditionSpec): Story => {
    const told = story({ ...plan, specs: [spec], checks: plan.checks.filter(({ name }) => name === 'speed') });
    told.look('speed', healthy);
    return told;
  };
  const live = (told: Story, verdicts: readonly Verdict[]): void => {
    for (const verdict of verdicts) {
      told.pass(PERIOD_MS);
      told.look('speed', verdict);
    }
  };
  const [refused, silent, slowly] = [says('Refused'), says('Silent'), says('Slow')];

  it('is told when it has failed for so long', () => {
    const told = begin(fickle);
    live(told, [refused, silent, refused]);
    assert.strictEqual(told.told(), FINE);
    live(told, [silent]);
    assert.strictEqual(told.told(), 'True Silent: API is silent');
  });

  it('is not fine again because it fails in another way now', () => {
    const told = begin(fickle);
    live(told, [refused, refused, refused, refused, silent]);
    assert.strictEqual(told.condition().status, 'True');
    live(told, [silent, silent]);
    assert.strictEqual(told.told(), 'True Silent: API is silent');
    live(told, [healthy, healthy]);
    assert.strictEqual(told.told(), FINE);
  });

  it('is not fine again because it fails in another way after a restart', () => {
    const told = begin(fickle);
    live(told, [refused, refused, refused, refused]);
    told.restart();
    live(told, [silent, silent, silent]);
    assert.strictEqual(told.told(), 'True Silent: API is silent');
  });

  it('begins anew after a look that was good, and for another subject', () => {
    const told = begin(fickle);
    live(told, [refused, refused, refused, healthy, silent, silent, silent, { ...refused, subject: 'another' }]);
    assert.strictEqual(told.told(), FINE);
  });

  it('is not told sooner because it was slow before', () => {
    const told = begin(fickle);
    live(told, [slowly, slowly, slowly, slowly, silent]);
    assert.strictEqual(told.told(), FINE);
  });

  it('is another matter where health is not to be proven: each finding has its own time', () => {
    const { provesHealth: _, ...plain } = fickle;
    const told = begin(plain);
    live(told, [refused, silent, refused, silent, refused]);
    assert.strictEqual(told.told(), FINE);
  });
});

describe('a proof over a restart', () => {
  it('lasts', () => {
    const told = tale();
    told.look('speed', healthy);
    told.restart();
    assert.strictEqual(told.told(), FINE);
    told.look('speed', slow());
    assert.strictEqual(told.told(), FINE);
  });

  it('that is missing is still missing, though the finding behind it is forgotten', () => {
    const told = tale();
    told.look('speed', slow());
    told.restart();
    assert.strictEqual(told.told(), 'Unknown DiskUnknown: speed: not verified yet');
    told.look('speed', slow());
    assert.strictEqual(told.told(), NOT_YET);
    told.look('speed', healthy);
    assert.strictEqual(told.told(), FINE);
  });

  it('is missing beside a problem that is raised, until that is over', () => {
    const told = tale();
    lookOften(told, RAISE_MS, slow());
    told.restart();
    assert.strictEqual(told.told(), 'True DiskSlow: sda answers late');
    lookOften(told, CLEAR_MS, healthy);
    assert.strictEqual(told.told(), FINE);
  });

  it('is not in the state file of an older version, and is then given anew', () => {
    const told = tale();
    told.look('speed', healthy);
    const text = saveReport(provenPlan, told.state(), 'this-boot', told.now());
    const messageAfter = (saved: string, bootId = 'this-boot'): string | undefined =>
      restoreReport(provenPlan, startReport(provenPlan, told.now()), saved, bootId, told.now()).conditions.get('DiskLow')?.message;
    assert.strictEqual(messageAfter(text), 'disks are fine');
    assert.strictEqual(messageAfter(text.replaceAll(',"isProven":true', '')), 'space: not verified yet; speed: not verified yet');
    assert.strictEqual(messageAfter(text.replaceAll('"isProven":true', '"isProven":"yes"')), 'space: not verified yet; speed: not verified yet');
    assert.strictEqual(messageAfter(text, 'next-boot'), 'space: no look yet; speed: no look yet');
  });
});

describe('a roll-up of what is to be proven', () => {
  it('of which nothing can be judged is Unknown, and says why', () => {
    const told = story(provenPlan);
    for (const check of ['space', 'speed']) told.look(check, notApplicable('no disk here'));
    assert.strictEqual(told.told(), 'False NoDisk: no disk here');
    assert.strictEqual(told.told('AllReady'), 'Unknown AllUnknown: nothing is judged: no disk here');
    told.restart();
    assert.strictEqual(told.told('AllReady'), 'Unknown AllUnknown: nothing is judged: no disk here');
  });

  it('of which one part is judged is healthy, and names the rest', () => {
    const told = tale();
    told.look('speed', notApplicable('no clock'));
    assert.strictEqual(told.told('AllReady'), 'True AllIsReady: all is ready; not judged: no clock');
  });

  it('has the reason of the worst condition where it has none of its own', () => {
    const { rollUpReason: _reason, ...plain } = ready;
    const told = story({ ...provenPlan, specs: [proven, plain] });
    told.look('space', problem('DiskFull', '/', '/ is full'));
    assert.strictEqual(told.told('AllReady'), 'False DiskFull: DiskLow: / is full');
  });
});
