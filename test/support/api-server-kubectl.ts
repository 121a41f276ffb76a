import type { ApiStore } from './api-server-store.ts';
import type { CoreEvent } from './host-event-protobuf.ts';

interface Readable extends ApiStore {
  readonly nodeName: string;
}

const VERBS = ['get', 'list'];

/** What discovery says: groups, and the kinds that `kubectl describe node` and `kubectl get events` need. */
const DISCOVERY: Readonly<Record<string, unknown>> = {
  '/version': { major: '1', minor: '34', gitVersion: 'v1.34.0', platform: 'linux/amd64' },
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': {
    kind: 'APIGroupList', apiVersion: 'v1',
    groups: [{ name: 'coordination.k8s.io', versions: [groupVersion('coordination.k8s.io/v1')], preferredVersion: groupVersion('coordination.k8s.io/v1') }],
  },
  '/api/v1': {
    kind: 'APIResourceList', groupVersion: 'v1',
    resources: [resource('Node', 'nodes', false), resource('Pod', 'pods', true), resource('Event', 'events', true)],
  },
  '/apis/coordination.k8s.io/v1': { kind: 'APIResourceList', groupVersion: 'coordination.k8s.io/v1', resources: [resource('Lease', 'leases', true)] },
};

function groupVersion(name: string): unknown {
  return { groupVersion: name, version: name.split('/')[1] };
}

function resource(kind: string, name: string, isNamespaced: boolean): unknown {
  return { name, singularName: kind.toLowerCase(), namespaced: isNamespaced, kind, verbs: VERBS };
}

/** The time that everything here has which no recording tells. */
const LONG_AGO = '2026-01-01T00:00:00Z';

/** The answer to a GET, or undefined for what is not there. */
export function kubectlReads(store: Readable, path: string, query: URLSearchParams): unknown {
  if (path === `/api/v1/nodes/${store.nodeName}`) return nodeOf(store);
  if (path === '/api/v1/pods') return { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [] };
  if (path === `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${store.nodeName}`) {
    return { kind: 'Lease', apiVersion: 'coordination.k8s.io/v1', metadata: { name: store.nodeName, namespace: 'kube-node-lease' }, spec: { holderIdentity: store.nodeName } };
  }
  const events = /^\/api\/v1\/(?:namespaces\/([^/]+)\/)?events$/.exec(path);
  return events === null ? DISCOVERY[path] : eventsOf(store, events[1], query.get('fieldSelector') ?? '');
}

function nodeOf({ nodeName, conditions }: Readable): unknown {
  const capacity = { cpu: '2', memory: '48207428Ki', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: nodeName, uid: '6a2f5f1e-33a5-4a53-9a3c-0a4d4c9b7e10', creationTimestamp: LONG_AGO, labels: { 'kubernetes.io/hostname': nodeName, 'kubernetes.io/os': 'linux' } },
    spec: {},
    status: {
      addresses: [{ type: 'InternalIP', address: '192.0.2.10' }, { type: 'Hostname', address: nodeName }],
      capacity,
      allocatable: capacity,
      conditions: [...conditions.values()],
      nodeInfo: {
        machineID: '', systemUUID: '', bootID: '', kernelVersion: '6.18.5', osImage: 'Debian GNU/Linux 13 (trixie)', containerRuntimeVersion: 'containerd://2.1.4',
        kubeletVersion: 'v1.34.0', kubeProxyVersion: '', operatingSystem: 'linux', architecture: 'amd64',
      },
    },
  };
}

/** Selected as the API server selects: each part of `a.b=c,d!=e` must hold; a field that an event has not is empty. */
function eventsOf({ events }: Readable, namespace: string | undefined, fieldSelector: string): unknown {
  const parts = fieldSelector.split(',').filter((part) => part !== '').map((part) => /^([\w.]+?)(!=|==?)(.*)$/.exec(part));
  const isWanted = (event: CoreEvent): boolean => parts.every((part) => {
    if (part === null) return false;
    const [, field = '', operator, value] = part;
    return (fieldOf(event, field.split('.')) === value) === (operator !== '!=');
  });
  const items = [...events.values()].filter((event) => (namespace === undefined || event.metadata.namespace === namespace) && isWanted(event));
  return { kind: 'EventList', apiVersion: 'v1', metadata: {}, items };
}

function fieldOf(value: unknown, path: readonly string[]): string {
  const [key, ...rest] = path;
  if (key === undefined) return typeof value === 'string' ? value : '';
  return fieldOf((value as Readonly<Record<string, unknown>> | undefined)?.[key], rest);
}
