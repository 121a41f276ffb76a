import { assert } from 'chai';
import { npdConfigFiles } from '../../../cli/npd-config.ts';
import { recordedSources } from '../../../cli/recording/sources.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { createMonitor } from '../../../plugins/core/monitor.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { hostConditions } from '../../../plugins/host-inspector/conditions.ts';
import { hostInspector } from '../../../plugins/host-inspector/host-inspector.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import type { FilesystemAnswer } from '../../../plugins/linux/filesystem-answer.ts';
import { readHostConfig } from '../../../plugins/npd/config.ts';
import type { EventWrite } from '../../../plugins/npd/events.ts';
import { advance, createHostModel, receive } from '../../../plugins/npd/host-model.ts';
import type { Patch } from '../../../plugins/npd/patch.ts';
import { FAKE_START_WALL_MS, fakeClock } from '../../support/fake-clock.ts';
import { hostTree } from '../../support/host-tree.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const POLL_MS = 30_000;
const POLLS_PER_DAY = 2_880;
const MINUTE_MS = 60_000;
const SEED = 20_261_121;

/** Readings of one moment. */
interface Weather {
  readonly availableKb: number;
  readonly fullAvg60Percent: number;
  readonly diskAvailablePercent: number;
  readonly inodesFreePercent: number;
  readonly ioFullPercent: number;
  /** Of the services, with more tasks than CPUs. */
  readonly cpuSomePercent: number;
  /** Of the time, by heat. */
  readonly throttledPercent: number;
  /** Of limits of the kernel: file handles, PIDs of all Pods and connections. */
  readonly limitPercent: number;
}

/** Each reading anywhere from just beside its limit to twice as far: 819,200 kB, 10%, 5%, 3%, 50%, 70%, 10% and 90% are the limits of this host. */
function wobble(random: () => number): Weather {
  return {
    availableKb: Math.ceil(819_201 + random() * 819_200),
    fullAvg60Percent: Math.floor(random() * 1_000) / 100,
    diskAvailablePercent: 5.01 + random() * 5,
    inodesFreePercent: 3.01 + random() * 3,
    ioFullPercent: Math.floor(random() * 5_000) / 100,
    cpuSomePercent: Math.floor(random() * 7_000) / 100,
    throttledPercent: random() * 9.9,
    limitPercent: 45 + random() * 45,
  };
}

interface Day {
  readonly patches: readonly Patch[];
  readonly events: readonly EventWrite[];
}

/** What NPD writes in a day of polls at the weather of each minute. */
async function day(weatherAt: (minute: number, random: () => number) => Weather): Promise<Day> {
  using host = hostTree();
  const random = seededRandom(SEED);
  const clock = fakeClock();
  let disk: FilesystemAnswer = { kind: 'failed', message: 'not asked yet' };
  let [uptimeSeconds, throttledMs] = [86_400, 0];
  const change = (minute: number): void => {
    const { availableKb, fullAvg60Percent, diskAvailablePercent, inodesFreePercent, ioFullPercent, cpuSomePercent, throttledPercent, limitPercent } = weatherAt(minute, random);
    uptimeSeconds += POLL_MS / 1_000;
    throttledMs += Math.floor((throttledPercent * POLL_MS) / 100);
    host.write('proc/uptime', `${uptimeSeconds}.00 86000.00\n`);
    host.setThrottledMs(throttledMs);
    const used = Math.floor(limitPercent * 1_000);
    host.write('proc/sys/fs/file-nr', `${used}\t0\t100000\n`);
    host.write('sys/fs/cgroup/kubepods.slice/pids.max', '100000\n');
    host.write('sys/fs/cgroup/kubepods.slice/pids.current', `${used}\n`);
    host.write('proc/sys/net/netfilter/nf_conntrack_max', '100000\n');
    host.write('proc/1/net/stat/nf_conntrack', `entries  drop insert_failed invalid\n${used.toString(16).padStart(8, '0')}  00000000 00000000 00000000\n`);
    host.setPressure('services', 'io', 100, ioFullPercent);
    host.setPressure('services', 'cpu', cpuSomePercent, 0);
    const full = fullAvg60Percent.toFixed(2);
    host.setAvailableKb(availableKb);
    host.write('proc/pressure/memory', `some avg10=${full} avg60=${full} avg300=0.00 total=9\nfull avg10=${full} avg60=${full} avg300=0.00 total=8\n`);
    const availableBytes = diskAvailablePercent * 1e9;
    disk = { kind: 'ok', totalBytes: 100e9, freeBytes: availableBytes, availableBytes, inodes: 1e6, inodesFree: Math.ceil(inodesFreePercent * 1e4) };
  };
  host.setLoad(99);
  change(0);
  const monitor = createMonitor({
    // Children take real time, of which none passes here.
    definition: hostInspector({ probe: async () => disk }, { ...recordedSources(host.root), wallMs: clock.wallMs }),
    version: 'test', root: host.root, configured: defaultsOf(hostSettings), clock, random, log: silentLogger, bootId: undefined,
  });
  const { config } = readHostConfig((await npdConfigFiles())[0]?.text ?? '');
  if (config === undefined) throw new Error('no configuration');
  const [patches, events]: [Patch[], EventWrite[]] = [[], []];
  let model = createHostModel([config], clock.wallMs());
  void monitor.start();
  for (let poll = 1; poll <= POLLS_PER_DAY; poll++) {
    change(Math.floor((poll * POLL_MS) / MINUTE_MS));
    await clock.advance(POLL_MS);
    const { status, delivered } = monitor.checkHealth({});
    delivered();
    const step = receive(model, status, clock.wallMs());
    model = step.model;
    patches.push(...step.patches);
    events.push(...step.events);
  }
  monitor.close();
  const last = advance(model, clock.wallMs() + POLL_MS);
  return { patches: [...patches, ...last.patches], events };
}

