import { isIP } from 'node:net';
import { type Outcome, endpointText } from '../attempt.ts';
import { faultOfStatus } from '../attempts/http-status.ts';
import type { CheckParts } from '../checks/parts.ts';
import { bareName } from '../dns/fqdn.ts';
import { parseNameEntry } from '../dns/name-entry.ts';
import { resolveName } from '../dns/resolve.ts';
import { typeIn } from '../scope.ts';
import type { NetworkSettings } from '../settings.ts';
import { firstReached } from './first-reached.ts';
import type { Tried } from './judge.ts';
import { type Target, isUnspecified } from './target.ts';

/** Of one look. */
export interface Trying extends CheckParts {
  readonly settings: NetworkSettings;
  readonly signal: AbortSignal;
}

type Resolve = (host: string) => ReturnType<typeof resolveName>;

/** All at once, and each name looked up once; twice `checkTimeout` and a second at the most. Never rejects. */
export async function tryTargets(targets: readonly Target[], trying: Trying): Promise<readonly Tried[]> {
  const known = new Map<string, ReturnType<Resolve>>();
  const resolve: Resolve = (host) => {
    const found = known.get(host) ?? resolveName(host, trying);
    known.set(host, found);
    return found;
  };
  return await Promise.all(targets.map(async (target) => await tryTarget(target, resolve, trying)));
}

/** Where its name leads to, and then one connection there. */
async function tryTarget(target: Target, resolve: Resolve, trying: Trying): Promise<Tried> {
  const resolved = await resolve(target.host);
  if (resolved.kind !== 'ok') return { target, at: 'name', outcome: toldElsewhere(resolved, target, trying) };
  const addresses = resolved.value.filter((address) => !isUnspecified(address));
  const [address, ...others] = addresses;
  if (address === undefined) return { target, at: 'name', outcome: { kind: 'failed', fault: 'not-resolved', message: `name ${target.host} has no address that anybody can have`, tookMs: resolved.tookMs } };
  const outcome = await firstReached(addresses, attemptAt(target, trying), trying.signal);
  const bad = outcome.kind === 'ok' && outcome.value !== undefined ? faultOfStatus(outcome.value, 399) : undefined;
  return {
    target, at: 'target', outcome,
    ...(bad === undefined ? {} : { badStatus: bad }),
    ...(others.length === 0 ? { endpoint: endpointText({ address, port: target.port }) } : {}),
  };
}

/** The value is the status, if it has one. */
function attemptAt({ kind, text, host, port }: Target, { sources, settings: { checkTimeout: timeoutMs } }: Trying): (address: string, signal: AbortSignal) => Promise<Outcome<number | undefined>> {
  if (kind === 'tcp') return async (address, signal) => await sources.connectTcp({ address, port }, { timeoutMs, signal });
  return async (address, signal) => {
    const outcome = await sources.getHttp({ url: text, ...(isIP(host) === 0 ? { address } : {}) }, { timeoutMs, signal });
    return outcome.kind === 'ok' ? { ...outcome, value: outcome.value.status } : outcome;
  };
}

/**
 * That name servers do not answer, or do not know a name that they are asked for anyway, is the DNS check's to tell; who does not know
 * one may not know others either. The first looks of both go on at the same time, so until it has ended it is not known to be well.
 */
function toldElsewhere(outcome: Exclude<Outcome<unknown>, { readonly kind: 'ok' }>, { host }: Target, { settings, surroundings, scope }: Trying): Outcome<never> {
  if (outcome.kind === 'local' || settings.dns === 'off') return outcome;
  const isNotFoundTold = surroundings.doubtfulServers.size > 0 || isAskedFor(host, settings.dnsNames);
  const isTold = outcome.fault === 'not-resolved' ? isNotFoundTold : surroundings.fails('name server') || surroundings.isUntried('name server');
  return isTold ? { kind: 'local', message: `name ${host} not resolved (see ${typeIn(scope, 'ClusterDNSUnavailable')})`, cause: outcome.cause } : outcome;
}

function isAskedFor(host: string, dnsNames: readonly string[]): boolean {
  return dnsNames.some((text, index) => {
    const entry = parseNameEntry(text, `dnsNames[${index}]`);
    return entry.kind === 'name' && bareName(entry.name) === bareName(host);
  });
}
