import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDaemonSet } from 'kubernetes-models/apps/v1';
import type { IClusterRole, IClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import type { IConfigMap, IContainer, IPodSpec, IService, IServiceAccount, IVolume, IVolumeMount } from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');

/** Where client-go and our own client look for the token of the Pod and the CA of the cluster. */
export const TOKEN_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The kinds that our manifests are made of; another one is found by the schema check. */
export type KubeObject = IDaemonSet | IConfigMap | IService | IServiceAccount | IClusterRole | IClusterRoleBinding;

/** What one overlay renders to. Everything in it is what the YAML says, so nothing is known to be right. */
export type Manifest = readonly KubeObject[];

export interface PlacedContainer {
  readonly daemonSet: IDaemonSet;
  readonly container: IContainer;
  readonly isInit: boolean;
  /** `npd-ext/gpu-monitor`, for messages. */
  readonly where: string;
}

/** All objects of a YAML stream. Throws for what is no YAML, and for a key that stands twice. */
export function parseManifest(yaml: string): Manifest {
  return parseAllDocuments(yaml).map((document) => {
    if (document.errors.length > 0) throw new Error(String(document.errors[0]));
    return document.toJS() as KubeObject;
  });
}

/** What `deploy/<overlay>.yaml` says. */
export function deployManifest(overlay: string): Manifest {
  return parseManifest(readFileSync(join(ROOT, 'deploy', `${overlay}.yaml`), 'utf8'));
}

export function daemonSetsOf(objects: Manifest): readonly IDaemonSet[] {
  return objects.filter((object) => object.kind === 'DaemonSet');
}

export function podOf(daemonSet: IDaemonSet): IPodSpec {
  return daemonSet.spec?.template.spec ?? { containers: [] };
}

/** Whether its containers are in the network of the node, where each port is opened once. */
export function isInHostNetwork(daemonSet: IDaemonSet): boolean {
  return podOf(daemonSet).hostNetwork === true;
}

export function nameOf(object: KubeObject): string {
  return object.metadata?.name ?? '';
}

/** Containers and init containers of all DaemonSets. */
export function containersOf(objects: Manifest): readonly PlacedContainer[] {
  return daemonSetsOf(objects).flatMap((daemonSet) => {
    const { containers, initContainers } = podOf(daemonSet);
    const placed = (container: IContainer, isInit: boolean): PlacedContainer => ({ daemonSet, container, isInit, where: `${nameOf(daemonSet)}/${container.name}` });
    return [...(initContainers ?? []).map((one) => placed(one, true)), ...containers.map((one) => placed(one, false))];
  });
}

/** The mount that a path of the container lies in; of nested ones the innermost. */
export function mountAt({ container }: PlacedContainer, path: string): IVolumeMount | undefined {
  const mounts = (container.volumeMounts ?? []).filter(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`));
  return mounts.toSorted((a, b) => b.mountPath.length - a.mountPath.length)[0];
}

export function volumeOf({ daemonSet }: Pick<PlacedContainer, 'daemonSet'>, name: string): IVolume | undefined {
  return podOf(daemonSet).volumes?.find((volume) => volume.name === name);
}

/**
 * What a path of a container is on the node: equal texts are the same file. Containers of different Pods share only what lies on
 * the host. Undefined for what is the container's own.
 */
export function placeOf(placed: PlacedContainer, path: string): string | undefined {
  const mount = mountAt(placed, path);
  if (mount === undefined) return undefined;
  const rest = path.slice(mount.mountPath.length);
  const host = volumeOf(placed, mount.name)?.hostPath?.path;
  return host === undefined ? `volume ${mount.name} of ${nameOf(placed.daemonSet)}:${rest}` : `host:${host}${rest}`;
}

/** Texts of the ConfigMap that a container has mounted at a path's folder: `/config/kernel-monitor.json`. */
export function configText(objects: Manifest, placed: PlacedContainer, path: string): string | undefined {
  const mount = mountAt(placed, path);
  if (mount === undefined) return undefined;
  const name = volumeOf(placed, mount.name)?.configMap?.name;
  const map = objects.find((object) => object.kind === 'ConfigMap' && nameOf(object) === name);
  return map?.kind === 'ConfigMap' ? map.data?.[path.slice(mount.mountPath.length + 1)] : undefined;
}
