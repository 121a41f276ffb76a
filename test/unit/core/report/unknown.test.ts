import { assert } from 'chai';
import { healthy, notApplicable, partOf, problem, unknown, unknownOf } from '../../../../plugins/core/verdict.ts';
import { CLEAR_MS, PERIOD_MS, RAISE_MS, type Story, story } from './story.ts';

const fullRoot = problem('DiskFull', '/', '/ is full');
const fullData = problem('DiskFull', '/data', '/data is full');
const denied = unknown('/proc/1/mountinfo: permission denied');
const hungData = unknownOf('/data', '/data does not answer');
const FINE = 'False DiskIsFine: disks are fine';
const LASTS_MS = 3 * PERIOD_MS;

function taleOf(...first: Parameters<Story['look']>[1][]): Story {
  const tale = story();
  tale.look('speed', healthy);
  tale.look('space', ...first);
  return tale;
}

/** The other check goes on looking, so that only `space` is in question. */
function looksAfter(ms: number, tale: Story, ...verdicts: Parameters<Story['look']>[1][]): void {
  tale.pass(ms);
  tale.look('speed', healthy);
  tale.look('space', ...verdicts);
}

describe('a subject with parts', () => {
  it('that cannot be looked at hides its parts and no other, and a part only itself', () => {
    const tale = story();
    const pending = problem('DiskFull', partOf('sda', 'pages'), 'sda: pages');
    tale.look('space', pending, problem('DiskFull', 'sdab', 'sdab'));
    tale.look('speed', healthy);
    for (let round = 0; round < 5; round++) {
      tale.pass(PERIOD_MS);
      tale.look('speed', healthy);
      tale.look('space', unknownOf('sda', 'sda is gone'), healthy);
    }
    assert.strictEqual(tale.told(), 'Unknown DiskUnknown: sda is gone');
    tale.look('space', pending, unknownOf(partOf('sda', 'rows'), 'sda: rows cannot be read'));
    assert.strictEqual(tale.told(), 'True DiskFull: sda: pages');
  });
});

describe('a look that could not tell', () => {
  it('is Unknown at once when nothing was known before', () => {
    assert.strictEqual(taleOf(denied).told(), 'Unknown DiskUnknown: /proc/1/mountinfo: permission denied');
  });

  it('is Unknown at once when only one subject was never known', () => {
    assert.strictEqual(taleOf(healthy, hungData).told(), 'Unknown DiskUnknown: /data does not answer');
  });

  it('leaves the condition Unknown while another check has never looked', () => {
    const tale = story();
    tale.look('space', healthy);
    assert.strictEqual(tale.told(), 'Unknown DiskUnknown: speed: no look yet');
  });

  const states: readonly (readonly [string, Story, string])[] = [
    ['healthy', taleOf(healthy), FINE],
    ['a problem', taleOf(fullRoot), 'True DiskFull: / is full'],
    ['not applicable in part', taleOf(healthy, notApplicable('/boot has no inodes')), `${FINE}; not judged: /boot has no inodes`],
  ];
  for (const [name, tale, before] of states) {
    it(`holds the last known state for three periods, then it is Unknown: ${name}`, () => {
      looksAfter(PERIOD_MS, tale, denied);
      looksAfter(PERIOD_MS, tale, denied);
      looksAfter(PERIOD_MS, tale, denied);
      assert.strictEqual(tale.told(), before);
      looksAfter(1, tale, denied);
      assert.strictEqual(tale.told(), 'Unknown DiskUnknown: /proc/1/mountinfo: permission denied');
    });
  }

  it('holds even "does not apply at all" for three periods', () => {
    const tale = story();
    tale.look('net', notApplicable('no network'));
    tale.pass(LASTS_MS);
    tale.look('net', denied);
    assert.strictEqual(tale.told('NetVerified'), 'True NoNet: no network');
    tale.pass(1);
    assert.strictEqual(tale.told('NetVerified'), 'Unknown NetUnknown: /proc/1/mountinfo: permission denied');
  });

  it('is forgotten by the first look that can tell again', () => {
    const tale = taleOf(fullRoot);
    looksAfter(2 * LASTS_MS, tale, denied);
    looksAfter(1, tale, fullRoot);
    assert.strictEqual(tale.told(), 'True DiskFull: / is full');
    looksAfter(1, tale, healthy);
    assert.strictEqual(tale.told(), FINE);
  });

  it('of nothing named differently each time still runs out', () => {
    const tale = taleOf(healthy);
    for (const message of ['denied', 'no such file', 'input/output error', 'denied']) looksAfter(PERIOD_MS, tale, unknown(message));
    assert.strictEqual(tale.told(), 'Unknown DiskUnknown: denied');
  });
});

