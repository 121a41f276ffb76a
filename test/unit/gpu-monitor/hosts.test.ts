import { assert } from 'chai';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gpuMonitorOf } from '../../../cli/gpu-monitor.ts';
import { type RecordedHost, type Recording, openRecording, recordedHost } from '../../../cli/recording.ts';
import { replaying } from '../../../cli/recording/replay.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { type RunningMonitor, createMonitor } from '../../../plugins/core/monitor.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import type { Condition, MonitorEvent } from '../../../plugins/core/status.ts';
import { gpuConditions } from '../../../plugins/gpu-monitor/conditions.ts';
import { type GpuSettings, gpuSettings } from '../../../plugins/gpu-monitor/settings.ts';
import { say } from '../../support/command-line.ts';
import { type FakeClock, fakeClock, promisesSettled } from '../../support/fake-clock.ts';
import { assertGolden } from '../../support/golden.ts';

const HOSTS = join(import.meta.dirname, '../../hosts');
const hosts = readdirSync(HOSTS).filter((name) => name.startsWith('gpu-')).toSorted().map(recordedHost);
/** A variant of a host with GPUs, and not itself what a machine without them is turned into. */
const isSick = ({ variants }: RecordedHost): boolean => variants.length > 1;
const conditions = gpuConditions([]);
const healthyReasons = new Set(conditions.map(({ type, healthy }) => `${type}/${healthy.reason}`));
const told = new Set(hosts.flatMap(({ variants: [variant] }) => variant?.expect ?? []));

/** Judged only where somebody asks for it; the healthy node uses none of its memory. */
const THRESHOLD = ['--memory-threshold', '95'];
const SETTINGS: GpuSettings = { ...defaultsOf(gpuSettings), memory_threshold: 95 };

/** `Condition/Reason` of all that is not healthy: problems, what could not be told, and what this node has not got. */
function found(conditions: readonly Condition[]): readonly string[] {
  return conditions.map(({ type, reason }) => `${type}/${reason}`).filter((name) => !healthyReasons.has(name));
}

describe('recorded hosts with GPUs', () => {
  it('have a sick one for every reason of every condition', () => {
    const reasons = conditions.flatMap(({ type, reasons }) => reasons.map(({ reason }) => `${type}/${reason}`));
    assert.deepEqual(reasons.filter((reason) => !told.has(reason)), []);
  });

  it('have one for every condition of which nothing can be told', () => {
    assert.deepEqual(conditions.map(({ type, unknownReason }) => `${type}/${unknownReason}`).filter((reason) => !told.has(reason)), []);
  });

  it('are healthy for the host-inspector, whatever their GPUs have', async () => {
    for (const name of ['gpu-8x-h100', 'gpu-2x-v100', 'gpu-fell-off']) assert.equal((await say(['check', 'host-inspector', '--recording', name])).code, 0);
  });

  for (const { name, title, variants: [variant] } of hosts) {
    it(`${title}: is told so, and nothing else, and what reviewers have seen`, async () => {
      const { stdout, code } = await say(['check', 'gpu-monitor', '--json', '--recording', name, ...THRESHOLD]);
      const said = JSON.parse(stdout) as { readonly conditions: readonly Condition[]; readonly checks: readonly { readonly events: readonly MonitorEvent[] }[] };
      assert.deepEqual(found(said.conditions), variant?.expect);
      const codes = { True: 1, Unknown: 2, False: 0 } as const;
      assert.equal(code, said.conditions.some(({ status }) => status === 'True') ? 1 : Math.max(...said.conditions.map(({ status }) => codes[status])));
      const rows = said.conditions.map(({ type, status, reason, message }) => `${type} ${status} ${reason}: ${placeless(message)}\n`);
      const events = said.checks.flatMap(({ events }) => events.map(({ severity, reason, message }) => `event ${severity} ${reason}: ${placeless(message)}\n`));
      assertGolden(`gpu-hosts/${name}.txt`, [...rows, ...events].join(''));
    });
  }

  for (const name of ['firecracker-vm-6.18', 'sick-node']) {
    it(`have nothing to do with ${name}, which has none`, async () => {
      const { stdout, code } = await say(['check', 'gpu-monitor', '--json', '--recording', name]);
      const said = JSON.parse(stdout) as { readonly conditions: readonly Condition[] };
      assert.deepEqual(said.conditions.map(({ reason, status }) => `${reason} ${status}`), conditions.map(({ notApplicableReason }) => `${notApplicableReason} False`));
      assert.equal(code, 0);
    });
  }
});

/** The folder of the recording differs from run to run. */
function placeless(text: string): string {
  return text.replaceAll(/\/[^" ]*\/npd-recording-[^/"]+\/root/g, 'ROOT');
}

