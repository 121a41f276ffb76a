import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { ProjectedVolume } from './pod-files.ts';

/** A container as deploy/NAME.yaml has it; only what its start needs. */
export interface ManifestContainer {
  readonly daemonSet: string;
  readonly name: string;
  readonly isInit: boolean;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly isPrivileged: boolean;
  readonly user: number;
  readonly group: number;
  readonly supplementalGroups: readonly number[];
  /** Names of its variables; the downward API's values are the recorder's. */
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly ManifestMount[];
}

export interface ManifestMount {
  readonly path: string;
  readonly isReadOnly: boolean;
  /** Two containers share a volume exactly if this is the same: a path of the node, or the Pod's own. */
  readonly volume: string;
  readonly kind: 'hostPath' | 'emptyDir' | 'configMap' | 'projected';
  readonly projected?: ProjectedVolume;
}

export interface OverlayManifest {
  readonly containers: readonly ManifestContainer[];
  /** Files of the one ConfigMap, by name. */
  readonly config: Readonly<Record<string, string>>;
}

interface YamlVolume {
  readonly name: string;
  readonly hostPath?: { readonly path: string };
  readonly emptyDir?: object;
  readonly configMap?: { readonly name: string };
  readonly projected?: ProjectedVolume;
}

interface YamlContainer {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext?: { readonly privileged?: boolean; readonly runAsUser?: number; readonly runAsGroup?: number };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}

interface YamlObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template?: { readonly spec: YamlPod } };
}

interface YamlPod {
  readonly containers: readonly YamlContainer[];
  readonly initContainers?: readonly YamlContainer[];
  readonly volumes?: readonly YamlVolume[];
  readonly securityContext?: { readonly supplementalGroups?: readonly number[] };
}

/** What deploy/NAME.yaml would start on a node, in its order; the init containers of a Pod come before the others. */
export function readOverlay(name: string): OverlayManifest {
  const text = readFileSync(new URL(`../../deploy/${name}.yaml`, import.meta.url), 'utf8');
  const objects = parseAllDocuments(text).map((document) => document.toJS() as YamlObject);
  const maps = objects.filter(({ kind }) => kind === 'ConfigMap');
  const [config] = maps;
  if (config?.data === undefined || maps.length > 1) throw new Error(`deploy/${name}.yaml: expected one ConfigMap, with data`);
  const containers = objects.filter(({ kind }) => kind === 'DaemonSet').flatMap((object) => {
    const pod = object.spec?.template?.spec;
    if (pod === undefined) throw new Error(`${object.metadata.name}: no template`);
    const all = [...(pod.initContainers ?? []).map((container) => [container, true] as const), ...pod.containers.map((container) => [container, false] as const)];
    return all.map(([container, isInit]) => containerOf(object.metadata.name, pod, container, isInit));
  });
  return { containers, config: config.data };
}

function containerOf(daemonSet: string, pod: YamlPod, container: YamlContainer, isInit: boolean): ManifestContainer {
  const { name, image, command = [], args = [], env = [], securityContext = {}, volumeMounts = [] } = container;
  return {
    daemonSet, name, isInit, image, command, args,
    isPrivileged: securityContext.privileged === true,
    user: securityContext.runAsUser ?? 0,
    group: securityContext.runAsGroup ?? 0,
    supplementalGroups: pod.securityContext?.supplementalGroups ?? [],
    env: Object.fromEntries(env.map((variable) => [variable.name, variable.value ?? ''])),
    mounts: volumeMounts.map(({ name: volumeName, mountPath, readOnly = false }) => {
      const volume = pod.volumes?.find((one) => one.name === volumeName);
      if (volume === undefined) throw new Error(`${daemonSet} ${name}: no volume ${volumeName}`);
      return { path: mountPath, isReadOnly: readOnly, ...sourceOf(daemonSet, volume) };
    }),
  };
}

function sourceOf(daemonSet: string, volume: YamlVolume): Pick<ManifestMount, 'volume' | 'kind' | 'projected'> {
  if (volume.hostPath !== undefined) return { kind: 'hostPath', volume: volume.hostPath.path };
  const kind = (['emptyDir', 'configMap', 'projected'] as const).find((one) => volume[one] !== undefined);
  if (kind === undefined) throw new Error(`${daemonSet}: volume ${volume.name} of a kind that is not known here`);
  return { kind, volume: `${daemonSet}/${volume.name}`, ...(volume.projected === undefined ? {} : { projected: volume.projected }) };
}

/** What a recording keeps of an overlay, to tell whether the manifest has changed since. */
export interface OverlayDigest {
  readonly containers: readonly Pick<ManifestContainer, 'daemonSet' | 'name' | 'command' | 'args'>[];
  /** SHA-256 of each file of the ConfigMap that an argument names; NPD reads no other. */
  readonly config: Readonly<Record<string, string>>;
}

export function digestOf({ containers, config }: OverlayManifest): OverlayDigest {
  const files = containers.flatMap(({ args }) => args.flatMap((arg) => [...arg.matchAll(/\/config\/([^,]+)/g)].map(([, file = '']) => file)));
  return {
    containers: containers.map(({ daemonSet, name, command, args }) => ({ daemonSet, name, command, args })),
    config: Object.fromEntries(files.map((file) => [file, createHash('sha256').update(config[file] ?? '').digest('hex')])),
  };
}

/** Files of the ConfigMap that containers load by `--config.FLAG`, in that order. */
export function loadedFiles({ containers, config }: OverlayManifest, flag: string): readonly string[] {
  const prefix = `--config.${flag}=`;
  const paths = containers.flatMap(({ args }) => args.filter((arg) => arg.startsWith(prefix)).flatMap((arg) => arg.slice(prefix.length).split(',')));
  return paths.map((path) => config[path.replace('/config/', '')] ?? '');
}
