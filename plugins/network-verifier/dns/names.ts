import type { Endpoint } from '../attempt.ts';
import type { NetworkSettings } from '../settings.ts';
import type { TargetClass } from '../tally.ts';
import { fullName } from './fqdn.ts';
import { parseNameEntry } from './name-entry.ts';

/** A name that name servers are asked for. */
export interface AskedName {
  /** With the dot at its end. */
  readonly name: string;
  readonly targetClass: Extract<TargetClass, 'cluster-name' | 'external-name' | 'server'>;
  /** Addresses that are to come back, of one family or both; empty where any will do. */
  readonly expected: readonly string[];
}

/** What is asked of whom. */
export interface Plan {
  /** For all of them. */
  readonly external: readonly AskedName[];
  /** For those that serve the cluster; none where there is no cluster. */
  readonly ofCluster: readonly AskedName[];
  /** Names of the cluster are configured, and there is no cluster to know them. */
  readonly isClusterMissing: boolean;
  /** There is a cluster whose names can be known here. */
  readonly hasCluster: boolean;
  /** Addresses among the names: asked as name servers, for external names alone. */
  readonly namedServers: readonly Endpoint[];
}

/** Whoever answers that, with an address or NXDOMAIN, answers (RFC 6761 section 6.3). It costs nobody anything. */
export const PROBE: AskedName = { name: 'localhost.', targetClass: 'server', expected: [] };

const DEFAULT_DOMAIN = 'cluster.local';

/** What the search list of a Pod says; kubelet writes `svc.<domain>` into it. */
function domainInSearch(search: readonly string[]): string | undefined {
  return search.map((domain) => /^svc\.(.+)$/i.exec(domain)?.[1]).find((domain) => domain !== undefined);
}

/** @param setting `clusterDomain` @param search of resolv.conf */
export function clusterDomainOf(setting: string, search: readonly string[]): string {
  return setting === 'auto' ? domainInSearch(search)?.toLowerCase() ?? DEFAULT_DOMAIN : setting;
}

/** `kubernetes.default.svc` within the cluster's domain; other names, and those with a dot at their end, as they are. */
export function fullNameIn(domain: string, name: string): string {
  return fullName(/\.svc$/i.test(name) ? `${name}.${domain}` : name);
}

/**
 * Sorts the entries of `dnsNames`. Throws ConfigError for one that is no entry.
 *
 * @param around the search list of resolv.conf, and whether we run in a cluster
 */
export function planNames(
  { dnsNames, clusterDomain }: Pick<NetworkSettings, 'dnsNames' | 'clusterDomain'>, { search, isInCluster }: { readonly search: readonly string[]; readonly isInCluster: boolean },
): Plan {
  const entries = dnsNames.map((text, index) => parseNameEntry(text, `dnsNames[${index}]`));
  const domain = clusterDomainOf(clusterDomain, search);
  const hasCluster = isInCluster || clusterDomain !== 'auto' || domainInSearch(search) !== undefined;
  const names = new Map(entries.flatMap((entry) => {
    if (entry.kind === 'server') return [];
    const name = fullNameIn(domain, entry.name);
    const isOfCluster = name.endsWith(`.${domain}.`) || name.endsWith(`.svc.${DEFAULT_DOMAIN}.`);
    return [[name, { name, targetClass: isOfCluster ? 'cluster-name' : 'external-name', expected: entry.expected } satisfies AskedName] as const];
  }));
  const ofCluster = [...names.values()].filter(({ targetClass }) => targetClass === 'cluster-name');
  return {
    external: [...names.values()].filter(({ targetClass }) => targetClass === 'external-name'),
    ofCluster: hasCluster ? ofCluster : [],
    hasCluster,
    isClusterMissing: !hasCluster && ofCluster.length > 0,
    namedServers: entries.flatMap((entry) => (entry.kind === 'server' ? [entry.server] : [])),
  };
}
