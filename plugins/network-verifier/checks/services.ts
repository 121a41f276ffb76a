import type { Check, Reading } from '../../core/check.ts';
import { type Verdict, notApplicable, unknown } from '../../core/verdict.ts';
import type { ApiServer } from '../api/api-server.ts';
import { createApiFinder } from '../api/find.ts';
import { endpointText } from '../attempt.ts';
import { type Account, createAskAbout } from '../services/account.ts';
import { type ServiceEntry, parseServiceEntry } from '../services/entry.ts';
import { type Inside, readInside } from '../services/inside.ts';
import { type ServiceSight, judgeService, wrongAddresses } from '../services/judge.ts';
import { lookAtName, lookAtWay } from '../services/look.ts';
import type { NetworkSettings } from '../settings.ts';
import type { Surroundings } from '../surroundings.ts';
import type { AttemptTally } from '../tally.ts';
import { networkCheck } from './network-check.ts';
import type { CheckParts } from './parts.ts';

/**
 * Is each Service there, does its name lead to its cluster IP, is somebody ready behind it, and does a connection through the
 * cluster IP get there? What other checks tell is left to them. Two requests to the API server for each in five minutes.
 */
export function services({ sources, scope, surroundings }: CheckParts): Check<NetworkSettings> {
  const find = createApiFinder(sources, surroundings);
  const askAbout = createAskAbout();

  const look = async (api: ApiServer, entries: readonly ServiceEntry[], { settings, signal, tally }: Looking): Promise<readonly ServiceSight[]> => {
    const inside = await readInside(sources, settings, signal);
    const parts = inside && { sources, surroundings, tally, inside, settings, signal };
    const names = entries.map((entry) => parts && lookAtName(parts, entry));
    const accounts = await askAbout({ api, tally, nowMs: sources.nowMs() }, entries);
    if (inside !== undefined) keepClusterIps(surroundings, accounts, inside);
    return await Promise.all(accounts.map(async (account, index) => {
      const name = await names[index];
      return { ...account, inside: parts && name && (await lookAtWay(parts, account, name)) };
    }));
  };

  return networkCheck({
    name: 'services',
    condition: 'ServiceDiscoveryFailed',
    scope,
    periodMs: 300_000,
    async look({ settings, signal }, tally) {
      const entries = settings.services.flatMap((text) => parseServiceEntry(text) ?? []);
      if (entries.length === 0) return { verdicts: [{ ...notApplicable('services (none is set)'), reason: 'ServicesNotJudged' }] };
      const found = await find(settings, signal);
      if (found.kind === 'none') return { verdicts: [notApplicable('services (no cluster here)')] };
      if (found.kind === 'failed') return { verdicts: [unknown(`services: ${found.message}`, found.cause)] };
      const sights = await look(found.api, entries, { settings, signal, tally });
      for (const sight of sights) noteReach(surroundings, sight);
      const options = { scope, isApiJudged: settings.apiServer === 'on', isDnsJudged: settings.dns === 'on' };
      const verdicts = sights.flatMap((sight) => judgeService(sight, options).map((verdict): Verdict => {
        return verdict.kind === 'problem' ? { ...verdict, outlook: outlookOf(surroundings, sight, verdict.reason) } : verdict;
      }));
      return { verdicts, readings: sights.flatMap(readingsOf) };
    },
  });
}

interface Looking {
  readonly settings: NetworkSettings;
  readonly signal: AbortSignal;
  readonly tally: AttemptTally;
}

/** Somebody is ready behind a Service, and a Service is not a machine that may be down: what leads there is rules on this node. */
const WAY = 'but the API server calls its endpoints ready: likelier the way there from this node (kube-proxy, CNI) than this service';

function outlookOf(surroundings: Surroundings, { entry: { text }, endpoints, inside }: ServiceSight, reason: string): string {
  const isReady = endpoints.kind === 'ok' && endpoints.value.ready.length > 0;
  const isOfWay = reason === 'ServiceUnreachable' && inside?.way.kind === 'try' && isReady && !surroundings.reachesAnother('service', text);
  return isOfWay ? WAY : surroundings.outlook('service', text);
}

/** Whether it can be reached, for the outlooks of others. */
function noteReach({ note }: Surroundings, { entry, inside }: ServiceSight): void {
  const tried = inside?.connections.filter(({ outcome }) => outcome.kind !== 'local') ?? [];
  const shown = tried.find(({ outcome }) => outcome.kind === 'failed') ?? tried[0];
  if (shown !== undefined) note('service', entry.text, shown.outcome.kind === 'ok', endpointText(shown.endpoint));
}

/** What their names are to lead to, for the check of the name servers. What the API server does not tell stays as it was. */
function keepClusterIps({ clusterIps }: Surroundings, accounts: readonly Account[], { fullNameOf }: Inside): void {
  const byName = new Map(accounts.map((account) => [fullNameOf(account.entry), account]));
  for (const name of clusterIps.keys()) if (!byName.has(name)) clusterIps.delete(name);
  for (const [name, { told, service }] of byName) {
    if (told.kind === 'untold') continue;
    if (service?.kind === 'cluster-ip') clusterIps.set(name, service.clusterIps);
    else clusterIps.delete(name);
  }
}

function readingsOf({ entry: { text }, service, endpoints, inside }: ServiceSight): readonly Reading[] {
  const readings: Reading[] = [];
  if (endpoints.kind === 'ok') readings.push({ name: 'service_ready_endpoints', subject: text, value: endpoints.value.ready.length, unit: 'count', source: 'EndpointSlices' });
  const wrong = inside?.name.outcome.kind === 'ok' ? wrongAddresses(service, inside.name.outcome.value) : [];
  if (wrong.length > 0) readings.push({ name: 'service_wrong_address', subject: text, value: wrong.join(', '), unit: '', source: `DNS, ${inside?.name.fullName}` });
  for (const { endpoint, outcome } of inside?.connections ?? []) {
    if (outcome.kind === 'ok') readings.push({ name: 'service_connect_latency', subject: `${text} ${endpointText(endpoint)}`, value: Math.round(outcome.tookMs) / 1_000, unit: 'seconds', source: 'TCP' });
  }
  return readings;
}
