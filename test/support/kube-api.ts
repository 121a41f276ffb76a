import type { ApiAccess } from '../../plugins/kube/access.ts';
import { type FaultServer, startFaultServer } from './fault-server.ts';
import type { Reply, SeenRequest } from './fault-server-http.ts';
import { testCa } from './tls-certificates.ts';

/** A Service of the cluster and who is behind it. */
export interface KubeService {
  /** Over those that every Service has. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** Each makes an EndpointSlice of one endpoint; `ready` undefined where nobody says. */
  readonly endpoints?: readonly { readonly address: string; readonly port: number; readonly portName?: string; readonly ready?: boolean }[];
}

/** What the API server knows and allows. */
export interface KubeState {
  /** The only one that it accepts. */
  readonly token: string;
  /** By namespace and name: `default/kubernetes`. */
  readonly services: Readonly<Record<string, KubeService>>;
  readonly readyz: Reply;
  /** Paths (`/readyz`, `/api`) and resources (`services`, `endpointslices`) that no role of the token allows. */
  readonly forbidden: readonly string[];
}

/** A small API server over TLS: health, discovery, GET of Services, LIST of EndpointSlices. Ended by `await using`. */
export interface KubeApi extends AsyncDisposable {
  readonly server: FaultServer;
  /** How to sign in with the token that it accepts now. */
  readonly access: () => ApiAccess;
  /** From now on; what is not given stays. */
  readonly set: (change: Partial<KubeState>) => void;
  /** Paths that were asked for, the oldest first, without their queries. */
  readonly asked: () => readonly string[];
}

/** @param at where it listens; on a free port of 127.0.0.1 unless told otherwise */
export async function startKubeApi(state: Partial<KubeState> = {}, at: { readonly address?: string; readonly port?: number } = {}): Promise<KubeApi> {
  let now: KubeState = { token: 'first-token', services: {}, readyz: { status: 200, body: 'ok' }, forbidden: [], ...state };
  const server = await startFaultServer({ ...at, isTls: true, respond: (request) => answer(now, request) });
  return {
    server,
    access: () => ({ url: server.url, ca: testCa, token: now.token }),
    set(change) {
      now = { ...now, ...change };
    },
    asked: () => server.requests.map(({ path }) => path.replace(/\?.*$/, '')),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const SERVICE = /^\/api\/v1\/namespaces\/([^/]+)\/services\/([^/]+)$/;
const SLICES = /^\/apis\/discovery\.k8s\.io\/v1\/namespaces\/([^/]+)\/endpointslices$/;

function answer(state: KubeState, request: SeenRequest): Reply {
  const given = request.headers['authorization'];
  // A token that is wrong is refused even where nobody needs one.
  if (given !== undefined && given !== `Bearer ${state.token}`) return statusReply(401, 'Unauthorized', 'Unauthorized');
  const { pathname, searchParams } = new URL(request.path, 'https://kubernetes');
  const resource = pathname.startsWith('/api/v1/') ? 'services' : pathname.startsWith('/apis/') ? 'endpointslices' : pathname;
  const isAnonymous = given === undefined && request.clientName === undefined;
  if (state.forbidden.includes(resource) || (isAnonymous && resource !== '/readyz')) return statusReply(403, 'Forbidden', `User cannot get path "${pathname}"`);
  if (pathname === '/readyz') return state.readyz;
  if (pathname === '/api') return json({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '192.0.2.10:6443' }] });
  return answerOf(state.services, pathname, searchParams);
}

function answerOf(services: KubeState['services'], pathname: string, query: URLSearchParams): Reply {
  const [, namespace = '', name = ''] = SERVICE.exec(pathname) ?? [];
  const service = services[`${namespace}/${name}`];
  if (service !== undefined) return json(serviceObject(namespace, name, service));
  const [, slicesOf] = SLICES.exec(pathname) ?? [];
  if (slicesOf === undefined) return statusReply(404, 'NotFound', `"${pathname}" not found`);
  // As the ClusterRole of kustomize/ has it: in this namespace one slice, by its name.
  if (slicesOf === 'default' && query.get('fieldSelector') !== 'metadata.name=kubernetes') return statusReply(403, 'Forbidden', 'User cannot list resource "endpointslices" in the namespace "default"');
  const [, wanted = ''] = /^kubernetes\.io\/service-name=(.*)$/.exec(query.get('labelSelector') ?? '') ?? [];
  // From its memory it gives all, whatever the limit.
  const limit = query.get('resourceVersion') === '0' ? Infinity : Number(query.get('limit') ?? Infinity);
  return json(sliceList(services[`${slicesOf}/${wanted}`], limit));
}

function serviceObject(namespace: string, name: string, { spec }: KubeService): unknown {
  return { kind: 'Service', apiVersion: 'v1', metadata: { name, namespace, uid: '4e2f', resourceVersion: '231' }, spec: { type: 'ClusterIP', sessionAffinity: 'None', ...spec }, status: { loadBalancer: {} } };
}

function sliceList({ endpoints = [] }: Partial<KubeService> = {}, limit: number): unknown {
  const items = endpoints.slice(0, limit).map(({ address, port, portName = 'https', ready }) => ({
    addressType: address.includes(':') ? 'IPv6' : 'IPv4',
    endpoints: [{ addresses: [address], conditions: ready === undefined ? {} : { ready } }],
    ports: [{ name: portName, protocol: 'TCP', port }],
  }));
  const rest = endpoints.length > limit ? { continue: 'eyJ2IjoibWV0YSJ9', remainingItemCount: endpoints.length - limit } : {};
  return { kind: 'EndpointSliceList', apiVersion: 'discovery.k8s.io/v1', metadata: { resourceVersion: '4711', ...rest }, items };
}

function statusReply(code: number, reason: string, message: string): Reply {
  return { ...json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }), status: code };
}

function json(content: unknown): Reply {
  return { status: 200, headers: { 'Content-Type': 'application/json', 'Audit-Id': '0b5f' }, body: `${JSON.stringify(content)}\n` };
}
