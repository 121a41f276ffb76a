import type { ApiServer } from '../api/api-server.ts';
import { faultOfStatus } from '../attempts/http-status.ts';
import type { AttemptTally } from '../tally.ts';
import { type Endpoints, parseEndpointSlices } from './endpoint-slices.ts';
import type { ServiceEntry } from './entry.ts';
import { type Service, parseService } from './service.ts';

/** What the API server says of one thing. */
export type Told<T> =
  | { readonly kind: 'ok'; readonly value: T }
  /** Status 404. */
  | { readonly kind: 'missing' }
  /** Status 403: the role that it needs was not given to us. */
  | { readonly kind: 'denied' }
  | Untold;

/** It does not answer as it should, which is the matter of another check. */
export interface Untold {
  readonly kind: 'untold';
  /** What of it, one line: `connection refused`. */
  readonly message: string;
  /** It cannot be asked, or does not serve us: told by the check of the API server. False where it failed here, or the answer is not understood. */
  readonly isOfApi: boolean;
  /** The answer cannot be read; that of another question may. */
  readonly isMalformed?: boolean;
  readonly cause?: unknown;
}

type Api = Pick<ApiServer, 'get'>;

/** `resourceVersion=0`: what the API server holds in its memory will do, so that no question of 15,000 nodes reaches etcd. */
const CACHED = 'resourceVersion=0';

export async function askForService(api: Api, entry: ServiceEntry, tally: AttemptTally): Promise<Told<Service>> {
  return await ask(api, `/api/v1/namespaces/${entry.namespace}/services/${entry.name}?${CACHED}`, tally, (body) => parseService(body, entry));
}

/**
 * The API server itself makes the slice of its own Service, and calls it like that. So a role can be for it alone, as ours is: RBAC allows
 * a list to who may list that name, where the field selector gives it (kubernetes.io/docs/reference/access-authn-authz/rbac, "Referring to
 * resources").
 */
const BY_NAME = '&fieldSelector=metadata.name%3Dkubernetes';

/**
 * From its memory the API server gives all slices, whatever the limit; of a Service with more than some 500 endpoints that is more
 * than we read, and then one slice of etcd has to do.
 */
export async function askForEndpoints(api: Api, { namespace, name }: ServiceEntry, tally: AttemptTally): Promise<Told<Endpoints>> {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${name}`)}${namespace === 'default' && name === 'kubernetes' ? BY_NAME : ''}`;
  const parse = (body: string): Endpoints => parseEndpointSlices(body, `EndpointSlices of ${namespace}/${name}`);
  const all = await ask(api, `${path}&${CACHED}`, tally, parse);
  return all.kind === 'untold' && all.isMalformed ? await ask(api, `${path}&limit=1`, tally, parse) : all;
}

async function ask<T>(api: Api, path: string, tally: AttemptTally, parse: (body: string) => T): Promise<Told<T>> {
  const { outcome, endpoint } = await api.get(path);
  if (outcome.kind !== 'ok') {
    const isLocal = outcome.kind === 'local';
    tally.count('api-server', outcome, isLocal ? undefined : endpoint === undefined ? 'not-resolved' : outcome.fault);
    return { kind: 'untold', message: outcome.message, isOfApi: !isLocal, isMalformed: !isLocal && outcome.fault === 'malformed', cause: outcome.cause };
  }
  const { status, body } = outcome.value;
  // These two are answers, and what they mean is judged.
  if (status === 404 || status === 403) {
    tally.count('api-server', outcome);
    return { kind: status === 404 ? 'missing' : 'denied' };
  }
  const wrong = faultOfStatus(status, 299);
  tally.count('api-server', outcome, wrong?.fault);
  if (wrong !== undefined) return { kind: 'untold', message: wrong.message, isOfApi: true };
  try {
    return { kind: 'ok', value: parse(body) };
  } catch (cause) {
    return { kind: 'untold', message: 'an answer that is not understood', isOfApi: false, cause };
  }
}
