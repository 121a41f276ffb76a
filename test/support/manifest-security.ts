import type { ISecurityContext, IVolumeMount } from 'kubernetes-models/v1';
import { type Manifest, type PlacedContainer, containersOf, daemonSetsOf, mountAt, nameOf, podOf, volumeOf } from './manifest-objects.ts';

/** User of each container of ours: host-inspector must read root's files, and only the owner may share a folder. */
const USERS: Readonly<Record<string, number>> = { 'gpu-monitor': 65_532, 'node-plugins': 0, 'share-folders': 0, inspector: 0 };

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
  const files = (volumes ?? []).filter(({ hostPath }) => hostPath !== undefined && hostPath?.type?.startsWith('Directory') !== true);
  const folders = (volumes ?? []).filter(({ hostPath }) => hostPath?.type === 'Directory' && !EVERYWHERE.has(hostPath.path));
  return [
    ...claim(isInspector || hostNetwork === true, `${name}: not in the network of the host, where its HTTP is asked`),
    ...claim(!isInspector || hostNetwork === undefined, `${name}: in the network of the host, though it serves nobody`),
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

const TOKEN_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The token is NPD's, and only the GPU container may ask the NVIDIA runtime for devices: it would give them to NPD as well. */
function secrets(placed: PlacedContainer): readonly string[] {
  const { container, where } = placed;
  const names = (container.env ?? []).map(({ name }) => name);
  const isGpu = container.name === 'gpu-monitor';
  const token = mountAt(placed, TOKEN_FOLDER);
  return [
    ...claim(isGpu || !names.some((name) => name.startsWith('NVIDIA_')), `${where}: NVIDIA_* gives it the GPUs`),
    ...claim(!isGpu || (names.includes('NVIDIA_VISIBLE_DEVICES') && names.includes('NVIDIA_DRIVER_CAPABILITIES')), `${where}: asks the NVIDIA runtime for nothing`),
    ...claim(token === undefined || container.name === 'node-problem-detector', `${where}: has a token`),
    ...claim(token !== undefined || container.name !== 'node-problem-detector', `${where}: has no token`),
  ];
}
