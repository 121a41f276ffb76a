import { assert } from 'chai';
import { healthy, problem } from '../../../plugins/core/verdict.ts';
import { FAKE_START_WALL_MS } from '../../support/fake-clock.ts';
import { type MonitorBench, monitorBench, startedBench } from './monitor-bench.ts';
import { diskSpec } from './report/story.ts';

const PERIOD_MS = 30_000;

function eventsOf({ monitor }: MonitorBench): unknown {
  const { queuedCount, sentCount, droppedCount, pendingCount } = monitor.statistics().events;
  return { queuedCount, sentCount, droppedCount, pendingCount };
}

describe('the statistics of a monitor', () => {
  it('before its first look count nothing and know nothing', () => {
    assert.deepEqual(monitorBench().monitor.statistics(), {
      monitor: 'test-monitor',
      pollCount: 0,
      peekCount: 0,
      events: { queuedCount: 0, sentCount: 0, droppedCount: 0, pendingCount: 0 },
      checks: [{ name: 'space', condition: 'DiskLow', periodMs: PERIOD_MS, inTimeCount: 0, lateCount: 0, totalMs: 0, last: undefined, verdicts: [], readings: [], metrics: [], histograms: [] }],
      conditions: [{
        condition: { type: 'DiskLow', status: 'Unknown', transitionMs: FAKE_START_WALL_MS, reason: 'DiskUnknown', message: 'space: no look yet' },
        spec: diskSpec,
        raisedReasons: [],
      }],
    });
  });

  it('tell polls from peeks', () => {
    const bench = monitorBench();
    bench.poll();
    bench.collect();
    bench.peek();
    const { pollCount, peekCount } = bench.monitor.statistics();
    assert.deepEqual({ pollCount, peekCount }, { pollCount: 2, peekCount: 1 });
  });

  it('hold how long looks took and when the last one ended', async () => {
    const readings = [{ name: 'used', value: 10, unit: 'percent', source: 'statfs' }];
    let tookMs = 200;
    const bench = monitorBench({
      look: async () => {
        await new Promise<void>((resolve) => void bench.clock.schedule(tookMs, resolve));
        return { verdicts: [healthy], readings };
      },
    });
    const started = bench.monitor.start();
    await bench.clock.advance(200);
    await started;
    tookMs = 300;
    await bench.clock.advance(PERIOD_MS + 300);
    bench.monitor.close();
    assert.deepEqual(bench.monitor.statistics().checks, [{
      name: 'space', condition: 'DiskLow', periodMs: PERIOD_MS, inTimeCount: 2, lateCount: 0, totalMs: 500,
      last: { tookMs: 300, endedWallMs: FAKE_START_WALL_MS + PERIOD_MS + 300 }, verdicts: [healthy], readings, metrics: [], histograms: [],
    }]);
  });

  it('count a look that hangs once per period, and keep when the last one ended', async () => {
    let isHung = false;
    const bench = await startedBench({ look: () => (isHung ? new Promise(() => {}) : { verdicts: [healthy] }) });
    isHung = true;
    await bench.clock.advance(3 * PERIOD_MS);
    bench.monitor.close();
    const [check] = bench.monitor.statistics().checks;
    assert.deepEqual(
      { inTime: check?.inTimeCount, late: check?.lateCount, last: check?.last, told: check?.verdicts.map((verdict) => (verdict.kind === 'unknown' ? verdict.message : verdict.kind)) },
      { inTime: 1, late: 3, last: { tookMs: 0, endedWallMs: FAKE_START_WALL_MS }, told: ['space: no answer within 5000 ms'] },
    );
  });

  it('count an event as sent only when a reply with it was read, and once', async () => {
    const bench = await startedBench();
    bench.usedPercent = 95;
    await bench.clock.advance(PERIOD_MS);
    bench.monitor.close();
    bench.peek();
    const cancelled = bench.monitor.checkHealth({});
    assert.deepEqual(eventsOf(bench), { queuedCount: 1, sentCount: 0, droppedCount: 0, pendingCount: 1 });
    bench.collect();
    cancelled.delivered();
    assert.deepEqual(eventsOf(bench), { queuedCount: 1, sentCount: 1, droppedCount: 0, pendingCount: 0 });
  });

  it('count what nobody collected as dropped', async () => {
    const events = Array.from({ length: 300 }, () => ({ severity: 'info', reason: 'Noise', message: 'something happened' }) as const);
    const bench = await startedBench({ look: () => ({ verdicts: [healthy], events }) });
    bench.monitor.close();
    assert.deepEqual(eventsOf(bench), { queuedCount: 300, sentCount: 0, droppedCount: 44, pendingCount: 256 });
  });

  it('count events that are left to another server neither as sent nor as dropped', async () => {
    const bench = await startedBench();
    bench.usedPercent = 95;
    await bench.clock.advance(PERIOD_MS);
    bench.monitor.close();
    bench.monitor.standBy();
    assert.deepEqual(eventsOf(bench), { queuedCount: 1, sentCount: 0, droppedCount: 0, pendingCount: 0 });
  });

  it('do not count what a predecessor queued or dropped', async () => {
    const noise = Array.from({ length: 300 }, () => ({ severity: 'info', reason: 'Noise', message: 'something happened' }) as const);
    const before = await startedBench({ look: () => ({ verdicts: [healthy], events: noise }) });
    before.monitor.close();
    const after = monitorBench({ savedState: before.saved.at(-1) });
    assert.deepEqual(eventsOf(after), { queuedCount: 0, sentCount: 0, droppedCount: 0, pendingCount: 256 });
    after.monitor.takeOver(before.saved.at(-1) ?? '');
    assert.deepEqual(eventsOf(after), { queuedCount: 0, sentCount: 0, droppedCount: 0, pendingCount: 256 });
  });

  it('name every raised reason, not only the worst one', async () => {
    const look = () => ({ verdicts: [problem('DiskSlow', 'sda', 'sda answers late'), problem('DiskFull', '/', '/ is full')] });
    const bench = await startedBench({ look, isSingleLook: true });
    bench.monitor.close();
    const [disk] = bench.monitor.statistics().conditions;
    assert.deepEqual([disk?.condition.reason, disk?.raisedReasons], ['DiskFull', ['DiskFull', 'DiskSlow']]);
  });

  it('name no reason as raised that waits, and none whose look has grown too old', async () => {
    const slow = await startedBench({ look: () => ({ verdicts: [problem('DiskSlow', 'sda', 'sda answers late')] }) });
    slow.monitor.close();
    assert.deepEqual(slow.monitor.statistics().conditions[0]?.raisedReasons, []);
    const old = await startedBench({ look: () => ({ verdicts: [problem('DiskFull', '/', '/ is full')] }) });
    old.monitor.close();
    await old.clock.advance(4 * PERIOD_MS);
    const [disk] = old.monitor.statistics().conditions;
    assert.deepEqual([disk?.condition.status, disk?.raisedReasons], ['Unknown', []]);
  });
});
