import { recordedSources } from '../cli/recording/sources.ts';
import { createMonitor } from '../plugins/core/monitor.ts';
import { silentLogger } from '../plugins/core/log.ts';
import { defaultsOf } from '../plugins/core/settings.ts';
import { hostInspector } from '../plugins/host-inspector/host-inspector.ts';
import { hostSettings } from '../plugins/host-inspector/settings.ts';
import type { FilesystemProbe } from '../plugins/linux/filesystem-probe.ts';
import { readHostConfig } from '../plugins/npd/config.ts';
import { hostConfigText } from '../plugins/npd/config-text.ts';
import { type HostModel, type Step, advance, createHostModel, receive } from '../plugins/npd/host-model.ts';
import { fakeClock } from '../test/support/fake-clock.ts';
import { hostTree } from '../test/support/host-tree.ts';
import { type Row, atMost } from './row.ts';

const POLL_EVERY_MS = 30_000;
const DAY_POLLS = 2_880;
const SEED = 20_260_131;

/** Every so many readings one is below its limit, and healthy again at the next look: shorter than any problem is raised after. */
const DIP_EVERY = 40;

/** What Node Problem Detector would write in a day on which readings wobble by a third and now and then dip below a limit. */
export async function simulatedDay(): Promise<Row> {
  using host = hostTree();
  const random = seeded(SEED);
  const clock = fakeClock();
  let readingCount = 0;
  const wobble = (healthy: number, dip: number): number => (++readingCount % DIP_EVERY === 0 ? dip : healthy * (1 + 0.33 * (2 * random() - 1)));
  const probe: FilesystemProbe = {
    probe: async () => ({ kind: 'ok', totalBytes: 100e9, freeBytes: 41e9, availableBytes: wobble(40e9, 4e9), inodes: 1e6, inodesFree: wobble(5e5, 25e3) }),
  };
  const definition = hostInspector(probe, recordedSources(host.root));
  const configured = defaultsOf(hostSettings);
  const monitor = createMonitor({ definition, configured, clock, random, version: '0', root: host.root, log: silentLogger, bootId: undefined });
  await monitor.start();
  const text = hostConfigText({ monitor: definition.name, specs: definition.specs, socketAddress: '/s', invokeIntervalMs: POLL_EVERY_MS, timeoutMs: 10_000 });
  const { config } = readHostConfig(text);
  if (config === undefined) throw new Error('our own configuration is refused');
  let model: HostModel = createHostModel([config], clock.wallMs());
  const written = { change: 0, heartbeat: 0, events: 0 };
  const note = (step: Step): void => {
    model = step.model;
    for (const { cause } of step.patches) written[cause]++;
    written.events += step.events.length;
  };
  let throttledMs = 0;
  host.setLoad(99);
  for (let poll = 0; poll < DAY_POLLS; poll++) {
    throttledMs += (wobble(5, 50) * POLL_EVERY_MS) / 100;
    host.write('proc/uptime', `${(86_400 + (poll * POLL_EVERY_MS) / 1_000).toFixed(2)} 86000.00\n`);
    host.setThrottledMs(Math.round(throttledMs));
    host.setPressure('services', 'io', 99, wobble(30, 90));
    host.setPressure('services', 'cpu', wobble(45, 95), 0);
    const fullPercent = wobble(3, 12).toFixed(2);
    host.setAvailableKb(Math.round(wobble(8e6, 7e5)));
    host.write('proc/pressure/memory', `some avg10=9.00 avg60=9.00 avg300=9.00 total=0\nfull avg10=0.00 avg60=${fullPercent} avg300=0.00 total=0\n`);
    await clock.advance(POLL_EVERY_MS);
    const { status, delivered } = monitor.checkHealth({});
    note(receive(model, status, clock.wallMs()));
    delivered();
  }
  note(advance(model, clock.wallMs()));
  monitor.close();
  // The first tick of the host and the first reply are a change each; all that follows should be heartbeats.
  const unneeded = Math.max(0, written.change - FIRST_CHANGES) + written.events;
  const what = `${written.heartbeat} heartbeats, ${written.change} changes, ${written.events} events; seed ${SEED}`;
  return atMost('writes of the host program in a simulated day beyond heartbeats and the first status', 'writes', unneeded, 0, what);
}

/** The first reply tells the conditions; before it the host writes an empty list as a heartbeat. */
const FIRST_CHANGES = 1;

/** mulberry32: small, and the same numbers everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