function told({ patches }: Day): readonly string[] {
  return patches.filter(({ cause }) => cause === 'change').map(({ atMs, conditions }) => {
    const minutes = ((atMs - FAKE_START_WALL_MS) / MINUTE_MS).toFixed(1);
    return `${minutes} min: ${conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`).join(', ')}`;
  });
}

/** What the node of these days has not got. */
const NOT_APPLICABLE: Readonly<Record<string, string>> = { ClockUnsynchronized: 'ClockNotJudged', NodeMonitorDown: 'NoNodeMonitors' };

/** Every condition in the order of the table: all healthy but for one. */
function conditionsBut(but?: { readonly type: string; readonly is: string }): string {
  return hostConditions.map(({ type, healthy }) => `${type}=${but?.type === type ? but.is : `False ${NOT_APPLICABLE[type] ?? healthy.reason}`}`).join(', ');
}

const FIRST = `0.5 min: ${conditionsBut()}`;

describe('a day of the host-inspector, polled every 30 s', function () {
  // 40,000 looks each, where other tests want the same CPUs.
  this.timeout(180_000);

  it('of readings that come near every limit and cross none writes heartbeats only', async () => {
    const quiet = await day((_, random) => wobble(random));
    assert.deepEqual(told(quiet), [FIRST]);
    assert.deepEqual(quiet.events, []);
    // One every 5 minutes, one before the first reply, and the change above instead of one.
    assert.equal(quiet.patches.length, 1 + 288);
  });

  it('with spikes across every limit that last for a minute writes heartbeats only', async () => {
    const spiky = await day((minute, random) => {
      const usual = wobble(random);
      if (minute % 15 !== 7) return usual;
      return { availableKb: 700_000, fullAvg60Percent: 30, diskAvailablePercent: 4, inodesFreePercent: 2, ioFullPercent: 99, cpuSomePercent: 99, throttledPercent: 100, limitPercent: 99 };
    });
    assert.deepEqual([told(spiky), spiky.events], [[FIRST], []]);
  });

  it('with 20 minutes of too little memory writes one change and one event at its begin and at its end', async () => {
    const [beginMinute, endMinute] = [600, 620];
    const sick = await day((minute, random) => {
      const usual = wobble(random);
      return minute >= beginMinute && minute < endMinute ? { ...usual, availableKb: 500_000 + Math.floor(random() * 300_000) } : usual;
    });
    const [first, begin = '', end = '', ...rest] = told(sick);
    assert.deepEqual([first, rest], [FIRST, []]);
    assert.match(begin, new RegExp(`^60[1-3]\\.\\d min: ${conditionsBut({ type: 'MemoryPressureHigh', is: 'True MemoryLow' })}$`));
    assert.match(end, new RegExp(`^62[1-3]\\.\\d min: ${conditionsBut()}$`));
    assert.deepEqual(sick.events.map(({ kind, type, source, reason, message }) => ({ kind, type, source, reason, message })), [
      {
        kind: 'create', type: 'Warning', source: 'host-inspector', reason: 'MemoryLow',
        message: 'node memory: less than 800Mi available (/proc/meminfo, MemAvailable)',
      },
      {
        kind: 'create', type: 'Normal', source: 'host-inspector', reason: 'NodeHasMemoryAvailable',
        message: 'MemoryPressureHigh is over (was MemoryLow): memory is available and tasks do not wait for it',
      },
    ]);
  });
});
