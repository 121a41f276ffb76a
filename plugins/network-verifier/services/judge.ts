import { type Verdict, healthy, notApplicable, partOf, problem, unknownOf } from '../../core/verdict.ts';
import { type Endpoint, type Outcome, endpointText } from '../attempt.ts';
import { canonicalAddress } from '../dns/canonical-address.ts';
import { SCOPE_WORDS, type Scope, typeIn } from '../scope.ts';
import type { Account } from './account.ts';
import type { Untold } from './ask.ts';
import type { Way } from './connect.ts';
import type { Service } from './service.ts';

/** All that was seen of one Service. */
export interface ServiceSight extends Account {
  /** Undefined where names and cluster IPs of the cluster do not work, outside of it, and where nothing is to be tried. */
  readonly inside: { readonly name: NameSight; readonly way: Way; readonly connections: readonly ConnectionSight[] } | undefined;
}

export interface NameSight {
  /** `kubernetes.default.svc.cluster.local.` */
  readonly fullName: string;
  readonly outcome: Outcome<readonly string[]>;
  /** The check of the name servers asks for it, too. */
  readonly isAskedElsewhere: boolean;
  /** That check finds name servers which tell names wrongly. */
  readonly isInDoubt: boolean;
}

export interface ConnectionSight {
  readonly endpoint: Endpoint;
  readonly outcome: Outcome<undefined>;
  /** Another check tries it, and tells that it fails. */
  readonly isToldElsewhere: boolean;
}

/** Are the checks of the API server and of the name servers switched on, so that their faults are told there? */
export interface JudgeOptions {
  readonly scope: Scope;
  readonly isDnsJudged: boolean;
  readonly isApiJudged: boolean;
}

/**
 * A verdict for each part of a Service. One fault makes one problem: what cannot be right because of another part is not judged, and
 * what another check tells is left to it. Pure; `outlook` is not in it.
 */
export function judgeService(sight: ServiceSight, options: JudgeOptions): readonly Verdict[] {
  const { entry: { text }, told, service, inside } = sight;
  if (told.kind === 'untold' && service === undefined) return [untold(text, text, told, options)];
  if (told.kind === 'missing') return [problem('ServiceNotFound', partOf(text, 'Service'), `${text}: there is no such Service (status 404)`)];
  const parts = [judgeTold(sight, options), judgeEndpoints(sight, options)];
  if (inside === undefined) return [...parts, notApplicable(`name and connection of ${text} (not in the cluster)`)];
  return [...parts, judgeName(sight, inside.name, options), ...judgeWay(sight, inside, options)];
}

function judgeTold({ entry: { text, namespace }, told }: ServiceSight, options: JudgeOptions): Verdict {
  if (told.kind === 'untold') return untold(partOf(text, 'Service'), text, told, options);
  return told.kind === 'denied' ? notApplicable(`${text} (needs the right to get Services in ${namespace})`) : healthy;
}

function judgeEndpoints({ entry: { text, namespace }, service, endpoints }: ServiceSight, options: JudgeOptions): Verdict {
  const [subject, what] = [partOf(text, 'endpoints'), `endpoints of ${text}`];
  if (service?.kind === 'external-name') return notApplicable(`${what} (an ExternalName)`);
  if (endpoints.kind === 'untold') return untold(subject, what, endpoints, options);
  if (endpoints.kind === 'denied') return notApplicable(`${what} (needs the right to list EndpointSlices in ${namespace})`);
  if (endpoints.kind === 'missing') return unknownOf(subject, `${what}: this API server has no EndpointSlices (status 404)`);
  if (endpoints.value.ready.length > 0) return healthy;
  if (!endpoints.value.isWhole) return unknownOf(subject, `${what}: too many to look at all of them`);
  return problem('ServiceWithoutEndpoints', subject, `${text}: no endpoint is ready`);
}

function judgeName({ entry: { text }, service }: ServiceSight, { fullName, outcome, isAskedElsewhere, isInDoubt }: NameSight, { scope, isDnsJudged }: JudgeOptions): Verdict {
  const [subject, what] = [partOf(text, 'name'), `${text} ${SCOPE_WORDS[scope]}`];
  const inDoubt = (message: string): Verdict => unknownOf(subject, `${what}: ${message} (see ${typeIn(scope, 'ClusterDNSUnavailable')})`);
  if (outcome.kind === 'local') return unknownOf(subject, `${what}: ${outcome.message}`, outcome.cause);
  if (outcome.kind === 'failed') {
    const isOurs = !isDnsJudged || (outcome.fault === 'not-resolved' && !isAskedElsewhere && !isInDoubt);
    return isOurs ? problem('ServiceNotResolvable', subject, `${what}: ${outcome.message}`) : inDoubt(outcome.message);
  }
  const expected = expectedOf(service);
  if (wrongAddresses(service, outcome.value).length === 0) return healthy;
  // Which they are may change with every look, so that stands in a reading.
  const words = `name ${fullName} leads to another address than ${expected.toSorted().join(' and ')}`;
  return isDnsJudged && (isAskedElsewhere || isInDoubt) ? inDoubt(words) : problem('ServiceWrongAddress', subject, `${what}: ${words}`);
}

/** Those among the addresses of its name that are no cluster IP of it. Pure. */
export function wrongAddresses(service: Service | undefined, addresses: readonly string[]): readonly string[] {
  const expected = expectedOf(service);
  return expected.length === 0 ? [] : addresses.filter((address) => !expected.includes(address)).toSorted();
}

/** As texts that can be compared; empty where any will do. */
function expectedOf(service: Service | undefined): readonly string[] {
  return service?.kind === 'cluster-ip' ? service.clusterIps.map(canonicalAddress) : [];
}

function judgeWay({ entry: { text, port } }: ServiceSight, { way, connections }: NonNullable<ServiceSight['inside']>, { scope }: JudgeOptions): readonly Verdict[] {
  if (way.kind === 'hidden') return [];
  if (way.kind === 'none') return [notApplicable(`connection to ${text} (${way.why})`)];
  if (way.kind === 'no-port') return [problem('ServiceUnreachable', partOf(text, 'connection'), `${text}: the Service has no TCP port ${port}`)];
  return connections.map(({ endpoint, outcome, isToldElsewhere }) => {
    // Another one is picked the next time, so it is one subject all the time.
    const to = way.isPicked ? 'a ready endpoint' : endpointText(endpoint);
    const [subject, what] = [partOf(text, `connection to ${to}`), `${text} ${SCOPE_WORDS[scope]}: connection to ${to}`];
    if (outcome.kind === 'ok') return healthy;
    if (outcome.kind === 'local') return unknownOf(subject, `${what}: ${outcome.message}`, outcome.cause);
    if (isToldElsewhere) return unknownOf(subject, `${what}: ${outcome.message} (another check cannot reach it either, and tells it)`);
    return problem('ServiceUnreachable', subject, `${what}: ${outcome.message}`);
  });
}

function untold(subject: string, what: string, { message, isOfApi, cause }: Untold, { scope, isApiJudged }: JudgeOptions): Verdict {
  const where = isApiJudged && isOfApi ? ` (see ${typeIn(scope, 'APIServerUnreachable')})` : '';
  return unknownOf(subject, `${what}: the API server does not tell: ${message}${where}`, cause);
}