/** Longer than any finding has to last or be gone before it is told, counted from a look of the check with the longest period (5 minutes). */
const LONG_MS = 12 * 60_000;
/** Looks are made in steps: the kernel log is read by children, which take real time. */
const STEP_MS = 5_000;
/** Those of slow checks begin a second after the others. */
const SLOW_LOOKS_MS = 2_000;

/** The plugin on a host whose life goes on, through restarts and reboots. */
interface Life extends Disposable {
  readonly recording: Recording;
  readonly conditions: () => readonly Condition[];
  readonly passes: (ms: number) => Promise<void>;
  /** Settles after the first looks of the new process. */
  readonly restart: () => Promise<void>;
  readonly reboot: () => Promise<void>;
}

async function live(name: string): Promise<Life> {
  const recording = openRecording(name);
  recording.recover();
  const clock = fakeClock();
  let saved: string | undefined;
  let boot = 1;
  const begin = (): Started => start(recording, clock, boot, saved, (text) => (saved = text));
  let running = begin();
  const passes = async (ms: number): Promise<void> => {
    for (let leftMs = ms; leftMs > 0; leftMs -= STEP_MS) {
      await clock.advance(Math.min(leftMs, STEP_MS));
      await running.settled();
    }
  };
  await passes(SLOW_LOOKS_MS);
  async function restart(): Promise<void> {
    running.monitor.close();
    await clock.advance(5_000);
    running = begin();
    await passes(SLOW_LOOKS_MS);
  }
  return {
    recording,
    conditions: () => running.monitor.conditions(),
    passes,
    restart,
    async reboot() {
      boot++;
      await restart();
    },
    [Symbol.dispose]() {
      running.monitor.close();
      recording[Symbol.dispose]();
    },
  };
}

interface Started {
  readonly monitor: RunningMonitor;
  /** No look is under way. */
  readonly settled: () => Promise<void>;
}

function start(recording: Recording, clock: FakeClock, boot: number, savedState: string | undefined, onSave: (text: string) => void): Started {
  const definition = replaying(gpuMonitorOf({ args: { positionals: [], values: {} }, log: silentLogger, recorded: recording }), recording);
  const underWay = new Set<Promise<unknown>>();
  const checks = definition.checks.map((check) => ({
    ...check,
    look(scene: Parameters<typeof check.look>[0]) {
      const look = Promise.resolve(check.look(scene));
      underWay.add(look);
      return look.finally(() => underWay.delete(look));
    },
  }));
  const monitor = createMonitor({
    definition: { ...definition, checks },
    version: 'test', root: recording.root, configured: SETTINGS, clock, random: () => 0, log: silentLogger, bootId: `00000000-0000-4000-8000-00000000000${boot}`, savedState, onSave,
  });
  // As serve does.
  void monitor.start(true);
  return {
    monitor,
    async settled() {
      while (underWay.size > 0) {
        await Promise.allSettled(underWay);
        await promisesSettled();
      }
    },
  };
}

/** What a restart must not change. */
function lasting(conditions: readonly Condition[]): readonly string[] {
  return conditions.map(({ type, status, reason, transitionMs }) => `${type}=${status} ${reason} since ${transitionMs}`);
}

/** Told by the kernel log until the node is booted anew, whatever else gets better; the recovered host loaded its driver again. */
const UNTIL_REBOOT: ReadonlySet<string> = new Set(['GPUXidError/NodeRebootRequired', 'GPUXidError/GPUReplacementRequired']);

describe('a healthy host with GPUs to which it happens', function () {
  this.timeout(60_000);

  for (const { name, variants: [variant, healthy] } of hosts.filter(isSick)) {
    it(`${name}: is told in time, kept over a restart, and over when the cause is gone`, async () => {
      using life = await live(name);
      await life.passes(LONG_MS);
      assert.deepEqual(found(life.conditions()), healthy?.expect, 'before');

      life.recording.fallSick();
      await life.passes(LONG_MS);
      const sick = lasting(life.conditions());
      assert.deepEqual(found(life.conditions()), variant?.expectLasting, 'sick');
      await life.restart();
      assert.deepEqual(lasting(life.conditions()), sick, 'after a restart');
      await life.passes(LONG_MS);
      assert.deepEqual(lasting(life.conditions()), sick, 'long after a restart');

      life.recording.recover();
      await life.passes(LONG_MS);
      assert.deepEqual(found(life.conditions()), [...(variant?.expect.filter((reason) => UNTIL_REBOOT.has(reason)) ?? []), ...(healthy?.expect ?? [])], 'recovered');
      await life.reboot();
      await life.passes(LONG_MS);
      assert.deepEqual(found(life.conditions()), healthy?.expect, 'after a reboot');
    });
  }
});
