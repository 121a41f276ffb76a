import { assert } from 'chai';
import type { EventQueue } from '../../../../plugins/core/report/state.ts';
import { consume, emptyQueue, enqueue } from '../../../../plugins/core/report/queue.ts';
import { eventsDelivered } from '../../../../plugins/core/report/report.ts';
import { healthy, problem, unknown } from '../../../../plugins/core/verdict.ts';
import { PERIOD_MS, START_WALL_MS, type Story, story } from './story.ts';

const full = problem('DiskFull', '/', '/ is full');
const slow = { ...problem('DiskSlow', 'sda', 'sda answers late'), isUrgent: true };
const BEGIN = 'warn DiskFull: / is full';
const END = 'info DiskIsFine: DiskLow is over (was DiskFull): disks are fine';

function calmStory(): Story {
  const tale = story();
  tale.look('space', healthy);
  tale.look('speed', healthy);
  return tale;
}

describe('an episode', () => {
  it('tells its begin and its end once each, however many looks and answers there were', () => {
    const tale = calmStory();
    for (let count = 0; count < 5; count++) {
      tale.look('space', full);
      tale.pass(1_000);
    }
    assert.deepEqual(tale.events(), [BEGIN]);
    for (let count = 0; count < 5; count++) tale.look('space', healthy);
    assert.deepEqual(tale.events(), [BEGIN, END]);
  });

  it('tells when it began', () => {
    const tale = calmStory();
    tale.pass(7_000);
    tale.look('space', full);
    assert.deepEqual(tale.state().queue.pending, [
      { id: 1, severity: 'warn', timestampMs: START_WALL_MS + 7_000, reason: 'DiskFull', message: '/ is full' },
    ]);
  });

  it('tells each of its reasons once, with the severity of the table', () => {
    const tale = calmStory();
    tale.look('space', full);
    tale.look('speed', slow);
    tale.look('space', healthy);
    tale.look('space', full);
    tale.look('space', healthy);
    assert.deepEqual(tale.events(), [BEGIN, 'info DiskSlow: sda answers late']);
  });

  it('that ends names all the reasons it had', () => {
    const tale = calmStory();
    tale.look('speed', slow);
    tale.look('space', full);
    tale.look('space', healthy);
    tale.look('speed', healthy);
    tale.pass(600_000);
    tale.look('space', healthy);
    tale.look('speed', healthy);
    assert.deepEqual(tale.events().slice(-1), ['info DiskIsFine: DiskLow is over (was DiskSlow, DiskFull): disks are fine']);
  });

  it('tells several subjects of one reason in one event', () => {
    const tale = calmStory();
    tale.look('space', problem('DiskFull', '/data', '/data is full'), full);
    assert.deepEqual(tale.events(), ['warn DiskFull: / is full; /data is full']);
  });

  it('is neither ended nor repeated by Unknown in between', () => {
    const tale = calmStory();
    tale.look('space', full);
    tale.pass(4 * PERIOD_MS);
    tale.look('space', unknown('denied'));
    assert.strictEqual(tale.told(), 'Unknown DiskUnknown: denied; speed: no fresh look since 2026-01-31T03:00:00Z');
    tale.look('space', full);
    tale.look('speed', healthy);
    assert.strictEqual(tale.told(), 'True DiskFull: / is full');
    assert.deepEqual(tale.events(), [BEGIN]);
  });

  it('that ended unseen is told as over by the first look that can tell', () => {
    const tale = calmStory();
    tale.look('space', full);
    tale.pass(4 * PERIOD_MS);
    tale.look('space', unknown('denied'));
    tale.look('speed', healthy);
    tale.look('space', healthy);
    assert.deepEqual(tale.events(), [BEGIN, END]);
  });

  it('that comes back is a new one', () => {
    const tale = calmStory();
    for (const verdict of [full, healthy, full, healthy]) tale.look('space', verdict);
    assert.deepEqual(tale.events(), [BEGIN, END, BEGIN, END]);
  });

  it('that nobody knew of has no end: the first look that finds nothing is silent', () => {
    assert.deepEqual(calmStory().events(), []);
  });
});

describe('an event message', () => {
  it('holds no percent sign', () => {
    const tale = calmStory();
    tale.look('space', problem('DiskFull', '/', '/ is over 95% of 100 %'));
    assert.deepEqual(tale.events(), ['warn DiskFull: / is over 95 percent of 100 percent']);
    assert.strictEqual(tale.told(), 'True DiskFull: / is over 95% of 100 %');
  });

  it('of 5 KiB is cut to 1,024 bytes at a character', () => {
    const tale = calmStory();
    tale.lookWith('space', { verdicts: [healthy], events: [{ severity: 'info', reason: 'OOMKilling', message: 'ä'.repeat(2_560) }] });
    assert.deepEqual(tale.events(), [`info OOMKilling: ${'ä'.repeat(510)}…`]);
  });

  it('of 5 KiB of percent signs is cut after they were written out', () => {
    const tale = calmStory();
    tale.lookWith('space', { verdicts: [healthy], events: [{ severity: 'info', reason: 'OOMKilling', message: '%'.repeat(5_120) }] });
    assert.deepEqual(tale.events(), [`info OOMKilling: ${' percent'.repeat(128).slice(0, 1_021)}…`]);
  });

  it('is one line', () => {
    const tale = calmStory();
    tale.lookWith('space', { verdicts: [healthy], events: [{ severity: 'warn', reason: 'OOMKilling', message: 'a\nb\0c\ud800' }] });
    assert.deepEqual(tale.events(), ['warn OOMKilling: a?b?c\ufffd']);
  });
});

function filled(count: number): EventQueue {
  return Array.from({ length: count }).reduce<EventQueue>(
    (queue, _, index) => enqueue(queue, { severity: 'info', timestampMs: 0, reason: 'Happened', message: `number ${index + 1}` }), emptyQueue,
  );
}

describe('the event queue', () => {
  it('keeps 256 and none is dropped before', () => {
    const { pending, droppedCount } = filled(256);
    assert.deepEqual({ count: pending.length, first: pending[0]?.message, droppedCount }, { count: 256, first: 'number 1', droppedCount: 0 });
  });

  it('drops the oldest beyond that and counts them', () => {
    const { pending, droppedCount } = filled(300);
    assert.deepEqual(
      { count: pending.length, first: pending[0]?.message, last: pending.at(-1)?.message, droppedCount },
      { count: 256, first: 'number 45', last: 'number 300', droppedCount: 44 },
    );
  });

  it('loses exactly what was delivered', () => {
    const after = consume(filled(4), new Set([1, 3, 99]));
    assert.deepEqual(after.pending.map(({ message }) => message), ['number 2', 'number 4']);
  });

  it('is the very same when nothing of it was delivered', () => {
    const queue = filled(2);
    assert.strictEqual(consume(queue, new Set([7])), queue);
    const state = calmStory().state();
    assert.strictEqual(eventsDelivered(state, new Set([7])), state);
  });

  it('never gives an identity twice, so that a late delivery removes nothing newer', () => {
    const after = enqueue(consume(filled(2), new Set([1, 2])), { severity: 'info', timestampMs: 0, reason: 'Happened', message: 'later' });
    assert.deepEqual(after.pending.map(({ id }) => id), [3]);
  });
});
