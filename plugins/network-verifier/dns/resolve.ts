import { isIP } from 'node:net';
import { quote } from '../../core/errors.ts';
import { parseHosts } from '../../linux/etc/hosts.ts';
import { type Endpoint, type Failed, type Outcome, endpointText } from '../attempt.ts';
import { failed, secondsText } from '../attempts/failures.ts';
import type { NetworkSettings } from '../settings.ts';
import type { NetworkSources } from '../sources.ts';
import { type Addresses, askForAddresses } from './addresses.ts';
import { bareName, isDomainName } from './fqdn.ts';
import { type NameServers, readNameServers, sharedRead } from './servers.ts';

export interface ResolveWorld {
  readonly sources: Pick<NetworkSources, 'askDns' | 'readResolvConf' | 'resolvConf' | 'readHosts' | 'nowMs'>;
  readonly settings: Pick<NetworkSettings, 'nameServers' | 'checkTimeout'>;
  /** Of the look. */
  readonly signal: AbortSignal;
  /** Where the look has read them already: each reading starts a program. */
  readonly nameServers?: NameServers;
}

/**
 * The addresses of a host, IPv4 first, as programs on this node would find them: an IP address is its own, `localhost` is this
 * machine (RFC 6761 section 6.3), then hosts(5), then the name servers in their order, the name completed as resolv.conf(5) says.
 * The servers have `checkTimeout` in all, however many of them are silent. Never rejects.
 *
 * A name that is not there, or has no address, is `not-resolved`; else the fault is the one of the first name server.
 *
 * @param host as in a URL: an IPv6 address may have its brackets
 */
export async function resolveName(host: string, world: ResolveWorld): Promise<Outcome<readonly string[]>> {
  const { sources: { readHosts, nowMs }, signal, nameServers } = world;
  const startMs = nowMs();
  const literal = host.replace(/^\[(.*)\]$/, '$1');
  const found = (value: readonly string[]): Outcome<readonly string[]> => ({ kind: 'ok', value, tookMs: nowMs() - startMs });
  if (isIP(literal) !== 0) return found([literal]);
  if (!isDomainName(host)) return notResolved(`${quote(host)} is no name`, 0);
  if (/(^|\.)localhost$/.test(bareName(host))) return found(['127.0.0.1', '::1']);
  const [hosts, servers] = await Promise.all([sharedRead(readHosts, signal), nameServers ?? readNameServers(world)]);
  // A file that cannot be read is passed over, as libc does.
  const known = hosts.kind === 'ok' ? parseHosts(hosts.value).get(bareName(host)) : undefined;
  if (known !== undefined) return found(known.toSorted((one, other) => isIP(one) - isIP(other)));
  if (servers.kind === 'ok') return await askInOrder(host, servers, world);
  return { kind: 'local', message: `name ${host} not resolved (${servers.message})`, ...(servers.kind === 'unreadable' && { cause: servers.cause }) };
}

type Known = Extract<NameServers, { readonly kind: 'ok' }>;

/** One candidate after the other, from one server after the other; whoever fails is not asked first again. */
async function askInOrder(host: string, { servers, search, ndots }: Known, { sources: { askDns, nowMs }, settings: { checkTimeout }, signal }: ResolveWorld): Promise<Outcome<readonly string[]>> {
  const startMs = nowMs();
  // The silence of one leaves time for the others.
  const shareMs = Math.floor(checkTimeout / servers.length);
  const leftMs = (): number => startMs + checkTimeout - nowMs();
  const failures = new Map<Endpoint, Failed>();
  const ask = async (name: string): Promise<Outcome<Addresses> | 'unanswered'> => {
    for (const server of servers.toSorted((one, other) => Number(failures.has(one)) - Number(failures.has(other)))) {
      if (leftMs() <= 0) break;
      const asked = await askForAddresses({ askDns, nowMs, server, name }, { timeoutMs: Math.min(shareMs, leftMs()), signal });
      if (asked.kind !== 'failed') return asked;
      if (!failures.has(server)) failures.set(server, asked);
    }
    return 'unanswered';
  };
  let isThere = false;
  let isAnswered = true;
  for (const name of candidatesFor(host, search, ndots)) {
    const asked = await ask(name);
    if (asked === 'unanswered') isAnswered = false;
    else if (asked.kind !== 'ok') return asked;
    else if (asked.value.addresses.length > 0) return { kind: 'ok', value: asked.value.addresses, tookMs: nowMs() - startMs };
    else isThere ||= asked.value.isThere;
  }
  const tookMs = nowMs() - startMs;
  if (isAnswered) return notResolved(isThere ? `name ${host} has no address` : `name ${host} not found`, tookMs);
  const first = servers.find((server) => failures.has(server)) ?? servers[0];
  return unanswered(host, first, first && failures.get(first), { checkTimeout, tookMs });
}

/** Nobody has said of every candidate whether it is there. Pure. */
function unanswered(host: string, server: Endpoint | undefined, failure: Failed | undefined, { checkTimeout, tookMs }: { readonly checkTimeout: number; readonly tookMs: number }): Failed {
  const late = `no answer within ${secondsText(checkTimeout)}`;
  const isLate = failure === undefined || failure.fault === 'timeout' || failure.fault === 'silent';
  const who = server === undefined ? '' : `name server ${endpointText(server)}: `;
  return { kind: 'failed', fault: 'timeout', ...failure, message: `name ${host} not resolved (${who}${isLate ? late : failure.message})`, tookMs };
}

function notResolved(message: string, tookMs: number): Outcome<never> {
  return failed('not-resolved', message, tookMs);
}

/** As `search` and `ndots` of resolv.conf(5) have it; with the dot at its end a name is asked for as it is. */
function candidatesFor(host: string, search: readonly string[], ndots: number): readonly string[] {
  if (host.endsWith('.')) return [host];
  const completed = search.map((domain) => `${host}.${domain}.`).filter(isDomainName);
  const asItIs = `${host}.`;
  return host.split('.').length - 1 >= ndots ? [asItIs, ...completed] : [...completed, asItIs];
}
