import type { ISecurityContext, IVolumeMount } from 'kubernetes-models/v1';
import { type Manifest, type PlacedContainer, TOKEN_FOLDER, containersOf, daemonSetsOf, mountAt, nameOf, podOf, volumeOf } from './manifest-objects.ts';

/** User of each container of ours: host-inspector must read root's files, and only the owner may share a folder. */
const USERS: Readonly<Record<string, number>> = { 'gpu-monitor': 65_532, 'node-plugins': 0, 'share-folders': 0, inspector: 0, 'pod-network-verifier': 65_532 };

/** Folders of the host that plugins write. */
const WRITTEN: ReadonlySet<string> = new Set(['/var/run/npd', '/var/lib/npd-plugins']);

/** Written by the container runtime, which makes mount points in it; only a privileged container has it. */
const DEVICES = '/dev';

/** Files of the host that a Pod waits for: both are NPD's own, and no GPU has to do with them. */
const AWAITED_FILES: ReadonlySet<string> = new Set(['/dev/kmsg', '/etc/localtime']);

/** Folders of the host that every node has. All others are made where they are missing, since a Pod waits for what is not there. */
const EVERYWHERE: ReadonlySet<string> = new Set(['/', '/var/log', '/dev', '/usr']);

/** Sockets and status files: the disk may be what is to be told of. */
const IN_MEMORY = { medium: 'Memory', sizeLimit: '1Mi' };

const HARDENED: ISecurityContext = {
  allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' },
};

/** What the Pods may do and see; `privileged` names containers of ours that a component made so. */
export function securityProblems(objects: Manifest, privileged: readonly string[]): readonly string[] {
  return [...daemonSetsOf(objects).flatMap(podProblems), ...containersOf(objects).flatMap((placed) => [...contextProblems(placed, privileged), ...mountRules(placed), ...secrets(placed)])];
}

function podProblems(daemonSet: ReturnType<typeof daemonSetsOf>[number]): readonly string[] {
  const name = nameOf(daemonSet);
  const { hostPID, hostIPC, hostNetwork, automountServiceAccountToken, initContainers, volumes, containers, securityContext } = podOf(daemonSet);
  const isNpd = containers.some((container) => container.name === 'node-problem-detector');
  // It serves nobody: neither HTTP nor a socket.
  const isInspector = containers.some((container) => container.name === 'inspector');
  const isInPodNetwork = containers.some((container) => container.name === 'pod-network-verifier');
  const files = (volumes ?? []).filter(({ hostPath }) => hostPath !== undefined && hostPath?.type?.startsWith('Directory') !== true);
  const foreign = isInPodNetwork ? (volumes ?? []).filter(({ hostPath }) => hostPath !== undefined && !WRITTEN.has(hostPath?.path ?? '')) : [];
  const folders = (volumes ?? []).filter(({ hostPath }) => hostPath?.type === 'Directory' && !EVERYWHERE.has(hostPath.path));
  return [
    ...claim(isInspector || isInPodNetwork || hostNetwork === true, `${name}: not in the network of the host, where its HTTP is asked`),
    ...claim(!isInspector || hostNetwork === undefined, `${name}: in the network of the host, though it serves nobody`),
    ...claim(!isInPodNetwork || hostNetwork === undefined, `${name}: in the network of the host, and is to look from the network of Pods`),
    ...foreign.map(({ hostPath }) => `${name}: sees ${hostPath?.path} of the host, which no check of the network needs`),
    ...claim((hostPID ?? false) === isNpd, `${name}: hostPID is for NPD, and for nothing else`),
    ...claim(hostIPC === undefined, `${name}: hostIPC has no reader`),
    ...claim(automountServiceAccountToken === false, `${name}: every container gets a token`),
    ...claim(isInspector || String(securityContext?.supplementalGroups) === '65532', `${name}: not in the group of the shared folders`),
    ...claim(!isNpd || (initContainers ?? []).length === 0, `${name}: an init container can keep NPD from starting`),
    ...files.filter(({ hostPath }) => !AWAITED_FILES.has(hostPath?.path ?? '')).map(({ hostPath }) => `${name}: waits for the file ${hostPath?.path}`),
    ...folders.map(({ hostPath }) => `${name}: waits for the folder ${hostPath?.path}`),
    ...(volumes ?? []).filter(({ emptyDir }) => emptyDir !== undefined && !isSame(emptyDir ?? {}, IN_MEMORY)).map((volume) => `${name}: ${volume.name} is not in memory: on a full disk nobody would hear of it`),
  ];
}

function claim(isTrue: boolean, otherwise: string): readonly string[] {
  return isTrue ? [] : [otherwise];
}

