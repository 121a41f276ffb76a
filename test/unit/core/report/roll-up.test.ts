import { assert } from 'chai';
import type { ConditionSpec } from '../../../../plugins/core/conditions.ts';
import type { ReportPlan } from '../../../../plugins/core/report/state.ts';
import { healthy, notApplicable, problem, unknown, unknownOf } from '../../../../plugins/core/verdict.ts';
import { type Story, diskSpec, netSpec, plan, story } from './story.ts';

const ready: ConditionSpec = {
  type: 'AllReady', polarity: 'positive', reasons: [], healthy: { reason: 'AllIsReady', message: 'all is ready' },
  unknownReason: 'AllUnknown', notApplicableReason: 'NoDisk', rollUpOf: ['NetVerified', 'DiskLow'],
};
/** First in the list, so that the order of the table plays no part. */
const rolledUp: ReportPlan = { ...plan, specs: [ready, diskSpec, { ...netSpec, notApplicableReason: 'NoDisk' }] };

function tale(): Story {
  const told = story(rolledUp);
  for (const check of ['space', 'speed', 'net']) told.look(check, healthy);
  return told;
}

describe('a condition that rolls up others', () => {
  it('is unknown as long as one of them is, and names it', () => {
    const told = story(rolledUp);
    assert.match(told.told('AllReady'), /^Unknown AllUnknown: NetVerified: net: no look yet; DiskLow: /);
  });

  it('is True when all are healthy', () => {
    assert.strictEqual(tale().told('AllReady'), 'True AllIsReady: all is ready');
  });

  it('has the reason and the message of the worst, and tells no event of its own', () => {
    const told = tale();
    told.look('space', problem('DiskFull', '/', '/ is full'));
    assert.strictEqual(told.told('AllReady'), 'False DiskFull: DiskLow: / is full');
    assert.deepEqual(told.events(), ['warn DiskFull: / is full']);
    told.look('net', problem('NetDown', 'eth0', 'eth0 is down'));
    assert.strictEqual(told.told('AllReady'), 'False NetDown: NetVerified: eth0 is down; DiskLow: / is full');
    told.look('space', healthy);
    told.look('net', healthy);
    assert.deepEqual(told.events().slice(2), ['info DiskIsFine: DiskLow is over (was DiskFull): disks are fine', 'info NetIsVerified: NetVerified is over (was NetDown): the network answers']);
  });

  it('says so where none of them applies', () => {
    const told = story(rolledUp);
    for (const check of ['space', 'speed', 'net']) told.look(check, notApplicable('nothing here'));
    assert.strictEqual(told.told('AllReady'), 'True NoDisk: nothing here');
  });

  it('has another reason for that where all have it', () => {
    const told = story({ ...rolledUp, specs: [{ ...ready, moreNotApplicableReasons: ['NoneWanted'] }, ...rolledUp.specs.slice(1)] });
    for (const check of ['space', 'speed', 'net']) told.look(check, { ...notApplicable('none is wanted'), reason: 'NoneWanted' });
    assert.strictEqual(told.told('AllReady'), 'True NoneWanted: none is wanted');
  });

  it('says what none of them judges', () => {
    const told = tale();
    told.look('net', notApplicable('no cable'));
    told.look('speed', notApplicable('no clock'));
    assert.strictEqual(told.told('AllReady'), 'True AllIsReady: all is ready; not judged: no cable; no clock');
  });

  it('keeps its transition over a restart', () => {
    const told = tale();
    const before = told.condition('AllReady');
    told.restart(60_000);
    assert.deepEqual(told.condition('AllReady'), before);
  });
});

describe('a "does not apply" with a reason of its own', () => {
  it('gives the condition that reason, also over a restart', () => {
    const told = story();
    told.look('space', { ...notApplicable('nobody may look'), reason: 'DiskNotVisible' });
    told.look('speed', notApplicable('nobody may look'));
    assert.strictEqual(told.told(), 'False DiskNotVisible: nobody may look');
    told.restart();
    assert.strictEqual(told.told(), 'False DiskNotVisible: nobody may look');
  });
});

describe('a check that applied nowhere', () => {
  it('does not begin to be healthy because one of its subjects cannot be looked at', () => {
    const told = story();
    told.look('speed', notApplicable('no disk'));
    told.look('space', notApplicable('no disk'));
    told.look('space', notApplicable('no disk'), unknownOf('sda', 'sda is lost'));
    assert.strictEqual(told.told(), 'False NoDisk: no disk');
    told.look('space', healthy, unknownOf('sda', 'sda is lost'));
    assert.match(told.told(), /^False DiskIsFine/);
  });
});

describe('an unknown with a reason of its own', () => {
  it('gives the condition that reason, also over a restart', () => {
    const told = story();
    told.look('space', { ...unknown('nothing is there'), reason: 'DiskNotThere' });
    told.look('speed', healthy);
    assert.strictEqual(told.told(), 'Unknown DiskNotThere: nothing is there');
    told.restart();
    assert.strictEqual(told.told(), 'Unknown DiskNotThere: nothing is there');
  });
});
