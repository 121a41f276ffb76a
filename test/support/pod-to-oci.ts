import type { IContainer, IPodSpec } from 'kubernetes-models/v1';
import { join } from 'node:path';
import { KUBELET_FILES, type Mount, type OciConfig, type OciProcess, STANDARD_MOUNTS, MASKED_PATHS, READONLY_PATHS } from './oci-config.ts';
import { RUNTIME_DEFAULT_SECCOMP } from './oci-seccomp.ts';
import { capabilitiesOf, resourcesOf, userOf } from './pod-privileges.ts';

/** What an image brings along, as its configuration tells it. */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  /** `65532:65532`. */
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
}

/** The node that a Pod is started on. */
export interface NodeStandIn {
  /** Folders that stand for paths of the host; any other hostPath is the machine's own. */
  readonly hostPaths: Readonly<Record<string, string>>;
  /** Folders that kubelet would make, by name of the volume: emptyDir, projected. */
  readonly volumes: Readonly<Record<string, string>>;
  /** Where the files of `KUBELET_FILES` lie: what they say of name servers is for this Pod, and not this machine's. */
  readonly kubeletFolder: string;
  /** What kubelet adds to the variables of each container: where the API server is, if there is one. */
  readonly env: Readonly<Record<string, string>>;
  /** What the downward API tells, e.g. `spec.nodeName`. */
  readonly fields: Readonly<Record<string, string>>;
  /** What a device plugin or a container toolkit adds. */
  readonly extraMounts: readonly Mount[];
  /** Where the control group of the container belongs, below each controller. */
  readonly cgroupsPath: string;
}

/**
 * The container as kubelet and a runtime start it, as far as its Pod says; what this cannot do it refuses, so that nothing of a manifest is
 * silently left out. Its `ports` do nothing: in the node's network they are a word to the scheduler. Its network is one of its own, with
 * nothing but `lo`, also where the manifest has the node's: what it asks is to be asked of nobody but the test, and its ports may be in use here.
 *
 * @param rootfs the unpacked image
 */
export function ociConfigOf(pod: IPodSpec, container: IContainer, image: ImageConfig, rootfs: string, node: NodeStandIn): OciConfig {
  const { securityContext: own = {} } = container;
  if (own.privileged === true) throw new Error(`${container.name}: a privileged container is not translated`);
  const seccomp = own.seccompProfile?.type ?? pod.securityContext?.seccompProfile?.type;
  return {
    ociVersion: '1.0.2',
    process: processOf(pod, container, image, node),
    root: { path: rootfs, readonly: own.readOnlyRootFilesystem === true },
    mounts: [...STANDARD_MOUNTS, ...KUBELET_FILES.map((path) => bound(join(node.kubeletFolder, path), path, 'rprivate', 'ro')), ...(container.volumeMounts ?? []).map((mount) => mountOf(pod, mount, node)), ...node.extraMounts],
    linux: {
      cgroupsPath: node.cgroupsPath,
      resources: resourcesOf(container.resources ?? {}),
      namespaces: (['mount', 'ipc', 'network', ...(pod.hostPID === true ? [] : ['pid'] as const)] as const).map((type) => ({ type })),
      maskedPaths: MASKED_PATHS,
      readonlyPaths: READONLY_PATHS,
      ...(seccomp === 'RuntimeDefault' && { seccomp: RUNTIME_DEFAULT_SECCOMP }),
    },
  };
}

function processOf(pod: IPodSpec, container: IContainer, image: ImageConfig, { fields, env }: NodeStandIn): OciProcess {
  const { command, args, securityContext: own = {} } = container;
  const variable = args?.find((arg) => arg.includes('$('));
  if (variable !== undefined) throw new Error(`${container.name}: variables in arguments are not translated: ${variable}`);
  const user = userOf(pod, container, image.User ?? '');
  return {
    terminal: false,
    user,
    // A command takes the place of entry point and arguments of the image, arguments only that of its arguments.
    args: command === undefined ? [...(image.Entrypoint ?? []), ...(args ?? image.Cmd ?? [])] : [...command, ...(args ?? [])],
    env: [...(image.Env ?? []), ...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...(container.env ?? []).map((variable) => `${variable.name}=${valueOf(variable, fields)}`)],
    cwd: image.WorkingDir === undefined || image.WorkingDir === '' ? '/' : image.WorkingDir,
    capabilities: capabilitiesOf(own.capabilities ?? {}, user.uid),
    noNewPrivileges: own.allowPrivilegeEscalation === false,
  };
}

type Variable = NonNullable<IContainer['env']>[number];

function valueOf({ name, value, valueFrom }: Variable, fields: NodeStandIn['fields']): string {
  if (valueFrom === undefined) return value ?? '';
  const known = fields[valueFrom.fieldRef?.fieldPath ?? ''];
  if (known === undefined) throw new Error(`${name}: where its value comes from is not translated`);
  return known;
}

type VolumeMount = NonNullable<IContainer['volumeMounts']>[number];

const PROPAGATION: Readonly<Record<string, string>> = { None: 'rprivate', HostToContainer: 'rslave', Bidirectional: 'rshared' };

function mountOf(pod: IPodSpec, { name, mountPath, readOnly, mountPropagation = 'None', subPath }: VolumeMount, node: NodeStandIn): Mount {
  const volume = pod.volumes?.find((each) => each.name === name);
  const { hostPath } = volume ?? {};
  const source = hostPath === undefined ? node.volumes[name] : (node.hostPaths[hostPath.path] ?? hostPath.path);
  const propagation = PROPAGATION[mountPropagation];
  if (source === undefined || propagation === undefined || subPath !== undefined) throw new Error(`${mountPath}: this volume is not translated`);
  return bound(source, mountPath, propagation, readOnly === true ? 'ro' : 'rw');
}

function bound(source: string, destination: string, propagation: string, access: 'ro' | 'rw'): Mount {
  return { destination, type: 'bind', source, options: ['rbind', propagation, access] };
}
