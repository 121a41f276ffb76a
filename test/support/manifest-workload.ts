import type { IDaemonSet } from 'kubernetes-models/apps/v1';
import type { IResourceRequirements } from 'kubernetes-models/v1';
import { type KubeObject, type Manifest, type PlacedContainer, containersOf, daemonSetsOf, nameOf, podOf } from './manifest-objects.ts';
import { missingRights, rights } from './manifest-rights.ts';

/** Those of the seed; no limit of CPU for plugins, which start slowly under one and call a starved nvidia-smi hung. */
const RESOURCES: Readonly<Record<string, IResourceRequirements>> = {
  'node-problem-detector': { requests: { cpu: '10m', memory: '80Mi' }, limits: { cpu: '10m', memory: '80Mi' } },
  'gpu-monitor': { requests: { cpu: '10m', memory: '20Mi' }, limits: { memory: '50Mi' } },
  'share-folders': { requests: { cpu: '10m', memory: '20Mi' }, limits: { memory: '50Mi' } },
  'node-plugins': { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '64Mi' } },
  'pod-network-verifier': { requests: { cpu: '10m', memory: '20Mi' }, limits: { memory: '50Mi' } },
  // Its seed's, the limit of CPU too: nobody waits for its answer but Kubeowler, and that for five minutes.
  inspector: { requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '100m', memory: '64Mi' } },
};

/** By the downward API. NPD writes events into the namespace default, and asks for no more. */
const OWN_NAMES: Readonly<Record<string, readonly string[]>> = {
  'node-problem-detector': ['NODE_NAME=spec.nodeName'],
  'gpu-monitor': ['NODE_NAME=spec.nodeName', 'POD_NAMESPACE=metadata.namespace'],
  'node-plugins': ['NODE_NAME=spec.nodeName', 'POD_NAMESPACE=metadata.namespace'],
  'pod-network-verifier': ['NODE_NAME=spec.nodeName', 'POD_NAMESPACE=metadata.namespace'],
  'share-folders': [],
  inspector: ['NODE_NAME=spec.nodeName'],
};

/** How a DaemonSet comes to its nodes, by a container that only it has. */
interface Scheduling {
  readonly priorityClassName?: string;
  readonly updateStrategy: NonNullable<IDaemonSet['spec']>['updateStrategy'];
  readonly minReadySeconds?: number;
  readonly dnsPolicy?: 'ClusterFirstWithHostNet' | undefined;
  readonly selects: Readonly<Record<string, string>>;
}

/** What is compared, whatever types the manifest has. */
type Found = Readonly<Partial<Record<keyof Scheduling | 'tolerations' | 'os', unknown>>>;

const BESIDE_NPD = {
  priorityClassName: 'system-node-critical', minReadySeconds: 30, dnsPolicy: 'ClusterFirstWithHostNet',
  updateStrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '10%' }, type: 'RollingUpdate' },
} as const;

/** The first one that is in the Pod holds. */
const SCHEDULING: readonly (readonly [container: string, wanted: Scheduling])[] = [
  ['node-problem-detector', { ...BESIDE_NPD, selects: { app: 'npd-ext', component: 'node-problem-detector' } }],
  // Names as workloads ask for them.
  ['pod-network-verifier', { ...BESIDE_NPD, dnsPolicy: undefined, selects: { app: 'npd-ext', component: 'pod-network-verifier' } }],
  ['gpu-monitor', { ...BESIDE_NPD, selects: { app: 'npd-ext', component: 'gpu-monitor' } }],
  // Kubeowler looks for this label, and reads the logs of Pods that it has listed before: they must not all go at once.
  ['inspector', { updateStrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 }, type: 'RollingUpdate' }, selects: { app: 'kubeowler-node-inspector' } }],
];

/** That the Pods come to every node they are for, and that all names which one object has of another lead somewhere. */
export function workloadProblems(objects: Manifest): readonly string[] {
  const sets = daemonSetsOf(objects);
  return [
    ...sets.flatMap(scheduling),
    ...sets.flatMap((daemonSet) => references(objects, daemonSet)),
    ...containersOf(objects).flatMap((placed) => [...resources(placed), ...ownNames(placed)]),
    ...missingRights(objects),
    ...objects.flatMap((object) => [...rights(objects, object), ...selected(objects, object)]),
  ];
}

