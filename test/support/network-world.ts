import type { Clock } from '../../plugins/core/clock.ts';
import { inClusterAccess } from '../../plugins/kube/in-cluster.ts';
import { type AttemptLimits, type Endpoint, type Fault, type Outcome, endpointText } from '../../plugins/network-verifier/attempt.ts';
import type { DnsAnswer, DnsQuestion, HttpAnswer, HttpRequest, NetworkSources } from '../../plugins/network-verifier/sources.ts';

/** A simulated network as a node sees it. Whatever stands here may be changed while checks look. */
export interface NetworkWorld {
  /** resolv.conf(5) */
  resolvConf: string;
  /** Texts by path: token and CA of the service account. */
  readonly files: Map<string, string>;
  /** What the API server takes. */
  readonly tokens: Set<string>;
  /** Addresses of name servers that answer; packets to all others are lost. */
  readonly nameServers: Set<string>;
  /** Addresses by fully qualified name with its final dot; all others are NXDOMAIN. */
  readonly names: Map<string, readonly string[]>;
  /** Where somebody listens, e.g. `10.96.0.1:443`; packets to all others are lost. */
  readonly listeners: Set<string>;
  /** Share of the attempts that are lost, of all kinds. */
  lossShare: number;
  /** How many were lost, and all that were made. */
  readonly counts: { lost: number; attempts: number };
}

/** Where the kubelet mounts what a Pod signs in with, see kubernetes.io/docs/tasks/run-application/access-api-from-pod. */
export const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

const CA = '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n';
const CLUSTER_IP = '10.96.0.1';
const API = `${CLUSTER_IP}:443`;

/** A cluster in which all is well: one name server, one API server, and its Service. */
export function healthyWorld(): NetworkWorld {
  return {
    resolvConf: 'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    files: new Map([[`${SERVICE_ACCOUNT_FOLDER}/token`, 'token-1'], [`${SERVICE_ACCOUNT_FOLDER}/ca.crt`, CA]]),
    tokens: new Set(['token-1']),
    nameServers: new Set(['10.96.0.10']),
    names: new Map([['kubernetes.default.svc.cluster.local.', [CLUSTER_IP]]]),
    listeners: new Set([API]),
    lossShare: 0,
    counts: { lost: 0, attempts: 0 },
  };
}

/** The sources of a network-verifier in it, whose attempts take time on this clock. */
export function worldSources(world: NetworkWorld, clock: Clock, random: () => number): NetworkSources {
  /** Undefined: nobody answers, so the deadline passes. */
  async function attempt<T>({ timeoutMs, signal }: AttemptLimits, fault: Fault, answer: () => Outcome<T> | undefined): Promise<Outcome<T>> {
    world.counts.attempts++;
    const isLost = random() < world.lossShare;
    if (isLost) world.counts.lost++;
    const reached = isLost ? undefined : answer();
    const tookMs = reached === undefined ? timeoutMs : 1 + 20 * random();
    await passed(clock, tookMs, signal);
    if (signal.aborted) return { kind: 'local', message: 'aborted' };
    if (reached === undefined) return { kind: 'failed', fault, message: `no answer within ${timeoutMs / 1_000} s`, tookMs };
    return reached.kind === 'local' ? reached : { ...reached, tookMs };
  }
  return {
    askDns: (question, limits) => attempt(limits, 'timeout', () => answerDns(world, question)),
    connectTcp: (endpoint, limits) => attempt(limits, 'timeout', () => (isListening(world, endpoint) ? ok(undefined) : undefined)),
    getHttp: (request, limits) => attempt(limits, 'silent', () => answerHttp(world, request)),
    readResolvConf: () => Promise.resolve({ kind: 'ok', value: world.resolvConf }),
    resolvConf: '/etc/resolv.conf',
    readHosts: () => Promise.resolve({ kind: 'ok', value: '127.0.0.1 localhost\n' }),
    cluster: () => inClusterAccess({ KUBERNETES_SERVICE_HOST: CLUSTER_IP, KUBERNETES_SERVICE_PORT: '443' }, (path) => fileText(world, path)),
    isInCluster: true,
    nowMs: clock.monotonicMs,
    random,
  };
}

function passed(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.schedule(ms, resolve);
    signal.addEventListener('abort', () => {
      cancel();
      resolve();
    }, { once: true });
  });
}

function ok<T>(value: T): Outcome<T> {
  return { kind: 'ok', tookMs: 0, value };
}

function answerDns({ nameServers, names }: NetworkWorld, { server, name, type }: DnsQuestion): Outcome<DnsAnswer> | undefined {
  if (!nameServers.has(server.address)) return undefined;
  const known = names.get(name.toLowerCase());
  const addresses = (known ?? []).filter((address) => address.includes(':') === (type === 'AAAA'));
  return ok({ rcode: known === undefined ? 'NXDOMAIN' : 'NOERROR', addresses, isTruncated: false });
}

function isListening({ listeners }: NetworkWorld, endpoint: Endpoint): boolean {
  return listeners.has(endpointText(endpoint));
}

const SERVICE = { kind: 'Service', apiVersion: 'v1', metadata: { name: 'kubernetes', namespace: 'default' }, spec: { clusterIP: CLUSTER_IP, clusterIPs: [CLUSTER_IP], ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6_443 }] } };
const SLICES = { kind: 'EndpointSliceList', apiVersion: 'discovery.k8s.io/v1', metadata: {}, items: [{ addressType: 'IPv4', endpoints: [{ addresses: ['192.0.2.7'], conditions: { ready: true } }], ports: [{ name: 'https', port: 6_443, protocol: 'TCP' }] }] };

/** The API server, and any other that listens: 200 with an empty body. */
function answerHttp(world: NetworkWorld, { url, headers = {} }: HttpRequest): Outcome<HttpAnswer> | undefined {
  const { hostname, port, protocol, pathname } = new URL(url);
  const endpoint = { address: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)) };
  if (!isListening(world, endpoint)) return undefined;
  if (endpointText(endpoint) !== API) return ok({ status: 200, body: '' });
  const token = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1].replace(/^Bearer /, '') ?? '';
  if (!world.tokens.has(token)) return ok({ status: 401, body: '{"kind":"Status","code":401}' });
  const body = answers.find(([path]) => path.test(pathname))?.[1];
  return ok(body === undefined ? { status: 404, body: '{"kind":"Status","code":404}' } : { status: 200, body });
}

const answers: readonly (readonly [RegExp, string])[] = [
  [/^\/readyz$/, 'ok'],
  [/^\/api$/, '{"kind":"APIVersions","versions":["v1"]}'],
  [/^\/api\/v1\/namespaces\/default\/services\/kubernetes$/, JSON.stringify(SERVICE)],
  [/^\/apis\/discovery\.k8s\.io\/v1\/namespaces\/default\/endpointslices$/, JSON.stringify(SLICES)],
];

function fileText({ files }: NetworkWorld, path: string): ReturnType<Parameters<typeof inClusterAccess>[1]> {
  const value = files.get(path);
  return value === undefined ? { kind: 'absent', message: `${path}: no such file or directory` } : { kind: 'ok', value };
}