describe('an unknown of one subject', () => {
  it('does not hide the problem of another', () => {
    const tale = taleOf(fullRoot, hungData);
    assert.strictEqual(tale.told(), 'True DiskFull: / is full');
  });

  it('holds only its own: the problem of another clears meanwhile', () => {
    const tale = taleOf(fullRoot, fullData);
    looksAfter(1, tale, hungData);
    assert.strictEqual(tale.told(), 'True DiskFull: /data is full');
  });

  it('gives its own up after three periods', () => {
    const tale = taleOf(fullData);
    looksAfter(LASTS_MS, tale, hungData);
    assert.strictEqual(tale.told(), 'True DiskFull: /data is full');
    tale.pass(1);
    tale.look('speed', healthy);
    assert.strictEqual(tale.told(), 'Unknown DiskUnknown: /data does not answer');
  });

  it('ends with its subject', () => {
    const tale = taleOf(fullData);
    looksAfter(LASTS_MS + 1, tale, hungData);
    looksAfter(1, tale, healthy);
    assert.strictEqual(tale.told(), FINE);
  });

  it('that was given up is not healed by a look that could tell nothing at all', () => {
    const tale = taleOf(healthy, hungData);
    looksAfter(1, tale, denied);
    assert.strictEqual(tale.condition().status, 'Unknown');
    assert.include(tale.told(), '/data does not answer');
  });

  it('runs out also when looks that can tell nothing at all come between', () => {
    const tale = taleOf(healthy);
    for (let turn = 0; turn < 4; turn++) {
      looksAfter(PERIOD_MS / 2, tale, healthy, hungData);
      looksAfter(PERIOD_MS / 2, tale, denied);
    }
    assert.strictEqual(tale.told(), 'Unknown DiskUnknown: /data does not answer');
  });

  it('counts from the last time it was known, also after a look that told nothing at all', () => {
    const tale = taleOf(healthy);
    looksAfter(LASTS_MS, tale, denied);
    looksAfter(1, tale, healthy, hungData);
    assert.strictEqual(tale.told(), 'Unknown DiskUnknown: /data does not answer');
  });

  it('holds a waiting finding: neither forgotten nor told', () => {
    const tale = taleOf(healthy);
    const slow = problem('DiskSlow', '/data', '/data answers late');
    looksAfter(1, tale, slow);
    looksAfter(RAISE_MS / 2, tale, hungData);
    assert.strictEqual(tale.told(), FINE);
    looksAfter(RAISE_MS / 2, tale, slow);
    assert.strictEqual(tale.told(), 'True DiskSlow: /data answers late');
  });

  it('does not restart the clear time', () => {
    const tale = taleOf({ ...problem('DiskSlow', '/data', '/data answers late'), isUrgent: true });
    looksAfter(PERIOD_MS, tale, healthy);
    looksAfter(PERIOD_MS, tale, hungData);
    looksAfter(CLEAR_MS - PERIOD_MS, tale, healthy);
    assert.strictEqual(tale.told(), FINE);
  });

  it('hides what is known of its subject however many other subjects are unknown', () => {
    const many = Array.from({ length: 200 }, (_, index) => unknownOf(`/mnt/${index}`, `/mnt/${index} does not answer`));
    const tale = taleOf(healthy, fullData);
    looksAfter(PERIOD_MS, tale, ...many, hungData);
    assert.strictEqual(tale.told(), 'True DiskFull: /data is full');
  });
});

describe('a check that no longer looks', () => {
  it('is good for three periods, then Unknown, in the same bytes for ever', () => {
    const tale = taleOf(fullRoot);
    tale.pass(LASTS_MS);
    assert.strictEqual(tale.told(), 'True DiskFull: / is full');
    tale.pass(1);
    tale.look('speed', healthy);
    const told = 'Unknown DiskUnknown: space: no fresh look since 2026-01-31T03:00:00Z';
    assert.strictEqual(tale.told(), told);
    const before = JSON.stringify(tale.condition());
    for (let hour = 0; hour < 24; hour++) {
      tale.pass(3_600_000);
      tale.look('speed', healthy);
      tale.jumpWall(hour * 1_000);
      assert.strictEqual(JSON.stringify(tale.condition()), before);
    }
  });

  it('does not hide the problem that another check sees', () => {
    const tale = taleOf(healthy);
    tale.pass(LASTS_MS + 1);
    tale.look('speed', { ...problem('DiskSlow', 'sda', 'sda answers late'), isUrgent: true });
    assert.strictEqual(tale.told(), 'True DiskSlow: sda answers late');
  });
});
