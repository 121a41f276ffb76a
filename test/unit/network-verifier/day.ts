import { silentLogger } from '../../../plugins/core/log.ts';
import { createMonitor } from '../../../plugins/core/monitor.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { networkVerifier } from '../../../plugins/network-verifier/network-verifier.ts';
import { type NetworkSettings, networkSettings } from '../../../plugins/network-verifier/settings.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { type NetworkWorld, healthyWorld, worldSources } from '../../support/network-world.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const POLL_MS = 30_000;
const MINUTE_MS = 60_000;

export interface DayOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly lossShare?: number;
  readonly settings?: Partial<NetworkSettings>;
  /** What happens at which minute, after the poll of then; 0 is before the start. */
  readonly deeds?: readonly (readonly [minute: number, deed: (world: NetworkWorld) => void])[];
}

/** One time at which a reply told other conditions than the one before, or events. */
export interface Change {
  readonly atMinute: number;
  /** `NetworkVerified True NetworkIsVerified: the network of this node works (from the host's network)` of those that changed. */
  readonly conditions: readonly string[];
  /** `warn DNSTimeout` */
  readonly events: readonly string[];
}

export interface Day {
  readonly changes: readonly Change[];
  readonly counts: NetworkWorld['counts'];
}

/** Polls a network-verifier through some time in a simulated network, each reply collected. */
export async function simulatedDay({ minutes, seed, lossShare = 0, settings = {}, deeds = [] }: DayOptions): Promise<Day> {
  const random = seededRandom(seed);
  const clock = fakeClock();
  const world = healthyWorld();
  world.lossShare = lossShare;
  const monitor = createMonitor({
    definition: networkVerifier({ sources: worldSources(world, clock, random), scope: 'host', profile: 'generic' }),
    version: '0', root: '/', configured: { ...defaultsOf(networkSettings), ...settings }, clock, random, log: silentLogger, bootId: undefined,
  });
  const doAt = (atMinute: number): void => {
    for (const [minute, deed] of deeds) if (minute === atMinute) deed(world);
  };
  doAt(0);
  await monitor.start(true);
  const changes: Change[] = [];
  let before = new Set<string>();
  for (let passedMs = POLL_MS; passedMs <= minutes * MINUTE_MS; passedMs += POLL_MS) {
    await clock.advance(POLL_MS);
    const atMinute = passedMs / MINUTE_MS;
    const { status, delivered } = monitor.checkHealth({});
    delivered();
    const told = status.conditions.map(({ type, status: word, reason, message }) => `${type} ${word} ${reason}: ${message}`);
    const conditions = told.filter((text) => !before.has(text));
    before = new Set(told);
    const events = status.events.map(({ severity, reason }) => `${severity} ${reason}`);
    if (conditions.length > 0 || events.length > 0) changes.push({ atMinute, conditions, events });
    doAt(atMinute);
  }
  monitor.close();
  return { changes, counts: world.counts };
}