function scheduling(daemonSet: IDaemonSet): readonly string[] {
  const { spec } = daemonSet;
  const pod = podOf(daemonSet);
  const [, expected] = SCHEDULING.find(([container]) => pod.containers.some(({ name }) => name === container)) ?? [];
  const found: Found = {
    tolerations: pod.tolerations,
    priorityClassName: pod.priorityClassName,
    updateStrategy: spec?.updateStrategy,
    minReadySeconds: spec?.minReadySeconds,
    dnsPolicy: pod.dnsPolicy,
    os: pod.nodeSelector?.['kubernetes.io/os'],
    selects: spec?.selector.matchLabels,
  };
  const wanted: Found = { ...expected, tolerations: [{ operator: 'Exists' }], os: 'linux' };
  return (Object.keys(found) as (keyof Found)[]).flatMap((key) => {
    const [is, should] = [JSON.stringify(found[key]), JSON.stringify(wanted[key])];
    return is === should ? [] : [`${nameOf(daemonSet)}: ${key} is ${is}, not ${should}`];
  });
}

function references(objects: Manifest, daemonSet: IDaemonSet): readonly string[] {
  const name = nameOf(daemonSet);
  const { serviceAccountName = '', volumes = [] } = podOf(daemonSet);
  const { matchLabels = {} } = daemonSet.spec?.selector ?? {};
  const labels = daemonSet.spec?.template.metadata?.labels ?? {};
  const namespace = daemonSet.metadata?.namespace;
  const there = (kind: string, wanted: string): boolean => objects.some((object) => object.kind === kind && nameOf(object) === wanted && object.metadata?.namespace === namespace);
  const maps = volumes.flatMap(({ configMap }) => (configMap?.name === undefined ? [] : [configMap.name]));
  return [
    ...(there('ServiceAccount', serviceAccountName) ? [] : [`${name}: there is no ServiceAccount ${serviceAccountName}`]),
    ...maps.filter((map) => !there('ConfigMap', map)).map((map) => `${name}: there is no ConfigMap ${map}`),
    ...(Object.entries(matchLabels).every(([key, value]) => labels[key] === value) ? [] : [`${name}: selects Pods that it does not make`]),
    ...(namespace === undefined ? [`${name}: in no namespace`] : []),
  ];
}

/** What a component adds beside CPU and memory, a GPU, is its own. */
function resources({ container, where }: PlacedContainer): readonly string[] {
  const wanted = RESOURCES[container.name];
  const known = ({ cpu, memory }: Readonly<Record<string, unknown>> = {}): string => JSON.stringify({ cpu, memory });
  return (['requests', 'limits'] as const).flatMap((kind) => {
    const [is, should] = [known(container.resources?.[kind]), known(wanted?.[kind])];
    return is === should ? [] : [`${where}: ${kind} are ${is}, not ${should}`];
  });
}

function ownNames({ container, where }: PlacedContainer): readonly string[] {
  const found = (container.env ?? []).flatMap(({ name, valueFrom }) => (valueFrom === undefined ? [] : [`${name}=${valueFrom?.fieldRef?.fieldPath}`]));
  const wanted = OWN_NAMES[container.name] ?? [];
  return found.join() === wanted.join() ? [] : [`${where}: gets ${found.join()}, not ${wanted.join()}`];
}

/** A headless Service of Pods that are there, in their namespace; it has no address, so that each is found by its own. */
function selected(objects: Manifest, object: KubeObject): readonly string[] {
  if (object.kind !== 'Service') return [];
  const { selector = {}, clusterIP, ports = [] } = object.spec ?? {};
  const pods = daemonSetsOf(objects).filter(({ metadata, spec }) => metadata?.namespace === object.metadata?.namespace
    && Object.entries(selector).every(([key, value]) => spec?.template.metadata?.labels?.[key] === value));
  const open = pods.flatMap((daemonSet) => podOf(daemonSet).containers.flatMap((container) => (container.ports ?? []).map(({ containerPort }) => containerPort)));
  return [
    ...(pods.length === 1 ? [] : [`${nameOf(object)}: selects the Pods of ${pods.length} DaemonSets`]),
    ...(clusterIP === 'None' ? [] : [`${nameOf(object)}: has an address of its own`]),
    ...ports.filter(({ targetPort }) => !open.includes(Number(targetPort))).map(({ targetPort }) => `${nameOf(object)}: leads to port ${targetPort}, which its Pods do not declare`),
  ];
}
