import { spawnSync } from 'node:child_process';

import { assert } from 'chai';
import * as fc from 'fast-check';

import type { Histogram } from '../../../plugins/core/check.ts';
import { metricsPage } from '../../../plugins/http/metrics-page.ts';
import { anyText } from '../../support/arbitraries.ts';
import { monitorBench } from '../core/monitor-bench.ts';
import { observe, observedMonitor } from './observed-monitor.ts';

const NAME = 'npd_plugins_network_attempt_duration_seconds';

function histogram(change: Partial<Histogram> = {}): Histogram {
  return {
    name: NAME, help: 'How long attempts took.', labels: { check: 'dns' },
    buckets: [{ le: 0.005, count: 1 }, { le: 1, count: 3 }, { le: Infinity, count: 4 }], sum: 3.25, ...change,
  };
}

async function pageOf(histograms: readonly Histogram[]): Promise<string> {
  const statistics = monitorBench().monitor.statistics();
  const told = { ...statistics, checks: statistics.checks.map((check) => ({ ...check, histograms })) };
  const { body } = await metricsPage(observe(observedMonitor({ statistics: () => told })));
  return body;
}

/** The lines of the page about these histograms, comments too. */
async function linesOf(histograms: readonly Histogram[]): Promise<readonly string[]> {
  return (await pageOf(histograms)).split('\n').filter((line) => line.includes(NAME));
}

const linesFor = (check: string): readonly string[] => [
  `${NAME}_bucket{check="${check}",le="0.005"} 1`,
  `${NAME}_bucket{check="${check}",le="1"} 3`,
  `${NAME}_bucket{check="${check}",le="+Inf"} 4`,
  `${NAME}_sum{check="${check}"} 3.25`,
  `${NAME}_count{check="${check}"} 4`,
];
const HEAD = [`# HELP ${NAME} How long attempts took.`, `# TYPE ${NAME} histogram`];

describe('a histogram of a check in /metrics', () => {
  it('is told as buckets, sum and count, those of one name together', async () => {
    assert.deepEqual(await linesOf([histogram(), histogram({ labels: { check: 'api-server' } })]), [...HEAD, ...linesFor('dns'), ...linesFor('api-server')]);
  });

  it('that has other labels or bounds than the first of its name is left out', async () => {
    const others = [histogram({ labels: { target: 'x' } }), histogram({ labels: { check: 'x' }, buckets: [{ le: Infinity, count: 4 }] })];
    assert.deepEqual(await linesOf([histogram(), ...others]), [...HEAD, ...linesFor('dns')]);
  });

  const broken: readonly (readonly [string, Partial<Histogram>])[] = [
    ['has no buckets', { buckets: [] }],
    ['has no bucket for all', { buckets: [{ le: 1, count: 1 }] }],
    ['has bounds that do not ascend', { buckets: [{ le: 1, count: 1 }, { le: 1, count: 1 }, { le: Infinity, count: 1 }] }],
    ['has a bound that is no number', { buckets: [{ le: NaN, count: 1 }, { le: Infinity, count: 1 }] }],
    ['has counts that fall', { buckets: [{ le: 1, count: 2 }, { le: Infinity, count: 1 }] }],
    ['has a count that is no whole number', { buckets: [{ le: Infinity, count: 0.5 }] }],
    ['has a sum that is no number', { sum: NaN }],
  ];
  for (const [what, change] of broken) {
    it(`that ${what} is left out, and the next one is not`, async () => {
      assert.deepEqual(await linesOf([histogram(change), histogram()]), [...HEAD, ...linesFor('dns')]);
    });
  }

  const whyNoPromtool = spawnSync('promtool', ['--version']).error === undefined ? undefined : 'no promtool in PATH, see .ci/run';
  it(`is such that promtool finds nothing wrong with it${whyNoPromtool === undefined ? '' : ` (skipped: ${whyNoPromtool})`}`, async function () {
    if (whyNoPromtool !== undefined) this.skip();
    const input = await pageOf([histogram(), histogram({ labels: { check: 'api-server' } })]);
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8', timeout: 15_000 });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
  });

  it('is well-formed lines whatever stands in its labels', async () => {
    await fc.assert(fc.asyncProperty(anyText, async (check) => {
      const lines = (await linesOf([histogram({ labels: { check } })])).slice(HEAD.length);
      assert.lengthOf(lines, 5);
      for (const line of lines) assert.match(line, /^npd_plugins_network_attempt_duration_seconds_(?:bucket|sum|count)\{check="(?:[^"\\\n]|\\["\\n])*"(?:,le="[0-9.+Inf]+")?\} [0-9.]+$/);
    }), { numRuns: 50 });
  });
});
