import { assert } from 'chai';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Recording, openRecording, recordedHost } from '../../../cli/recording.ts';
import { replaying } from '../../../cli/recording/replay.ts';
import type { Variant } from '../../../cli/recording/variant.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { type RunningMonitor, createMonitor } from '../../../plugins/core/monitor.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import type { Condition } from '../../../plugins/core/status.ts';
import { hostConditions } from '../../../plugins/host-inspector/conditions.ts';
import { hostInspector } from '../../../plugins/host-inspector/host-inspector.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { say } from '../../support/command-line.ts';
import { type FakeClock, fakeClock } from '../../support/fake-clock.ts';
import { assertGolden } from '../../support/golden.ts';

const HOSTS = join(import.meta.dirname, '../../hosts');
/** Those with GPUs are for the gpu-monitor, see its hosts.test.ts. */
const names = readdirSync(HOSTS, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('gpu-')).map(({ name }) => name).toSorted();
const hosts = names.map(recordedHost);
const expectations = new Map(hosts.map(({ name, variants }) => [name, variants[0]?.expect ?? []]));
/** What no recorded machine has. There are healthy variants with it. */
const LACKING: readonly string[] = [
  'CertificateExpiring/NoCertificateToJudge',
  'ProcessesStuck/ProcessesNotVisible',
  'HardwareFault/HardwareErrorsNotCounted',
  'ClockUnsynchronized/ClockNotJudged',
  'NodeServiceDown/NoNodeServices',
  'NodeMonitorDown/NoNodeMonitors',
  'UnexpectedListeningPort/NoExpectedPortsDeclared',
];
const healthyReasons = new Set([...hostConditions.map(({ type, healthy }) => `${type}/${healthy.reason}`), ...LACKING]);

/** `Condition/Reason` of all that is not healthy: problems, what could not be told, and what this node has not got. */
function found(conditions: readonly Condition[]): readonly string[] {
  return conditions.map(({ type, reason }) => `${type}/${reason}`).filter((name) => !healthyReasons.has(name));
}

describe('recorded hosts', () => {
  it('have a sick one for every reason of every condition', () => {
    const told = new Set([...expectations.values()].flat());
    const reasons = hostConditions.flatMap(({ type, reasons }) => reasons.map(({ reason }) => `${type}/${reason}`));
    assert.deepEqual(reasons.filter((reason) => !told.has(reason)), []);
  });

  it('have one for every condition of which nothing can be told', () => {
    const told = new Set([...expectations.values()].flat());
    assert.deepEqual(hostConditions.map(({ type, unknownReason }) => `${type}/${unknownReason}`).filter((reason) => !told.has(reason)), []);
  });

  for (const { name, title } of hosts) {
    it(`${title}: is told so, and nothing else, and what reviewers have seen`, async () => {
      const { stdout, code } = await say(['check', 'host-inspector', '--json', '--recording', name]);
      const { conditions } = JSON.parse(stdout) as { conditions: readonly Condition[] };
      assert.deepEqual(found(conditions), expectations.get(name));
      const codes = { True: 1, Unknown: 2, False: 0 } as const;
      assert.equal(code, conditions.some(({ status }) => status === 'True') ? 1 : Math.max(...conditions.map(({ status }) => codes[status])));
      assertGolden(`hosts/${name}.json`, placeless(stdout));
    });
  }
});

/** The folder of the recording and the times of the look differ from run to run, nothing else does. */
function placeless(text: string): string {
  return text.replaceAll(/"transitionMs": \d+/g, '"transitionMs": 0').replaceAll(/\/[^" ]*\/npd-recording-[^/"]+\/root/g, 'ROOT');
}

/** Longer than any finding has to last or be gone before it is told, counted from a look of a check with a usual period. */
const LONG_MS = 12 * 60_000;

/** Until all is healthy; what is judged over a window is so when that is over, within two hours. */
async function recovers({ conditions, passes }: Life): Promise<void> {
  for (let times = 0; times < 10; times++) {
    await passes(LONG_MS);
    if (found(conditions()).length === 0) return;
  }
}

const BOOT_ID = '00000000-0000-4000-8000-000000000001';

/** Of the checks of each condition, the longest. */
const periodsMs = new Map([...Map.groupBy(hostInspector({ probe: async () => ({ kind: 'failed', message: '' }) }).checks, ({ condition }) => condition)].map(([type, checks]) => [type, Math.max(...checks.map(({ periodMs }) => periodMs))]));

