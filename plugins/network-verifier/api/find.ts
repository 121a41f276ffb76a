import type { ApiAccess, ClusterAccess } from '../../kube/access.ts';
import { endpointText } from '../attempt.ts';
import { resolveName } from '../dns/resolve.ts';
import type { NetworkSettings } from '../settings.ts';
import type { NetworkSources } from '../sources.ts';
import type { Surroundings } from '../surroundings.ts';
import { type ApiAnswer, type ApiServer, apiServerOf, hostOf } from './api-server.ts';

/** Where the API server is, and how to sign in; else why that is not known. */
export type Found = { readonly kind: 'ok'; readonly access: ApiAccess; readonly api: ApiServer } | Exclude<ClusterAccess, { readonly kind: 'ok' }>;

/** Finds it anew each time: its token rotates. */
export type FindApiServer = (settings: NetworkSettings, signal: AbortSignal) => Promise<Found>;

/** Remembers the address that answered last. What is asked is noted in the surroundings. */
export function createApiFinder(sources: NetworkSources, { note }: Pick<Surroundings, 'note'>): FindApiServer {
  let preferred: string | undefined;
  return async (settings, signal) => {
    const cluster = await sources.cluster();
    if (cluster.kind !== 'ok') return cluster;
    const { access } = cluster;
    const addresses = await resolveName(hostOf(access), { sources, settings, signal });
    const { url, get } = apiServerOf({ getHttp: sources.getHttp, access, addresses, preferred: () => preferred, limits: { timeoutMs: settings.checkTimeout, signal } });
    const getAndNote = async (path: string): Promise<ApiAnswer> => {
      const answer = await get(path);
      const { outcome, endpoint } = answer;
      // Every status shows that it can be reached; what is wrong with it is another matter. An address that nobody knows was not tried.
      if (outcome.kind !== 'local' && endpoint !== undefined) note('API server', url, outcome.kind === 'ok', endpointText(endpoint));
      if (outcome.kind === 'ok') preferred = endpoint?.address;
      return answer;
    };
    return { kind: 'ok', access, api: { url, get: getAndNote } };
  };
}
