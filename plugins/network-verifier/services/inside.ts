import { clusterDomainOf, fullNameIn, planNames } from '../dns/names.ts';
import { type NameServers, readNameServers } from '../dns/servers.ts';
import type { NetworkSettings } from '../settings.ts';
import type { NetworkSources } from '../sources.ts';
import type { ServiceEntry } from './entry.ts';

/** What is to be known where names and cluster IPs of the cluster work. */
export interface Inside {
  /** `kubernetes.default.svc.cluster.local.` */
  readonly fullNameOf: (entry: ServiceEntry) => string;
  /** Names that the check of the name servers asks for, so that it tells what is wrong with them. */
  readonly askedElsewhere: ReadonlySet<string>;
  readonly nameServers: NameServers;
}

/** Undefined outside of the cluster. */
export async function readInside(sources: NetworkSources, settings: NetworkSettings, signal: AbortSignal): Promise<Inside | undefined> {
  if (!sources.isInCluster) return undefined;
  const nameServers = await readNameServers({ sources, settings, signal });
  const search = nameServers.kind === 'ok' ? nameServers.search : [];
  const domain = clusterDomainOf(settings.clusterDomain, search);
  const { external, ofCluster } = planNames(settings, { search, isInCluster: true });
  return {
    nameServers,
    fullNameOf: ({ name, namespace }) => fullNameIn(domain, `${name}.${namespace}.svc`),
    askedElsewhere: new Set(settings.dns === 'on' ? [...external, ...ofCluster].map((asked) => asked.name) : []),
  };
}
