import { assert } from 'chai';
import { startReport } from '../../../../plugins/core/report/report.ts';
import { restoreReport, saveReport } from '../../../../plugins/core/report/save.ts';
import type { ReportState } from '../../../../plugins/core/report/state.ts';
import { healthy, notApplicable, problem, unknown, unknownOf } from '../../../../plugins/core/verdict.ts';
import { CLEAR_MS, PERIOD_MS, START_WALL_MS, type Story, plan, story } from './story.ts';

const full = problem('DiskFull', '/', '/ is full');
const slow = { ...problem('DiskSlow', 'sda', 'sda answers late'), isUrgent: true };
const LATER = { wallMs: START_WALL_MS + 60_000, monotonicMs: 9 };

/** A node with a full and slow disk whose network check does not apply. */
function sickStory(): Story {
  const tale = story();
  tale.pass(1_000);
  tale.look('speed', slow);
  tale.lookWith('space', { verdicts: [full], memo: { seen: ['/'] } });
  tale.look('net', notApplicable('no network'));
  return tale;
}

function savedText(tale: Story): string {
  return saveReport(plan, tale.state(), 'this-boot', tale.now());
}

function restored(text: string, bootId = 'this-boot'): ReportState {
  return restoreReport(plan, startReport(plan, LATER), text, bootId, LATER);
}

describe('a report over a restart', () => {
  it('is the same in every byte, transition times and events too', () => {
    const tale = sickStory();
    const before = { conditions: tale.conditions(), events: tale.events() };
    tale.restart(60_000);
    assert.deepEqual({ conditions: tale.conditions(), events: tale.events() }, before);
  });

  it('keeps what each check remembered', () => {
    assert.deepEqual(restored(savedText(sickStory())).checks.get('space')?.memo, { seen: ['/'] });
  });

  it('keeps what is usual on this machine also over a boot, and before the first look after it', () => {
    const tale = story();
    tale.lookWith('space', { verdicts: [healthy], memo: 1, baseline: { disks: 4 } });
    const rebooted = restored(savedText(tale), 'next-boot');
    assert.deepEqual([rebooted.checks.get('space')?.baseline, rebooted.checks.get('space')?.memo], [{ disks: 4 }, undefined]);
    assert.strictEqual(rebooted.conditions.get('DiskLow')?.status, 'Unknown');
    const again = restored(saveReport(plan, rebooted, 'next-boot', LATER), 'boot-after-that');
    assert.deepEqual(again.checks.get('space')?.baseline, { disks: 4 });
  });

  it('keeps a baseline through looks that say nothing of it', () => {
    const tale = story();
    tale.lookWith('space', { verdicts: [healthy], baseline: { disks: 4 } });
    tale.look('space', unknown('cannot be read'));
    tale.restart();
    assert.deepEqual(tale.state().checks.get('space')?.baseline, { disks: 4 });
  });

  it('neither announces a problem again nor waits to raise it', () => {
    const tale = sickStory();
    const events = tale.events();
    const { transitionMs } = tale.condition();
    tale.restart(60_000);
    tale.look('space', healthy);
    tale.look('speed', problem('DiskSlow', 'sda', 'sda answers late'));
    assert.deepEqual(tale.condition(), { type: 'DiskLow', status: 'True', transitionMs, reason: 'DiskSlow', message: 'sda answers late' });
    assert.deepEqual(tale.events(), events);
  });

  it('tells the end of an episode that began before it', () => {
    const tale = sickStory();
    tale.restart();
    tale.look('space', healthy);
    tale.look('speed', healthy);
    tale.pass(CLEAR_MS);
    tale.look('space', healthy);
    tale.look('speed', healthy);
    assert.strictEqual(tale.told(), 'False DiskIsFine: disks are fine');
    assert.deepEqual(tale.events().slice(-1), ['info DiskIsFine: DiskLow is over (was DiskSlow, DiskFull): disks are fine']);
  });

  it('is given up after three periods without a look', () => {
    const tale = sickStory();
    tale.restart();
    tale.pass(3 * PERIOD_MS);
    assert.strictEqual(tale.condition().status, 'True');
    tale.pass(1);
    assert.strictEqual(tale.told(), 'Unknown DiskUnknown: space: no fresh look since 2026-01-31T03:00:01Z; speed: no fresh look since 2026-01-31T03:00:01Z');
  });

  it('is given up after three periods of looks that cannot tell', () => {
    const tale = sickStory();
    tale.restart();
    tale.pass(3 * PERIOD_MS);
    for (const check of ['space', 'speed']) tale.look(check, unknown('denied'));
    assert.strictEqual(tale.condition().status, 'True');
    tale.pass(1);
    assert.strictEqual(tale.told(), 'Unknown DiskUnknown: denied');
  });

  it('does not know again what was given up before', () => {
    const tale = sickStory();
    tale.pass(3 * PERIOD_MS + 1);
    tale.look('speed', healthy, unknownOf('sda', 'sda does not answer'));
    tale.look('space', healthy);
    tale.restart(1);
    assert.strictEqual(tale.told(), 'Unknown DiskUnknown: sda does not answer');
    tale.look('speed', unknownOf('sda', 'sda does not answer'));
    assert.strictEqual(tale.told(), 'Unknown DiskUnknown: sda does not answer');
  });

  it('does not make fresh what was stale before', () => {
    const tale = sickStory();
    tale.pass(3 * PERIOD_MS + 1);
    const before = tale.conditions();
    tale.restart(1);
    assert.deepEqual(tale.conditions(), before);
    assert.strictEqual(tale.condition('NetVerified').status, 'Unknown');
  });

  it('does not know what was never looked at', () => {
    const tale = story();
    tale.look('space', healthy);
    tale.restart();
    assert.strictEqual(tale.told(), 'Unknown DiskUnknown: speed: no look yet');
  });

  it('forgets a finding that was still waiting: its time starts again', () => {
    const tale = story();
    tale.look('space', healthy);
    tale.look('speed', problem('DiskSlow', 'sda', 'sda answers late'));
    tale.restart();
    tale.pass(90_000);
    tale.look('space', healthy);
    tale.look('speed', problem('DiskSlow', 'sda', 'sda answers late'));
    assert.strictEqual(tale.told(), 'False DiskIsFine: disks are fine');
  });

  it('is saved in the same text again while nothing happens', () => {
    const text = savedText(sickStory());
    assert.strictEqual(saveReport(plan, restored(text), 'this-boot', LATER), text);
  });
});

