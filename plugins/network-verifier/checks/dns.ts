import type { Check } from '../../core/check.ts';
import { quote } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { type Verdict, notApplicable, unknownOf } from '../../core/verdict.ts';
import { type Endpoint, type Fault, endpointText } from '../attempt.ts';
import { type Attempt, askServer } from '../dns/ask-server.ts';
import { createExpectClusterIps } from '../dns/cluster-ips.ts';
import { type Finding, findingsOf } from '../dns/findings.ts';
import { OF_NAMES, hasAnswered, judgeServer } from '../dns/judge.ts';
import { type AskedName, PROBE, type Plan, planNames } from '../dns/names.ts';
import { readingsOf, readingsOfPlan } from '../dns/readings.ts';
import { type NameServers, readNameServers } from '../dns/servers.ts';
import type { NetworkSettings } from '../settings.ts';
import { networkCheck } from './network-check.ts';
import type { CheckParts } from './parts.ts';

/** Does each name server answer, over UDP and TCP, with what is right, and soon enough? */
export function dns({ sources, scope, surroundings }: CheckParts): Check<NetworkSettings> {
  const [warnOnce, expectClusterIps] = [createWarnOnce(), createExpectClusterIps(surroundings.clusterIps)];
  return networkCheck({
    name: 'dns',
    condition: 'ClusterDNSUnavailable',
    scope,
    async look({ settings, signal, log }, tally) {
      if (settings.dns === 'off') return { verdicts: [notApplicable('DNS (switched off)')] };
      const known = await readNameServers({ sources, settings, signal });
      const plan = planNames(settings, { search: known.kind === 'ok' ? known.search : [], isInCluster: sources.isInCluster });
      warnOnce(log, plan, known, sources.resolvConf);
      const isOverTcp = settings.dnsOverTcp === 'on' || (settings.dnsOverTcp === 'auto' && plan.hasCluster);
      const asking = { askDns: sources.askDns, limits: { timeoutMs: settings.checkTimeout, signal }, isOverTcp };
      const answers = await Promise.all(whoIsAsked(known, plan).map(async ([server, names]) => {
        return { server: endpointText(server), attempts: await askServer(server, names, asking) };
      }));
      const asked = expectClusterIps(answers).map((one) => ({ ...one, findings: findingsOf(one.attempts, settings.dnsMaxLatency) }));
      surroundings.doubtfulServers.clear();
      for (const { server, attempts, findings } of asked) {
        if (findings.some(({ fault }) => OF_NAMES.has(fault))) surroundings.doubtfulServers.add(server);
        for (const attempt of attempts) tally.count(attempt.asked.targetClass, attempt.outcome, faultOf(attempt, findings));
        // What could not be tried says nothing of the server, and slow is not broken.
        const isTried = attempts.some(({ outcome }) => outcome.kind !== 'local');
        if (isTried) surroundings.note('name server', server, findings.every(({ fault }) => fault === undefined), server, attempts.every(hasAnswered));
      }
      const verdicts = [
        ...asked.flatMap((one) => judgeServer({ ...one, scope, outlook: surroundings.outlook('name server', one.server) })),
        ...withoutServers(known, sources.isInCluster),
        ...(isOverTcp || known.kind !== 'ok' ? [] : [notApplicable(`name servers over TCP (${settings.dnsOverTcp === 'off' ? 'switched off' : 'no cluster here'})`)]),
        ...(plan.isClusterMissing ? [notApplicable('names of the cluster (no cluster here)')] : []),
      ];
      return { verdicts, readings: [...asked.flatMap(readingsOf), ...readingsOfPlan(plan)] };
    },
  });
}

/** Each server once. Those that stand among the names are asked for nothing of the cluster, and who is asked for nothing else is asked whether it answers. */
function whoIsAsked(known: NameServers, { external, ofCluster, namedServers }: Plan): readonly (readonly [Endpoint, readonly AskedName[]])[] {
  const usual = known.kind === 'ok' ? known.servers : [];
  const texts = new Set(usual.map(endpointText));
  const pairs = [
    ...usual.map((server) => [server, [...ofCluster, ...external]] as const),
    ...namedServers.filter((server) => !texts.has(endpointText(server))).map((server) => [server, external] as const),
  ];
  return pairs.map(([server, names]) => [server, names.length > 0 ? names : [PROBE]]);
}

/** libc would ask this machine itself, which nobody means. In a cluster there is to be one. */
function withoutServers(known: NameServers, isInCluster: boolean): readonly Verdict[] {
  if (known.kind === 'ok') return [];
  if (known.kind === 'none' && !isInCluster) return [notApplicable(`name servers (${known.message})`)];
  return [unknownOf('name servers', `name servers: ${known.message}`, known.kind === 'unreadable' ? known.cause : undefined)];
}

function faultOf(attempt: Attempt, findings: readonly Finding[]): Fault | undefined {
  return findings.find(({ fault, attempts }) => fault !== undefined && attempts.includes(attempt))?.fault;
}

/** What is configured otherwise than it was meant, said once and not at every look. */
function createWarnOnce(): (log: Logger, plan: Plan, known: NameServers, resolvConf: string) => void {
  const said = new Set<string>();
  return (log, { namedServers }, known, resolvConf) => {
    const once = (text: string, fields: Readonly<Record<string, unknown>>, message: string): void => {
      if (!said.has(text)) log.warn(fields, message);
      said.add(text);
    };
    for (const { address } of namedServers) once(address, { address }, 'dnsNames holds an IP address, which is no name: it is asked as a name server');
    for (const word of known.kind === 'ok' ? known.badNameServers : []) once(word, { file: resolvConf, nameServer: quote(word) }, 'a name server that is no IP address is left out, as libc does');
  };
}
