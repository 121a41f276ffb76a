import { assert } from 'chai';
import type { Look } from '../../../plugins/core/check.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { healthy, notApplicable, problem, unknown, unknownOf } from '../../../plugins/core/verdict.ts';
import { cpuThrottled } from '../../../plugins/host-inspector/checks/cpu-throttled.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

const SOURCE = '/sys/devices/system/cpu/cpu*/thermal_throttle';
const FOLDER = 'sys/devices/system/cpu';
/** Two packages of two CPUs each. */
const PACKAGES = [0, 0, 1, 1];

interface Numbers {
  readonly core?: readonly [count: number, ms: number];
  readonly package?: readonly [count: number, ms: number];
}

const slow = (packageId: number) => problem('CPUThermalThrottled', `CPU package ${packageId}`, `CPU package ${packageId}: slowed down by heat for more than 10% of the time (${SOURCE})`);
const often = problem('CPUThermalThrottled', 'CPU package 0', `CPU package 0: slowed down by heat more than 10 times a minute (${SOURCE})`);

describe('cpu-throttled', () => {
  let host: HostTree;
  let memo: unknown;

  /** What a look says at this uptime, of CPUs with these counters (0 where none are given). */
  async function look(uptimeSeconds: number, cpus: Readonly<Record<number, Numbers>> = {}): Promise<Look> {
    host.write('proc/uptime', `${uptimeSeconds.toFixed(2)} 0.00\n`);
    for (const cpu of PACKAGES.keys()) {
      const { core = [0, 0], package: whole = [0, 0] } = cpus[cpu] ?? {};
      for (const [level, [count, ms]] of [['core', core], ['package', whole]] as const) {
        host.write(`${FOLDER}/cpu${cpu}/thermal_throttle/${level}_throttle_count`, `${count}\n`);
        host.write(`${FOLDER}/cpu${cpu}/thermal_throttle/${level}_throttle_total_time_ms`, `${ms}\n`);
      }
    }
    return await lookAgain();
  }

  async function lookAgain(): Promise<Look> {
    const scene = { root: host.root, settings: defaultsOf(hostSettings), memo, signal: new AbortController().signal, log: silentLogger };
    const seen = await runCheck(cpuThrottled, scene);
    // As the state file would give it back.
    if (seen.memo !== undefined) memo = JSON.parse(JSON.stringify(seen.memo));
    return seen;
  }

  function heat(packageId: number, celsius: number): void {
    const folder = `sys/class/hwmon/hwmon${packageId}`;
    const files = { name: 'coretemp', temp1_label: `Package id ${packageId}`, temp1_input: celsius * 1_000, temp1_crit: 100_000 };
    for (const [name, value] of Object.entries(files)) host.write(`${folder}/${name}`, `${value}\n`);
  }

  beforeEach(() => {
    host = hostTree();
    memo = undefined;
    host.write(`${FOLDER}/online`, `0-${PACKAGES.length - 1}\n`);
    for (const [cpu, packageId] of PACKAGES.entries()) host.write(`${FOLDER}/cpu${cpu}/topology/physical_package_id`, `${packageId}\n`);
  });
  afterEach(() => host[Symbol.dispose]());

  it('a host that was never throttled is healthy from the first look on, and tells its numbers', async () => {
    const want = (seconds: number) => [
      { name: 'cpu_throttle_interval', value: seconds, unit: 'seconds', source: '/proc/uptime' },
      { name: 'cpu_throttled_limit', value: 10, unit: 'percent', source: 'settings' },
      ...[0, 1].flatMap((packageId) => [
        { name: 'cpu_throttled', subject: `CPU package ${packageId}`, value: 0, unit: 'percent', source: SOURCE },
        { name: 'cpu_throttles_per_minute', subject: `CPU package ${packageId}`, value: 0, unit: 'count', source: SOURCE },
      ]),
    ];
    assert.deepEqual(await look(1_000), { verdicts: [healthy], readings: want(1_000), memo: { uptimeMs: 1_000_000, cpus: {}, lasting: [] } });
    assert.deepEqual((await look(1_060)).readings, want(60));
  });

  it('the first look of a boot compares with the boot', async () => {
    assert.deepEqual((await look(1_000, { 2: { core: [50, 100_000] } })).verdicts, [healthy]);
    memo = undefined;
    assert.deepEqual((await look(1_000, { 2: { core: [50, 100_001] } })).verdicts, [slow(1)]);
  });

  const minutes: readonly { readonly name: string; readonly grown: Readonly<Record<number, Numbers>>; readonly want: Look['verdicts'] }[] = [
    { name: 'a tenth of the time is healthy', grown: { 0: { package: [9, 6_000] } }, want: [healthy] },
    { name: 'more is not', grown: { 0: { package: [9, 6_001] } }, want: [slow(0)] },
    { name: 'what every CPU of a package tells of it is counted once', grown: { 0: { package: [9, 4_000] }, 1: { package: [8, 3_900] } }, want: [healthy] },
    { name: 'the cores of a package are throttled side by side', grown: { 0: { core: [9, 4_000] }, 1: { core: [9, 4_000] } }, want: [healthy] },
    { name: 'one slow core makes every other wait for it', grown: { 1: { core: [9, 30_000] } }, want: [slow(0)] },
    { name: 'each package is told', grown: { 1: { core: [9, 30_000] }, 3: { package: [1, 60_000] } }, want: [slow(0), slow(1)] },
    { name: 'many short excursions are how a processor regulates itself', grown: { 0: { core: [4_000, 5_900] } }, want: [healthy] },
  ];
  for (const { name, grown, want } of minutes) {
    it(`within a minute: ${name}`, async () => {
      await look(1_000);
      assert.deepEqual((await look(1_060, grown)).verdicts, want);
    });
  }

  it('what was before the last look is over', async () => {
    const hot = { 0: { package: [9, 500_000] } } as const;
    assert.deepEqual((await look(1_000, hot)).verdicts, [slow(0)]);
    assert.deepEqual((await look(1_060, hot)).verdicts, [healthy]);
  });

  it('a time that ended may have begun before the last look: the share is at most 100', async () => {
    await look(1_000);
    const { readings = [] } = await look(1_060, { 0: { package: [1, 600_000] } });
    assert.deepInclude(readings, { name: 'cpu_throttled', subject: 'CPU package 0', value: 100, unit: 'percent', source: SOURCE });
  });

  it('a throttling that lasts is not timed until it ends: a package that began and stays at its limit is in it', async () => {
    await look(1_000);
    heat(0, 97);
    const begun = { 0: { package: [1, 0] } } as const;
    for (const seconds of [1_060, 1_120, 1_180]) assert.deepEqual((await look(seconds, begun)).verdicts, [slow(0)], String(seconds));
    const ended = { 0: { package: [1, 170_000] } } as const;
    assert.deepEqual((await look(1_240, ended)).verdicts, [slow(0)]);
    assert.deepEqual((await look(1_300, ended)).verdicts, [healthy]);
  });

  const begins: readonly (readonly [string, number | undefined])[] = [['leaves it cooler than its limit', 96.9], ['cannot be told to last without a sensor', undefined]];
  for (const [what, celsius] of begins) {
    it(`a begin that the kernel did not time ${what}`, async () => {
      await look(1_000);
      if (celsius !== undefined) heat(0, celsius);
      for (const seconds of [1_060, 1_120]) assert.deepEqual((await look(seconds, { 0: { package: [1, 0] } })).verdicts, [healthy]);
    });
  }

  it('a package that is hot and was never throttled is healthy', async () => {
    heat(0, 99);
    for (const seconds of [1_000, 1_060]) assert.deepEqual((await look(seconds)).verdicts, [healthy]);
  });

  it('a temperature that cannot be understood, where it decides, is unknown', async () => {
    heat(0, 99);
    host.write('sys/class/hwmon/hwmon0/temp1_input', 'hot\n');
    assert.deepInclude((await look(1_000, { 0: { package: [1, 0] } })).verdicts[0], {
      kind: 'unknown', message: '/sys/class/hwmon/hwmon0/temp1_input: expected a whole number, got "hot"',
    });
  });

  it('without times it is the number of begins that tells', async () => {
    const untimed = async (seconds: number, count: number) => {
      await look(seconds, { 0: { core: [count, 0] } });
      for (const cpu of PACKAGES.keys()) for (const level of ['core', 'package']) host.remove(`${FOLDER}/cpu${cpu}/thermal_throttle/${level}_throttle_total_time_ms`);
    };
    await untimed(1_000, 100);
    memo = undefined;
    assert.deepEqual((await lookAgain()).verdicts, [healthy]);
    const kept = memo;
    await untimed(1_060, 110);
    memo = kept;
    const atLimit = await lookAgain();
    assert.deepEqual([atLimit.verdicts, atLimit.readings?.[2]], [[healthy], { name: 'cpu_throttles_per_minute', subject: 'CPU package 0', value: 10, unit: 'count', source: SOURCE }]);
    await untimed(1_060, 111);
    memo = kept;
    assert.deepEqual((await lookAgain()).verdicts, [often]);
  });

  it('a counter that went back hides its package for that look, and no other', async () => {
    await look(1_000, { 0: { package: [9, 900] } });
    const after = { 0: { package: [1, 100] }, 2: { package: [9, 30_000] } } as const;
    assert.deepEqual((await look(1_060, after)).verdicts, [unknownOf('CPU package 0', `CPU package 0: a counter went back (${SOURCE})`), slow(1)]);
    assert.deepEqual((await look(1_120, after)).verdicts, [healthy]);
  });

  it('where time stands still, as in a recording, the boot is compared with again', async () => {
    const hot = { 0: { package: [9, 500_000] } } as const;
    for (let round = 0; round < 3; round++) assert.deepEqual((await look(1_000, hot)).verdicts, [slow(0)]);
  });

  it('a memo of another boot, or one that it cannot use, is as none', async () => {
    const useless = [
      null, 7, 'x', {}, { uptimeMs: -1, cpus: {}, lasting: [] }, { uptimeMs: 1, cpus: [], lasting: [] }, { uptimeMs: 1, cpus: {}, lasting: ['0'] },
      { uptimeMs: 1, cpus: { x: [0, 0, 0, 0] }, lasting: [] }, { uptimeMs: 1, cpus: { 0: [0, 0, 0] }, lasting: [] }, { uptimeMs: 2e6, cpus: { 0: [9, 9, 9, 9] }, lasting: [] },
    ];
    for (const bad of useless) {
      memo = bad;
      assert.deepEqual((await look(1_000, { 0: { package: [9, 100_001] } })).verdicts, [slow(0)], JSON.stringify(bad));
    }
  });

  it('does not apply to processors that do not tell', async () => {
    for (const cpu of PACKAGES.keys()) host.remove(`${FOLDER}/cpu${cpu}/thermal_throttle`);
    assert.deepEqual((await lookAgain()).verdicts, [notApplicable('no CPU has a thermal_throttle folder (AMD, arm64, most virtual machines)')]);
  });

  it('cannot be told in the first instant of a boot, or without the uptime', async () => {
    assert.deepEqual((await look(0)).verdicts, [unknown('/proc/uptime: no time has passed since boot')]);
    host.remove('proc/uptime');
    assert.deepInclude((await lookAgain()).verdicts[0], { kind: 'unknown', message: `/proc/uptime (as ${host.root}/proc/uptime): no such file or directory` });
  });
});