describe('a state file of another boot', () => {
  it('gives only the events that nobody collected', () => {
    const tale = sickStory();
    const state = restored(savedText(tale), 'next-boot');
    const fresh = startReport(plan, LATER);
    assert.deepEqual(state, { ...fresh, queue: tale.state().queue });
  });
});

describe('a state file with more than this version knows', () => {
  it('is read, checks and conditions that are gone are left out', () => {
    const saved = JSON.parse(savedText(sickStory())) as { checks: object; conditions: object };
    const text = JSON.stringify({
      ...saved, extra: 1, checks: { ...saved.checks, gone: 7 }, conditions: { ...saved.conditions, Gone: 7 },
    });
    assert.deepEqual(restored(text), restored(savedText(sickStory())));
  });

  it('keeps 256 events and messages of at most 1,024 bytes without percent signs', () => {
    const saved = JSON.parse(savedText(sickStory())) as object;
    const events = Array.from({ length: 300 }, (_, index) => ({ severity: 'info', timestampMs: index, reason: 'Happened', message: `${index} %${'x'.repeat(2_000)}` }));
    const { pending, droppedCount } = restored(JSON.stringify({ ...saved, events, droppedCount: 5 })).queue;
    assert.strictEqual(pending.length, 256);
    assert.strictEqual(droppedCount, 49);
    assert.isTrue(pending.every(({ message }) => Buffer.byteLength(message) <= 1_024 && !message.includes('%')));
    assert.strictEqual(new Set(pending.map(({ id }) => id)).size, 256);
  });
});

describe('a broken state file is refused, saying what is wrong', () => {
  const good = JSON.parse(savedText(sickStory())) as Readonly<Record<string, unknown>>;
  const condition = { status: 'True', transitionMs: 1, reason: 'DiskFull', message: '', announced: [] };
  const check = { findings: [], gaps: [], appliesNowhere: false };
  const event = { severity: 'info', timestampMs: 1, reason: 'Happened', message: '' };
  const table: readonly (readonly [string, string])[] = [
    ['', 'Unexpected end of JSON input'],
    ['\0\0\0\0', 'is not valid JSON'],
    [JSON.stringify(good).slice(0, 100), 'in JSON at position'],
    ['null', 'not a state file of format 1'],
    ['[]', 'not a state file of format 1'],
    ['7', 'not a state file of format 1'],
    ['{}', 'not a state file of format 1'],
    [JSON.stringify({ ...good, format: 2 }), 'not a state file of format 1'],
    [JSON.stringify({ ...good, events: {} }), 'events: expected a list'],
    [JSON.stringify({ ...good, events: [7] }), 'event: expected an object'],
    [JSON.stringify({ ...good, events: [{ ...event, timestampMs: -1 }] }), 'timestampMs: expected a whole number ≥ 0'],
    [JSON.stringify({ ...good, events: [{ ...event, timestampMs: 1e15 }] }), 'timestampMs: expected a time before the year 10000'],
    [JSON.stringify({ ...good, events: [{ ...event, message: null }] }), 'message: expected a text'],
    [JSON.stringify({ ...good, events: [{ ...event, reason: 'no name' }] }), 'reason: expected a reason in CamelCase, got "no name"'],
    [JSON.stringify({ ...good, droppedCount: 0.5 }), 'droppedCount: expected a whole number ≥ 0'],
    [JSON.stringify({ ...good, checks: null }), 'checks: expected an object'],
    [JSON.stringify({ ...good, checks: { space: [] } }), 'checks.space: expected an object'],
    [JSON.stringify({ ...good, checks: { space: { ...check, findings: [null] } } }), 'finding: expected an object'],
    [JSON.stringify({ ...good, checks: { space: { ...check, findings: [{ reason: 1 }] } } }), 'reason: expected a text'],
    [JSON.stringify({ ...good, checks: { space: { ...check, gaps: undefined } } }), 'gaps: expected a list'],
    [JSON.stringify({ ...good, checks: { space: { ...check, notApplicable: 1 } } }), 'notApplicable: expected a text'],
    [JSON.stringify({ ...good, conditions: 'x' }), 'conditions: expected an object'],
    [JSON.stringify({ ...good, conditions: { DiskLow: { ...condition, status: 'true' } } }), 'status: expected True, False or Unknown'],
    [JSON.stringify({ ...good, conditions: { DiskLow: { ...condition, transitionMs: '1' } } }), 'transitionMs: expected a whole number ≥ 0'],
    [JSON.stringify({ ...good, conditions: { DiskLow: { ...condition, announced: [1] } } }), 'announced: expected a text'],
    [JSON.stringify({ ...good, conditions: { DiskLow: { ...condition, announced: [''] } } }), 'announced: expected a reason in CamelCase, got ""'],
  ];
  for (const [text, message] of table) {
    it(`${message}: ${JSON.stringify(text.slice(0, 30))}`, () => {
      assert.throws(() => restored(text), message);
    });
  }
});
