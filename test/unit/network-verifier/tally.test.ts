import { assert } from 'chai';
import * as fc from 'fast-check';
import type { Outcome } from '../../../plugins/network-verifier/attempt.ts';
import { createTally } from '../../../plugins/network-verifier/tally.ts';

const ok = (tookMs: number): Outcome<undefined> => ({ kind: 'ok', tookMs, value: undefined });
const failed = (tookMs: number): Outcome<undefined> => ({ kind: 'failed', fault: 'timeout', message: 'no answer within 3 s', tookMs });
const local: Outcome<undefined> = { kind: 'local', message: 'no file descriptor is left' };

/** `name{labels} value` of each sample. */
function samplesOf({ metrics }: ReturnType<ReturnType<typeof createTally>['metrics']>): readonly string[] {
  return metrics.map(({ name, labels, value }) => `${name}{${Object.entries(labels).map(([label, text]) => `${label}=${text}`).join()}} ${value}`);
}

describe('a tally of attempts', () => {
  it('holds nothing before the first', () => {
    assert.deepEqual(createTally('dns').metrics(), { metrics: [], histograms: [] });
  });

  it('counts attempts by class of target, and failures by reason', () => {
    const tally = createTally('dns');
    tally.count('cluster-name', ok(2));
    tally.count('cluster-name', failed(3_000));
    tally.count('cluster-name', failed(3_000));
    tally.count('external-name', local);
    assert.deepEqual(samplesOf(tally.metrics()), [
      'npd_plugins_network_attempts_total{check=dns,target_class=cluster-name} 3',
      'npd_plugins_network_failures_total{check=dns,target_class=cluster-name,reason=timeout} 2',
      'npd_plugins_network_attempts_total{check=dns,target_class=external-name} 1',
      'npd_plugins_network_failures_total{check=dns,target_class=external-name,reason=local} 1',
    ]);
  });

  it('counts an answer that is wrong as a failure of that reason', () => {
    const tally = createTally('dns');
    tally.count('cluster-name', ok(2), 'wrong-answer');
    assert.deepEqual(samplesOf(tally.metrics()).slice(1), ['npd_plugins_network_failures_total{check=dns,target_class=cluster-name,reason=wrong-answer} 1']);
  });

  it('knows how long all took that left this process, failed ones too', () => {
    const tally = createTally('api-server');
    for (const outcome of [ok(1), ok(1.5), failed(3_000), ok(30_000), local]) tally.count('api-server', outcome);
    const [histogram, ...others] = tally.metrics().histograms;
    assert.isEmpty(others);
    assert.deepEqual(histogram?.labels, { check: 'api-server', target_class: 'api-server' });
    assert.deepEqual(
      histogram?.buckets.map(({ le, count }) => `${le} ${count}`),
      ['0.001 1', '0.0025 2', '0.005 2', '0.01 2', '0.025 2', '0.05 2', '0.1 2', '0.25 2', '0.5 2', '1 2', '2.5 2', '5 3', '10 3', 'Infinity 4'],
    );
    assert.closeTo(histogram?.sum ?? 0, 33.0025, 1e-9);
  });

  it('gives what it knew then: later attempts do not change it', () => {
    const tally = createTally('dns');
    tally.count('server', ok(1));
    const before = tally.metrics();
    const text = JSON.stringify(before);
    tally.count('server', failed(1));
    assert.strictEqual(JSON.stringify(before), text);
  });

  it('has counts that never fall from one bound to the next, whatever the times are', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 60_000, noNaN: true })), (times) => {
      const tally = createTally('dns');
      for (const tookMs of times) tally.count('server', ok(tookMs));
      const buckets = tally.metrics().histograms[0]?.buckets ?? [];
      assert.isTrue(buckets.every(({ count }, index) => count >= (buckets[index - 1]?.count ?? 0)));
      assert.strictEqual(buckets.at(-1)?.count ?? 0, times.length);
    }));
  });
});
