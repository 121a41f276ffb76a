import { assert } from 'chai';
import type { Look } from '../../../plugins/core/check.ts';
import { PEEK_PARAMETER } from '../../../plugins/core/status.ts';
import { healthy, problem } from '../../../plugins/core/verdict.ts';
import { FAKE_START_WALL_MS, promisesSettled } from '../../support/fake-clock.ts';
import { monitorBench, startedBench } from './monitor-bench.ts';

const BEGIN = 'warn DiskFull: / is over 90 percent';
const END = 'info DiskIsFine: DiskLow is over (was DiskFull): disks are fine';
const PERIOD_MS = 30_000;

function seeSlowDisk(): Look {
  return { verdicts: [problem('DiskSlow', 'sda', 'sda answers late')] };
}

describe('a monitor', () => {
  it('says who it is and what it can tell', () => {
    assert.deepEqual(monitorBench().monitor.metadata, {
      name: 'test-monitor', version: '1.2.3', description: 'for tests', supportedConditions: ['DiskLow'], capabilities: {}, apiVersion: 'v1',
    });
  });

  it('answers before its first look: everything is Unknown', () => {
    assert.deepEqual(monitorBench().poll(), {
      source: 'test-monitor',
      events: [],
      conditions: [{ type: 'DiskLow', status: 'Unknown', transitionMs: FAKE_START_WALL_MS, reason: 'DiskUnknown', message: 'space: no look yet' }],
    });
  });

  it('answers with what its last look found and when that began', async () => {
    const bench = await startedBench();
    bench.usedPercent = 95;
    await bench.clock.advance(PERIOD_MS);
    bench.monitor.close();
    assert.deepEqual(bench.poll(), {
      source: 'test-monitor',
      events: [{ severity: 'warn', timestampMs: FAKE_START_WALL_MS + PERIOD_MS, reason: 'DiskFull', message: '/ is over 90 percent' }],
      conditions: [{ type: 'DiskLow', status: 'True', transitionMs: FAKE_START_WALL_MS + PERIOD_MS, reason: 'DiskFull', message: '/ is over 90 percent' }],
    });
  });

  it('gives the numbers of the last look to those who ask for them', async () => {
    const readings = [{ name: 'used', subject: '/', value: 10, unit: 'percent', source: 'statfs' }];
    const bench = await startedBench({ look: () => ({ verdicts: [healthy], readings }) });
    bench.monitor.close();
    assert.deepEqual(bench.monitor.looks().get('space')?.readings, readings);
  });

  it('raises at once when there is only a single look', async () => {
    const patient = await startedBench({ look: seeSlowDisk });
    const single = await startedBench({ look: seeSlowDisk, isSingleLook: true });
    patient.monitor.close();
    single.monitor.close();
    assert.deepEqual([patient, single].map(({ monitor }) => monitor.conditions().map(({ status }) => status)), [['False'], ['True']]);
  });

  it('hands what a check remembered to its next look', async () => {
    const memos: unknown[] = [];
    const bench = await startedBench({ look: ({ memo }) => ({ verdicts: [healthy], memo: memos.push(memo) }) });
    await bench.clock.advance(2 * PERIOD_MS);
    bench.monitor.close();
    assert.deepEqual(memos, [undefined, 1, 2]);
  });

  it('forgets nothing a check remembered when one look fails', async () => {
    const memos: unknown[] = [];
    const bench = await startedBench({
      look({ memo }) {
        if (memos.push(memo) === 2) throw new Error('denied');
        return { verdicts: [healthy], memo: memos.length };
      },
    });
    await bench.clock.advance(2 * PERIOD_MS);
    bench.monitor.close();
    assert.deepEqual(memos, [undefined, 1, 1]);
  });

  it('passes a goodbye on', () => {
    let goodbyes = 0;
    monitorBench({ onStop: () => void goodbyes++ }).monitor.stop();
    assert.strictEqual(goodbyes, 1);
  });

  it('whose sampling has stopped says so to everybody after three periods', async () => {
    const bench = await startedBench();
    bench.monitor.close();
    await bench.clock.advance(3 * PERIOD_MS);
    assert.strictEqual(bench.monitor.conditions()[0]?.message, 'space: no fresh look since 2026-01-31T03:00:00Z');
    assert.strictEqual(bench.poll().conditions[0]?.status, 'Unknown');
  });
});

