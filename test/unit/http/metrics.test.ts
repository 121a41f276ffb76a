import { assert } from 'chai';
import * as fc from 'fast-check';

import type { Metric, Reading } from '../../../plugins/core/check.ts';
import type { ConditionSpec } from '../../../plugins/core/conditions.ts';
import type { MonitorStatistics } from '../../../plugins/core/statistics.ts';
import { healthy, problem } from '../../../plugins/core/verdict.ts';
import { hostConditions } from '../../../plugins/host-inspector/conditions.ts';
import { monitorFamilies } from '../../../plugins/http/families.ts';
import { metricsPage } from '../../../plugins/http/metrics-page.ts';
import { FAKE_START_WALL_MS } from '../../support/fake-clock.ts';
import { anyText } from '../../support/arbitraries.ts';
import { monitorBench, startedBench } from '../core/monitor-bench.ts';
import { observe, observedMonitor } from './observed-monitor.ts';

const START_S = FAKE_START_WALL_MS / 1_000;

/** The lines of the page that are no comments and of none of these metrics. */
async function linesOf(statistics: MonitorStatistics, change = {}): Promise<readonly string[]> {
  const { body } = await metricsPage(observe(observedMonitor({ statistics: () => statistics, ...change })));
  return body.split('\n').filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('npd_plugins_process_'));
}

function withReadings(readings: readonly Reading[]): MonitorStatistics {
  const statistics = monitorBench().monitor.statistics();
  return { ...statistics, checks: statistics.checks.map((check) => ({ ...check, readings })) };
}

async function readingLines(readings: readonly Reading[]): Promise<readonly string[]> {
  return (await linesOf(withReadings(readings))).filter((line) => line.startsWith('npd_plugins_reading'));
}

const reading = (change: Partial<Reading>): Reading => ({ name: 'used', value: 1, unit: 'percent', source: 'statfs', ...change });