/** The same for this host: some findings have to last longer; and what could be told before is kept for three periods of its check. */
function longMs({ expect }: Pick<Variant, 'expect'>): number {
  return Math.max(LONG_MS, ...hostConditions.map(({ type, reasons, unknownReason }) => {
    const raiseAfterMs = reasons.filter(({ reason }) => expect.includes(`${type}/${reason}`)).map((spec) => spec.raiseAfterMs);
    const periodMs = periodsMs.get(type) ?? 0;
    return Math.max(expect.includes(`${type}/${unknownReason}`) ? 4.5 * periodMs : 0, ...raiseAfterMs.map((each) => each + 2 * periodMs + 6 * 60_000));
  }));
}

/** A date that is far away again need not last. */
const CLEARED_AT_ONCE = new Set(hostConditions.flatMap(({ reasons }) => reasons.filter(({ clearAfterMs }) => clearAfterMs === 0).map(({ reason }) => reason)));

/** The plugin on a host whose life goes on, through restarts. */
interface Life extends Disposable {
  readonly recording: Recording;
  readonly conditions: () => readonly Condition[];
  readonly passes: (ms: number) => Promise<void>;
  /** The process ends; `meanwhile` happens before its successor has looked at anything. Settles after the first looks. */
  readonly restart: (meanwhile?: () => void) => Promise<void>;
}

async function live(name: string, asItIs = false): Promise<Life> {
  const recording = openRecording(name);
  if (!asItIs) recording.recover();
  const clock = fakeClock();
  let saved: string | undefined;
  const begin = (): RunningMonitor => {
    const monitor = start(recording, clock, saved, (text) => (saved = text));
    void monitor.start();
    return monitor;
  };
  let monitor = begin();
  await clock.advance(0);
  return {
    recording,
    conditions: () => monitor.conditions(),
    passes: clock.advance,
    async restart(meanwhile) {
      monitor.close();
      meanwhile?.();
      await clock.advance(5_000);
      monitor = begin();
      await clock.advance(0);
    },
    [Symbol.dispose]() {
      monitor.close();
      recording[Symbol.dispose]();
    },
  };
}

function start(recording: Recording, clock: FakeClock, savedState: string | undefined, onSave: (text: string) => void): RunningMonitor {
  const { root, probe, sources } = recording;
  return createMonitor({
    definition: replaying(hostInspector(probe, sources), recording),
    version: 'test', root, configured: defaultsOf(hostSettings), clock, random: () => 0, log: silentLogger, bootId: BOOT_ID, savedState, onSave,
  });
}

/** What a restart must not change. */
function lasting(conditions: readonly Condition[]): readonly string[] {
  return conditions.map(({ type, status, reason, transitionMs }) => `${type}=${status} ${reason} since ${transitionMs}`);
}

describe('a healthy host to which it happens', () => {
  for (const { name, variants: [variant] } of hosts) {
    if (variant === undefined) continue;
    if (variant.expect.length === 0) {
      // Nothing happens to it: it is another machine, and has what the recorded one lacks.
      it(`${name}: stays healthy, also over a restart`, async () => {
        using life = await live(name, true);
        for (const after of ['at first', 'after a restart']) {
          await life.passes(LONG_MS);
          assert.deepEqual(found(life.conditions()), [], after);
          await life.restart();
        }
      });
      continue;
    }

    it(`${name}: is told in time, kept over a restart, and over when the cause is gone`, async () => {
      using life = await live(name);
      await life.passes(longMs(variant));
      assert.deepEqual(found(life.conditions()), [], 'before');

      life.recording.fallSick();
      await life.passes(longMs(variant));
      const sick = lasting(life.conditions());
      assert.deepEqual(found(life.conditions()), variant.expect, 'sick');
      await life.restart();
      assert.deepEqual(lasting(life.conditions()), sick, 'after a restart');
      await life.passes(longMs(variant));
      assert.deepEqual(lasting(life.conditions()), sick, 'long after a restart');

      life.recording.recover();
      await recovers(life);
      assert.deepEqual(found(life.conditions()), [], 'recovered');
      assert.isTrue(life.conditions().every(({ status }) => status === 'False'));
    });

    it(`${name}: is over, too, if the cause goes during a restart`, async () => {
      using life = await live(name);
      life.recording.fallSick();
      await life.passes(longMs(variant));
      const problems = life.conditions().filter(({ status, reason }) => status === 'True' && !CLEARED_AT_ONCE.has(reason)).map(({ type }) => type);
      await life.restart(() => life.recording.recover());
      assert.deepEqual(life.conditions().filter(({ status }) => status === 'True').map(({ type }) => type), problems, 'not before it has lasted');
      await recovers(life);
      assert.deepEqual(found(life.conditions()), []);
    });
  }
});