function contextProblems({ container, where }: PlacedContainer, privileged: readonly string[]): readonly string[] {
  const { name, securityContext = {} } = container;
  // NPD reads /dev/kmsg and is as npd-ext has it.
  if (name === 'node-problem-detector') return claim(JSON.stringify(securityContext) === '{"privileged":true}', `${where}: ${JSON.stringify(securityContext)} is not what npd-ext gives`);
  const { runAsUser, runAsNonRoot, runAsGroup, seLinuxOptions, ...rights } = securityContext;
  const isPrivileged = privileged.includes(name);
  const wanted: ISecurityContext = isPrivileged ? { privileged: true, readOnlyRootFilesystem: true } : HARDENED;
  const users = isPrivileged ? [USERS[name], 0] : [USERS[name]];
  return [
    ...claim(isSame(rights, wanted), `${where}: ${JSON.stringify(rights)} is not ${JSON.stringify(wanted)}`),
    ...claim(users.includes(runAsUser), `${where}: runs as ${runAsUser}`),
    ...claim((runAsNonRoot ?? false) === (runAsUser !== 0), `${where}: runAsNonRoot ${runAsNonRoot} with user ${runAsUser}`),
    ...claim(runAsGroup === USERS[name], `${where}: runs with group ${runAsGroup}`),
    ...claim(seLinuxOptions === undefined || isSame(seLinuxOptions, { type: 'spc_t' }), `${where}: SELinux ${JSON.stringify(seLinuxOptions)}`),
  ];
}

/** Whatever the order of the keys. */
function isSame(one: object, other: object): boolean {
  const text = (value: object): string => JSON.stringify(Object.entries(value).toSorted(([a], [b]) => a.localeCompare(b)));
  return text(one) === text(other);
}

function mountRules(placed: PlacedContainer): readonly string[] {
  return (placed.container.volumeMounts ?? []).flatMap((mount) => mountRule(placed, mount));
}

function mountRule(placed: PlacedContainer, mount: IVolumeMount): readonly string[] {
  const { where, container } = placed;
  const volume = volumeOf(placed, mount.name);
  const host = volume?.hostPath;
  if (host === undefined || host === null) return claim(volume?.emptyDir !== undefined || mount.readOnly === true, `${where}: ${mount.mountPath} is not readOnly`);
  const isWritten = WRITTEN.has(host.path) || (host.path === DEVICES && container.securityContext?.privileged === true);
  return [
    ...claim((host.type ?? '') !== '', `${where}: ${host.path} of the host has no type`),
    ...claim(isWritten || mount.readOnly === true, `${where}: ${host.path} of the host is not readOnly`),
    // Nothing is ever mounted below a file, and what is written is not a tree of mounts.
    ...claim(isWritten || host.type?.startsWith('Directory') !== true || mount.mountPropagation === 'HostToContainer', `${where}: ${host.path} of the host is not HostToContainer`),
  ];
}

/**
 * Who signs in to the API server, and for how long with one token. 3607 s are a word to it: such a token is good for a year more
 * (`--service-account-extend-token-expiration`), for clients that read it once.
 */
const TOKENS: Readonly<Record<string, { readonly volume: string; readonly expirationSeconds: number }>> = {
  'node-problem-detector': { volume: 'api-access', expirationSeconds: 3_607 },
  'node-plugins': { volume: 'verifier-token', expirationSeconds: 3_600 },
  'pod-network-verifier': { volume: 'verifier-token', expirationSeconds: 3_600 },
};

/** Only the GPU container may ask the NVIDIA runtime for devices: it would give them to NPD as well. */
function secrets(placed: PlacedContainer): readonly string[] {
  const { container, where } = placed;
  const names = (container.env ?? []).map(({ name }) => name);
  const isGpu = container.name === 'gpu-monitor';
  const token = mountAt(placed, TOKEN_FOLDER);
  const wanted = TOKENS[container.name];
  return [
    ...claim(isGpu || !names.some((name) => name.startsWith('NVIDIA_')), `${where}: NVIDIA_* gives it the GPUs`),
    ...claim(!isGpu || (names.includes('NVIDIA_VISIBLE_DEVICES') && names.includes('NVIDIA_DRIVER_CAPABILITIES')), `${where}: asks the NVIDIA runtime for nothing`),
    ...claim(token === undefined || wanted !== undefined, `${where}: has a token`),
    ...claim(token !== undefined || wanted === undefined, `${where}: has no token`),
    ...(token === undefined || wanted === undefined ? [] : tokenProblems(placed, token.name, wanted)),
  ];
}

function tokenProblems(placed: PlacedContainer, name: string, { volume, expirationSeconds }: NonNullable<(typeof TOKENS)[string]>): readonly string[] {
  const { where } = placed;
  const sources = volumeOf(placed, name)?.projected?.sources ?? [];
  const tokens = sources.flatMap(({ serviceAccountToken }) => serviceAccountToken ?? []);
  const [token] = tokens;
  return [
    ...claim(name === volume, `${where}: has the token of the volume ${name}, not of ${volume}`),
    ...claim(tokens.length === 1 && token?.expirationSeconds === expirationSeconds, `${where}: its token is for ${token?.expirationSeconds} s, not ${expirationSeconds}`),
    ...claim(token?.audience === undefined, `${where}: its token is for ${token?.audience}, and not for the API server`),
    ...claim(token?.path === 'token', `${where}: its token is at ${token?.path}`),
    ...claim(sources.some(({ configMap }) => configMap?.name === 'kube-root-ca.crt' && configMap.items?.[0]?.path === 'ca.crt'), `${where}: has no CA of the cluster`),
  ];
}
