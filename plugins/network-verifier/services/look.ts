import { type AttemptLimits, endpointText } from '../attempt.ts';
import { canonicalAddress } from '../dns/canonical-address.ts';
import { resolveName } from '../dns/resolve.ts';
import type { NetworkSettings } from '../settings.ts';
import type { NetworkSources } from '../sources.ts';
import type { Surroundings } from '../surroundings.ts';
import type { AttemptTally } from '../tally.ts';
import type { Account } from './account.ts';
import { type Way, wayOf } from './connect.ts';
import type { ServiceEntry } from './entry.ts';
import type { Inside } from './inside.ts';
import type { ConnectionSight, NameSight, ServiceSight } from './judge.ts';

/** What a look from within the cluster is made of. */
export interface LookParts {
  readonly sources: NetworkSources;
  readonly surroundings: Surroundings;
  readonly tally: AttemptTally;
  readonly inside: Inside;
  readonly settings: NetworkSettings;
  readonly signal: AbortSignal;
}

/** What its name leads to. */
export async function lookAtName({ sources, surroundings, tally, inside, settings, signal }: LookParts, entry: ServiceEntry): Promise<NameSight> {
  const fullName = inside.fullNameOf(entry);
  const outcome = await resolveName(fullName, { sources, settings, signal, nameServers: inside.nameServers });
  tally.count('cluster-name', outcome);
  return {
    fullName,
    outcome: outcome.kind === 'ok' ? { ...outcome, value: outcome.value.map(canonicalAddress) } : outcome,
    isAskedElsewhere: inside.askedElsewhere.has(fullName),
    isInDoubt: settings.dns === 'on' && surroundings.doubtfulServers.size > 0,
  };
}

/** Whether there is a way through it. Of a Service that is not there, or of which nothing is known, none is tried. */
export async function lookAtWay(parts: LookParts, { entry, told, service, endpoints }: Account, name: NameSight): Promise<ServiceSight['inside']> {
  if (told.kind === 'missing' || (told.kind === 'untold' && service === undefined)) return undefined;
  const resolved = name.outcome.kind === 'ok' ? name.outcome.value : [];
  const way = wayOf({ entry, service, endpoints, resolved, random: parts.sources.random });
  return { name, way, connections: await connect(parts, way, { timeoutMs: parts.settings.checkTimeout, signal: parts.signal }) };
}

async function connect({ sources, surroundings, tally }: LookParts, way: Way, limits: AttemptLimits): Promise<readonly ConnectionSight[]> {
  if (way.kind !== 'try') return [];
  return await Promise.all(way.endpoints.map(async (endpoint) => {
    const outcome = await sources.connectTcp(endpoint, limits);
    tally.count('service', outcome);
    return { endpoint, outcome, isToldElsewhere: surroundings.failsElsewhere('service', endpointText(endpoint)) };
  }));
}
