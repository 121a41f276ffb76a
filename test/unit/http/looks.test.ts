import { assert } from 'chai';

import { looksPage } from '../../../plugins/http/looks.ts';
import { unknown } from '../../../plugins/core/verdict.ts';
import { FAKE_START_WALL_MS } from '../../support/fake-clock.ts';
import { type MonitorBench, monitorBench, startedBench } from '../core/monitor-bench.ts';
import { observe, observedMonitor } from './observed-monitor.ts';

function documentOf({ monitor }: MonitorBench): unknown {
  const { status, contentType, body } = looksPage(observe(observedMonitor({ statistics: monitor.statistics })));
  assert.deepEqual({ status, contentType }, { status: 200, contentType: 'application/json' });
  return JSON.parse(body);
}

describe('/looks', () => {
  it('before the first look has conditions, and null for what was not looked at', () => {
    assert.deepEqual(documentOf(monitorBench()), {
      monitors: [{
        monitor: 'test-monitor',
        conditions: [{ type: 'DiskLow', status: 'Unknown', transitionMs: FAKE_START_WALL_MS, reason: 'DiskUnknown', message: 'space: no look yet' }],
        checks: [{ name: 'space', condition: 'DiskLow', periodMs: 30_000, lookedAtMs: null, tookMs: null, verdicts: [], readings: [] }],
      }],
    });
  });

  it('holds what the last look found, with its numbers, and no error objects', async () => {
    const readings = [{ name: 'used', subject: '/', value: 10, unit: 'percent', source: 'statfs' }];
    const bench = await startedBench({ look: () => ({ verdicts: [unknown('/proc/x: permission denied', new Error('EACCES'))], readings }) });
    bench.monitor.close();
    assert.deepEqual(documentOf(bench), {
      monitors: [{
        monitor: 'test-monitor',
        conditions: [{ type: 'DiskLow', status: 'Unknown', transitionMs: FAKE_START_WALL_MS, reason: 'DiskUnknown', message: '/proc/x: permission denied' }],
        checks: [{
          name: 'space', condition: 'DiskLow', periodMs: 30_000, lookedAtMs: FAKE_START_WALL_MS, tookMs: 0,
          verdicts: [{ kind: 'unknown', message: '/proc/x: permission denied' }], readings,
        }],
      }],
    });
  });
});