describe('a poll', () => {
  it('is answered from what is known while every look hangs', async () => {
    let isHung = false;
    const bench = await startedBench({ look: () => (isHung ? new Promise(() => {}) : { verdicts: [healthy] }) });
    isHung = true;
    const told: string[] = [];
    for (let count = 0; count < 5; count++) {
      await bench.clock.advance(PERIOD_MS);
      const [condition] = bench.poll().conditions;
      told.push(`${condition?.status}: ${condition?.message}`);
    }
    bench.monitor.close();
    assert.deepEqual(told, [
      'False: disks are fine', 'False: disks are fine',
      'Unknown: space: no answer within 5000 ms', 'Unknown: space: no answer within 5000 ms', 'Unknown: space: no answer within 5000 ms',
    ]);
  });

  it('starts no look, not even one that changed parameters ask for, before it is answered', async () => {
    let looks = 0;
    const bench = await startedBench({ look: () => ({ verdicts: [healthy], memo: ++looks }) });
    bench.poll({ used: '50' });
    assert.strictEqual(looks, 1);
    await bench.clock.advance(0);
    bench.monitor.close();
    assert.strictEqual(looks, 2);
  });

  it('is answered even when the state cannot be saved', async () => {
    const bench = await startedBench({ onSave: () => { throw new Error('ENOSPC: no space left on device'); } });
    bench.usedPercent = 95;
    await bench.clock.advance(PERIOD_MS);
    bench.monitor.close();
    assert.deepEqual(bench.collect().conditions.map(({ status }) => status), ['True']);
    assert.include(bench.warnings, 'state was not saved, a restart would lose it: ENOSPC: no space left on device');
  });

  it('is answered even when a check keeps what no JSON can hold', async () => {
    const bench = await startedBench({ look: () => ({ verdicts: [healthy], memo: { counter: 2n ** 60n } }) });
    bench.monitor.close();
    assert.deepEqual(bench.collect().conditions.map(({ status }) => status), ['False']);
    assert.include(bench.warnings[0], 'state was not saved, a restart would lose it: Do not know how to serialize a BigInt');
  });
});

describe('the events of a reply', () => {
  it('stay until the reply that carried them was written', async () => {
    const bench = await startedBench();
    bench.usedPercent = 95;
    await bench.clock.advance(PERIOD_MS);
    const cancelled = bench.poll();
    const written = bench.collect();
    bench.monitor.close();
    assert.deepEqual(written.events, cancelled.events);
    assert.deepEqual(bench.events(), []);
  });

  it('are gone exactly as carried: one that came meanwhile stays', async () => {
    const bench = await startedBench();
    bench.usedPercent = 95;
    await bench.clock.advance(PERIOD_MS);
    const { status, delivered } = bench.monitor.checkHealth({});
    bench.usedPercent = 10;
    await bench.clock.advance(PERIOD_MS);
    assert.deepEqual(bench.events(), [BEGIN, END]);
    delivered();
    delivered();
    bench.monitor.close();
    assert.deepEqual(status.events.map(({ reason }) => reason), ['DiskFull']);
    assert.deepEqual(bench.events(), [END]);
  });

  it('are not consumed by a peek, and a peek changes no threshold', async () => {
    const bench = await startedBench();
    bench.usedPercent = 95;
    await bench.clock.advance(PERIOD_MS);
    const { status, delivered } = bench.monitor.checkHealth({ [PEEK_PARAMETER]: 'true', used: '99', nonsense: '1' });
    delivered();
    await bench.clock.advance(PERIOD_MS);
    bench.monitor.close();
    assert.strictEqual(status.events.length, 1);
    assert.deepEqual(bench.events(), [BEGIN]);
    assert.strictEqual(bench.peek().conditions[0]?.status, 'True');
  });

  it('that nobody collects are bounded, and what was lost is told in the log', async () => {
    const burst = Array.from({ length: 100 }, () => ({ severity: 'info', reason: 'Happened', message: 'x'.repeat(5_000) }) as const);
    const bench = await startedBench({ look: () => ({ verdicts: [healthy], events: burst }) });
    await bench.clock.advance(9 * PERIOD_MS);
    bench.monitor.close();
    assert.strictEqual(bench.peek().events.length, 256);
    assert.deepEqual(bench.dropped.at(-1), 1_000 - 256);
    assert.isAtMost(Buffer.byteLength(JSON.stringify(bench.peek())), 256 * 1_124 + 1_024);
  });
});

