import { silentLogger } from '../../plugins/core/log.ts';
import { type RunningMonitor, createMonitor } from '../../plugins/core/monitor.ts';
import { readSettings } from '../../plugins/core/settings.ts';
import type { Condition } from '../../plugins/core/status.ts';
import { inClusterAccess } from '../../plugins/kube/in-cluster.ts';
import { runChild } from '../../plugins/linux/child.ts';
import { readText } from '../../plugins/linux/read.ts';
import { liveNetworkSources } from '../../plugins/network-verifier/live-sources.ts';
import { networkVerifier } from '../../plugins/network-verifier/network-verifier.ts';
import type { Scope } from '../../plugins/network-verifier/scope.ts';
import { networkSettings } from '../../plugins/network-verifier/settings.ts';
import { fakeClock, promisesSettled } from './fake-clock.ts';
import { type FaultWorld, PLACES, WORLD_SETTINGS } from './fault-world.ts';

/** A network-verifier that looks at a world as it runs on a node, but for the clock, which goes as fast as its looks end. */
export interface FaultWatch extends Disposable {
  /** Lets the world's time pass, and waits for every look that begins; with a word it ends as soon as that holds. */
  readonly pass: (ms: number, until?: (conditions: readonly Condition[]) => boolean) => Promise<void>;
  /** All checks look now, as they do when somebody polls with other parameters. */
  readonly lookNow: () => void;
  readonly conditions: () => readonly Condition[];
  /** `TYPE STATUS REASON` of all that was to be seen since it was asked for last, in the order in which it came. */
  readonly seen: () => readonly string[];
  /** Checks of which a look did not end by itself within its deadline. */
  readonly late: () => readonly string[];
}

/** @param settings over those of the world, as a configuration file has them */
export function watchFaults(world: FaultWorld, scope: Scope, settings: Readonly<Record<string, unknown>> = {}): FaultWatch {
  const clock = fakeClock();
  const env = { KUBERNETES_SERVICE_HOST: PLACES.api, KUBERNETES_SERVICE_PORT: '443' };
  const live = liveNetworkSources({
    resolvConf: world.resolvConf, run: runChild, isInCluster: true,
    cluster: () => inClusterAccess(env, (path) => readText('/', path.slice(1)), world.account),
  });
  // A program for each reading of a small file would take most of the time of these looks.
  const read = (path: string) => async () => await Promise.resolve(readText('/', path.slice(1)));
  const sources = {
    ...live, readResolvConf: read(world.resolvConf), readHosts: read('/dev/null'),
    // Attempts take time of the real network, findings that of the clock.
    nowMs: () => clock.monotonicMs() + performance.now(),
  };
  const definition = networkVerifier({ sources, scope, profile: 'generic' });
  const [underWay, late, seen] = [new Map<Promise<unknown>, number>(), new Set<string>(), new Set<string>()];
  const checks = definition.checks.map((check) => ({
    ...check,
    async look(scene: Parameters<typeof check.look>[0]) {
      const look = Promise.resolve(check.look(scene));
      underWay.set(look, check.timeoutMs);
      return await look.finally(() => underWay.delete(look));
    },
  }));
  const monitor: RunningMonitor = createMonitor({
    definition: { ...definition, checks }, version: '', root: '/', clock, random: () => 0, log: silentLogger, bootId: 'boot',
    configured: readSettings(networkSettings, { ...WORLD_SETTINGS, ...settings }, 'world'),
  });
  const note = (): readonly Condition[] => {
    const conditions = monitor.conditions();
    for (const { type, status, reason } of conditions) seen.add(`${type} ${status} ${reason}`);
    for (const [name, { verdicts }] of monitor.looks()) if (verdicts.some((verdict) => verdict.kind === 'unknown' && verdict.message.startsWith(`${name}: no answer within `))) late.add(name);
    return conditions;
  };
  const begun = monitor.start();
  let polls = 0;
  return {
    async pass(ms, until) {
      for (const endMs = clock.monotonicMs() + ms; clock.monotonicMs() < endMs;) {
        await clock.advance(1_000);
        while (underWay.size > 0) await lookEnded(underWay, clock.advance);
        await promisesSettled();
        if (until?.(note()) === true) return;
      }
      note();
      await begun;
    },
    lookNow: () => void monitor.checkHealth({ peerSample: String(3 + ++polls % 2) }),
    conditions: monitor.conditions,
    seen() {
      const before = [...seen];
      seen.clear();
      return before;
    },
    late: () => [...late].toSorted(),
    [Symbol.dispose]: monitor.close,
  };
}

/** Who does not end by itself meets the deadline of the sampler as it would on a node, and is found by what that says. */
async function lookEnded(underWay: Map<Promise<unknown>, number>, advance: (ms: number) => Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<'late'>();
  const deadlineMs = Math.max(...underWay.values());
  const timer = setTimeout(() => resolve('late'), deadlineMs);
  const looks = [...underWay.keys()];
  const ended = await Promise.race([promise, Promise.allSettled(looks)]);
  clearTimeout(timer);
  if (ended !== 'late') return;
  await advance(deadlineMs);
  for (const look of looks) underWay.delete(look);
}
