import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Verdict, healthy, problem, unknownOf } from '../../core/verdict.ts';
import type { Outcome } from '../attempt.ts';
import { type Scope, SCOPE_WORDS } from '../scope.ts';
import { isUnspecified } from './target.ts';

/** Addresses of all interfaces of this network namespace, by getifaddrs(3): it asks the kernel, and nobody else. */
export function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address));
}

/**
 * Those of other nodes. Pure.
 *
 * @param found of all verifiers, as their name leads to them. Where each has an address of both families, those of IPv4 count
 * @param own of this machine or Pod, in any notation
 */
export function peersAmong(found: readonly string[], own: readonly string[]): readonly string[] {
  const ours = new BlockList();
  for (const address of own) ours.addAddress(address.replace(/%.*$/, ''), isIPv4(address) ? 'ipv4' : 'ipv6');
  const family = found.some(isIPv4) ? isIPv4 : isIPv6;
  const others = [...new Set(found)].filter((address) => family(address) && !isUnspecified(address));
  return others.filter((address) => !ours.check(address, family === isIPv4 ? 'ipv4' : 'ipv6'));
}

/**
 * So many of them, each as likely as any other: the first steps of the shuffle of Fisher and Yates. Pure but for `random`.
 *
 * @param random in [0, 1)
 */
export function sampleOf<T>(all: readonly T[], count: number, random: () => number): readonly T[] {
  const rest = [...all];
  const chosen: T[] = [];
  while (chosen.length < count && rest.length > 0) chosen.push(...rest.splice(Math.floor(random() * rest.length), 1));
  return chosen;
}

export const PEERS = 'peers';

/** Which of them were tried changes from look to look, so none is named. Pure. */
export function judgePeers(outcomes: readonly Outcome<unknown>[], service: string, port: number, scope: Scope): Verdict {
  const countOf = (kind: Outcome<unknown>['kind']): number => outcomes.filter((outcome) => outcome.kind === kind).length;
  const [reached, untold] = [countOf('ok'), countOf('local')];
  const where = `${service}, port ${port}, ${SCOPE_WORDS[scope]}`;
  if (outcomes.length > 0 && isEnough(reached, outcomes.length)) return healthy;
  if (isEnough(reached + untold, outcomes.length)) {
    const [local] = outcomes.flatMap((outcome) => (outcome.kind === 'local' ? [outcome] : [])).toSorted((a, b) => (a.message < b.message ? -1 : 1));
    return unknownOf(PEERS, `${PEERS}: could not be tried: ${local?.message ?? 'nobody was'} (${where})`, local?.cause);
  }
  // Several at once, by chance, on several nodes.
  return { ...problem('PeersUnreachable', PEERS, `${PEERS}: fewer than half of those that were tried can be reached (${where})`), outlook: 'and they are on several nodes: likelier this node than they' };
}

/** Half of them may restart. */
function isEnough(reached: number, tried: number): boolean {
  return 2 * reached >= tried;
}