describe('the saved state of a monitor', () => {
  it('is written when something worth keeping changed and not otherwise', async () => {
    const bench = await startedBench();
    await bench.clock.advance(10 * PERIOD_MS);
    for (let count = 0; count < 10; count++) bench.poll();
    assert.strictEqual(bench.saved.length, 1);
    bench.usedPercent = 95;
    await bench.clock.advance(3 * PERIOD_MS);
    assert.strictEqual(bench.saved.length, 2);
    bench.collect();
    bench.monitor.close();
    assert.strictEqual(bench.saved.length, 3);
  });

  it('is written at once for what people are told, and every five minutes for what checks only remember', async () => {
    let counter = 0;
    const bench = await startedBench({ look: () => ({ verdicts: [healthy], memo: { counter: ++counter } }) });
    const memos = (): readonly unknown[] => bench.saved.map((text) => (JSON.parse(text) as { checks: { space: { memo: unknown } } }).checks.space.memo);
    await bench.clock.advance(9 * PERIOD_MS);
    assert.deepEqual(memos(), [{ counter: 1 }]);
    await bench.clock.advance(2 * PERIOD_MS);
    assert.lengthOf(bench.saved, 2);
    bench.monitor.close();
    assert.deepEqual(memos().at(-1), { counter });
  });

  it('lets a successor answer at once, with the old transition time, before any look', async () => {
    const bench = await startedBench();
    bench.usedPercent = 95;
    await bench.clock.advance(PERIOD_MS);
    bench.monitor.close();
    const successor = monitorBench({ savedState: bench.saved.at(-1) });
    assert.deepEqual(successor.poll(), bench.poll());
    assert.deepEqual(successor.warnings, []);
  });

  it('of another boot, or of an unknown one, is no knowledge of this one', async () => {
    const bench = await startedBench();
    bench.monitor.close();
    for (const bootId of ['next-boot', undefined]) {
      const successor = monitorBench({ savedState: bench.saved.at(-1), bootId });
      assert.deepEqual(successor.poll().conditions.map(({ status, message }) => `${status}: ${message}`), ['Unknown: space: no look yet']);
    }
  });

  it('is written again for a new boot', async () => {
    const bench = await startedBench();
    bench.monitor.close();
    const successor = await startedBench({ savedState: bench.saved.at(-1), bootId: 'next-boot' });
    successor.monitor.close();
    assert.deepEqual(successor.saved.map((text) => (JSON.parse(text) as { bootId: string }).bootId), ['next-boot']);
  });

  it('is not written at all without a boot id, since nobody could read it', async () => {
    const bench = await startedBench({ bootId: undefined });
    bench.monitor.close();
    await promisesSettled();
    assert.deepEqual(bench.saved, []);
  });

  for (const text of ['', 'garbage', '[]', '{"format":1}', '{"format":1,"bootId":"this-boot","events":[],"droppedCount":0}', '\0'.repeat(4_096)]) {
    it(`that is broken is a warning and a fresh start: ${JSON.stringify(text.slice(0, 60))}`, () => {
      const bench = monitorBench({ savedState: text });
      assert.deepEqual(bench.poll(), monitorBench().poll());
      assert.strictEqual(bench.warnings.length, 1);
      assert.match(bench.warnings[0] ?? '', /^state file is not usable, starting afresh; transition times begin now: /);
    });
  }
});