describe('/metrics', () => {
  it('tells the metrics of a check under their own names, and no sample that is no number or has other labels', async () => {
    const metric = (change: Partial<Metric>): Metric => ({ name: 'npd_plugins_gpu_temperature_celsius', type: 'gauge', help: 'Core temperature.', labels: { index: '0', uuid: 'GPU-a' }, value: 40, ...change });
    const metrics = [
      metric({}), metric({ labels: { index: '1', uuid: 'GPU-b' }, value: 41.5 }), metric({ labels: { index: '2', uuid: 'GPU-c' }, value: NaN }), metric({ labels: { other: 'x' } }),
      metric({ name: 'npd_plugins_gpu_xid_total', type: 'counter', help: 'XIDs.', labels: { xid: '79' }, value: 3 }),
    ];
    const statistics = monitorBench().monitor.statistics();
    const lines = await linesOf({ ...statistics, checks: statistics.checks.map((check) => ({ ...check, metrics })) });
    assert.deepEqual(lines.filter((line) => line.startsWith('npd_plugins_gpu_')), [
      'npd_plugins_gpu_temperature_celsius{index="0",uuid="GPU-a"} 40', 'npd_plugins_gpu_temperature_celsius{index="1",uuid="GPU-b"} 41.5', 'npd_plugins_gpu_xid_total{xid="79"} 3',
    ]);
  });

  it('tells everything that is known of a monitor', async () => {
    const readings = [reading({ subject: '/', value: 95.5 }), reading({ name: 'kills', value: '18446744073709551615', unit: 'count' })];
    const bench = await startedBench({ look: () => ({ verdicts: [problem('DiskFull', '/', '/ is full'), healthy], readings }) });
    bench.monitor.close();
    bench.collect();
    bench.peek();
    assert.deepEqual(await linesOf(bench.monitor.statistics()), [
      `npd_plugins_build_info{version="1.2.3",commit="abc",node_version="${process.version}"} 1`,
      'npd_plugins_socket_held{monitor="a"} 1',
      'npd_plugins_polls_total{monitor="test-monitor",kind="poll"} 1',
      'npd_plugins_polls_total{monitor="test-monitor",kind="peek"} 1',
      'npd_plugins_events_queued_total{monitor="test-monitor"} 1',
      'npd_plugins_events_sent_total{monitor="test-monitor"} 1',
      'npd_plugins_events_dropped_total{monitor="test-monitor"} 0',
      'npd_plugins_events_pending{monitor="test-monitor"} 0',
      'npd_plugins_looks_total{monitor="test-monitor",check="space",outcome="in_time"} 1',
      'npd_plugins_looks_total{monitor="test-monitor",check="space",outcome="late"} 0',
      'npd_plugins_look_seconds_total{monitor="test-monitor",check="space"} 0',
      'npd_plugins_last_look_duration_seconds{monitor="test-monitor",check="space"} 0',
      `npd_plugins_last_look_timestamp_seconds{monitor="test-monitor",check="space"} ${START_S}`,
      'npd_plugins_last_look_verdicts{monitor="test-monitor",check="space",kind="healthy"} 1',
      'npd_plugins_last_look_verdicts{monitor="test-monitor",check="space",kind="problem"} 1',
      'npd_plugins_last_look_verdicts{monitor="test-monitor",check="space",kind="unknown"} 0',
      'npd_plugins_last_look_verdicts{monitor="test-monitor",check="space",kind="not-applicable"} 0',
      'npd_plugins_reading{monitor="test-monitor",check="space",name="used",subject="/",unit="percent"} 95.5',
      'npd_plugins_reading{monitor="test-monitor",check="space",name="kills",subject="",unit="count"} 18446744073709552000',
      'npd_plugins_condition_status{monitor="test-monitor",condition="DiskLow",status="True"} 1',
      'npd_plugins_condition_status{monitor="test-monitor",condition="DiskLow",status="False"} 0',
      'npd_plugins_condition_status{monitor="test-monitor",condition="DiskLow",status="Unknown"} 0',
      `npd_plugins_condition_transition_timestamp_seconds{monitor="test-monitor",condition="DiskLow"} ${START_S}`,
      'npd_plugins_condition_reason_raised{monitor="test-monitor",condition="DiskLow",reason="DiskFull"} 1',
      'npd_plugins_condition_reason_raised{monitor="test-monitor",condition="DiskLow",reason="DiskSlow"} 0',
    ]);
  });

  it('has no time of a look before there was one', async () => {
    const lines = await linesOf(monitorBench().monitor.statistics());
    assert.deepEqual(lines.filter((line) => line.startsWith('npd_plugins_last_look_duration') || line.startsWith('npd_plugins_last_look_timestamp')), []);
  });

  it('shows a socket that is not ours', async () => {
    const [, held] = await linesOf(monitorBench().monitor.statistics(), { socketState: () => 'yielded' });
    assert.equal(held, 'npd_plugins_socket_held{monitor="a"} 0');
  });

  it('takes yes and no for 1 and 0, and leaves out what is no number', async () => {
    const readings = [reading({ name: 'is', value: true }), reading({ name: 'text', value: 'no', unit: '' }), reading({ name: 'nan', value: NaN }), reading({ name: 'endless', value: Infinity })];
    assert.deepEqual(await readingLines(readings), ['npd_plugins_reading{monitor="test-monitor",check="space",name="is",subject="",unit="percent"} 1']);
  });

  it('holds 1,024 readings of a monitor at most', async () => {
    const readings = Array.from({ length: 2_000 }, (_, index) => reading({ subject: `/mnt/${index}` }));
    assert.lengthOf(await readingLines(readings), 1_024);
  });

  it('is one well-formed line per reading, whatever the subject', async () => {
    await fc.assert(fc.asyncProperty(anyText, async (subject) => {
      const lines = await readingLines([reading({ subject })]);
      assert.lengthOf(lines, 1);
      assert.match(lines[0] ?? '', /^npd_plugins_reading\{monitor="test-monitor",check="space",name="used",subject="(?:[^"\\\n]|\\["\\n])*",unit="percent"\} 1$/);
      assert.isTrue(lines[0]?.isWellFormed());
    }), { numRuns: 50 });
  });
});

/** Conditions and reasons in the help text of a metric. */
function tableIn(help: string): readonly (readonly [type: string, reasons: readonly string[]])[] {
  return [...help.matchAll(/(\w+) \(([^()]*)\)/g)].filter(([, word]) => word !== 'Conditions').map(([, type = '', reasons = '']) => [type, reasons.split(', ')]);
}

function helpsOf(specs: readonly ConditionSpec[]): readonly string[] {
  const statistics = monitorBench().monitor.statistics();
  const [known] = statistics.conditions;
  assert.isDefined(known);
  const families = monitorFamilies([{ ...statistics, conditions: specs.map((spec) => ({ ...known, spec })) }]);
  return families.filter(({ name }) => /_condition_(status|reason_raised)$/.test(name)).map(({ help }) => help);
}

describe('the help of the condition metrics', () => {
  it('names the conditions and reasons of the condition table, in its order', () => {
    const table = hostConditions.map(({ type, reasons }) => [type, reasons.map(({ reason }) => reason)] as const);
    const helps = helpsOf(hostConditions);
    assert.lengthOf(helps, 2);
    for (const help of helps) assert.deepEqual(tableIn(help), table);
  });

  it('says for which conditions True is good', () => {
    const [disk] = hostConditions;
    assert.isDefined(disk);
    const [help] = helpsOf([disk, { ...disk, type: 'NodeVerified', polarity: 'positive' }]);
    assert.match(help ?? '', /True is the problem, but health of NodeVerified\.$/);
  });
});
