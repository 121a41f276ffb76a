import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { kubectlReads } from './api-server-kubectl.ts';
import { mergeConditions, mergeEvent, type ApiStore, type NodeCondition } from './api-server-store.ts';
import { decodeEvent, type CoreEvent } from './host-event-protobuf.ts';

export type { NodeCondition } from './api-server-store.ts';

/** One thing a client asked of the API server, with the time of its answer. */
export interface ApiRequest {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly status: number;
  /** The body as JSON; null where none was sent. */
  readonly body: unknown;
}

export interface ApiServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ApiRequest[];
  /** Conditions of the node by type, as merged from all patches. */
  readonly conditions: ReadonlyMap<string, NodeCondition>;
  readonly events: ReadonlyMap<string, CoreEvent>;
  /** While set, every write is answered with this HTTP status. */
  failWritesWith: number | undefined;
}

interface Store extends ApiStore {
  readonly nodeName: string;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/**
 * A recording Kubernetes API server on loopback, plain HTTP, with one node: as much of it as Node Problem Detector asks for
 * (GET of the node, strategic merge PATCH of its status, core/v1 Events), and as `kubectl describe node` reads. Everything else
 * is answered with 404 and recorded too.
 * @param onRequest called after each answer
 * @param begin what it holds at first
 */
export async function startApiServer(nodeName: string, onRequest: (request: ApiRequest) => void = () => {}, begin?: ApiStore): Promise<ApiServer> {
  const store: Store = { nodeName, conditions: new Map(begin?.conditions), events: new Map(begin?.events) };
  const requests: ApiRequest[] = [];
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(incoming);
    const { method = '', url = '' } = incoming;
    const refused = method === 'GET' ? undefined : api.failWritesWith;
    const reply = refused === undefined ? route(store, method, url, body) : failure(refused);
    const text = JSON.stringify(reply.body);
    response.writeHead(reply.status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
    const request = { atMs: Date.now(), method, url, status: reply.status, body };
    requests.push(request);
    onRequest(request);
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((thrown: unknown) => response.destroy(thrown instanceof Error ? thrown : undefined));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const api: ApiServer = {
    url: `http://127.0.0.1:${port}`,
    requests,
    conditions: store.conditions,
    events: store.events,
    failWritesWith: undefined,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
  return api;
}

async function readBody(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) return null;
  return incoming.headers['content-type'] === 'application/vnd.kubernetes.protobuf' ? decodeEvent(bytes) : JSON.parse(bytes.toString());
}

function route(store: Store, method: string, url: string, body: unknown): Reply {
  const [path = '', query = ''] = url.split('?', 2);
  const [, eventName] = /^\/api\/v1\/(?:namespaces\/[^/]+\/)?events(?:\/([^/]+))?$/.exec(path) ?? [];
  const read = method === 'GET' ? kubectlReads(store, path, new URLSearchParams(query)) : undefined;
  if (read !== undefined) return { status: 200, body: read };
  if (path === `/api/v1/nodes/${store.nodeName}/status` && method === 'PATCH') return patchStatus(store, body as StatusPatch);
  if (path.endsWith('/events') && method === 'POST') return createEvent(store, body as CoreEvent);
  if (eventName !== undefined && method === 'PATCH') return patchEvent(store, decodeURIComponent(eventName), body as Partial<CoreEvent>);
  return failure(404);
}

interface StatusPatch {
  readonly status?: { readonly conditions?: readonly NodeCondition[] };
}

function patchStatus(store: Store, patch: StatusPatch): Reply {
  mergeConditions(store, patch.status?.conditions ?? []);
  return { status: 200, body: kubectlReads(store, `/api/v1/nodes/${store.nodeName}`, new URLSearchParams()) };
}

function createEvent(store: Store, event: CoreEvent): Reply {
  store.events.set(event.metadata.name, event);
  return { status: 201, body: event };
}

function patchEvent(store: Store, name: string, patch: Partial<CoreEvent>): Reply {
  return mergeEvent(store, name, patch) ? { status: 200, body: store.events.get(name) } : failure(404);
}

const REASONS: Readonly<Record<number, string>> = { 404: 'NotFound', 500: 'InternalError', 503: 'ServiceUnavailable' };

function failure(code: number): Reply {
  return { status: code, body: { apiVersion: 'v1', kind: 'Status', status: 'Failure', reason: REASONS[code] ?? 'Unknown', code } };
}
