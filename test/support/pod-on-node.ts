import type { IContainer, IPodSpec } from 'kubernetes-models/v1';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type MonitorClient, connect } from '../../plugins/rpc/client.ts';

import { eventually, type Folder, temporaryFolder } from './eventually.ts';
import { OWN_ARCHITECTURE } from './image-base.ts';
import type { BuiltImages } from './image-built.ts';
import { type Entry, treeOf } from './image-tree.ts';
import { daemonSetsOf, deployManifest, nameOf, podOf } from './manifest-objects.ts';
import type { Mount } from './oci-config.ts';
import { type Container, freshCgroupsPath, startContainer } from './oci-run.ts';
import { succeed } from './namespaces.ts';
import { bytesOf } from './pod-privileges.ts';
import { POD_NAMESPACE, writeKubeletFiles, writeProjected } from './pod-files.ts';
import { ociConfigOf } from './pod-to-oci.ts';

/** A Pod of a rendered manifest on a node of its own: its folders are empty, all else of the host is this machine's. */
export interface PodOnNode extends Disposable {
  /** What the containers share, as this machine has it. */
  readonly socketFolder: string;
  readonly stateFolder: string;
  /** By name of the volume. */
  readonly emptyDirs: Readonly<Record<string, string>>;
  /** Starts a container exactly as the manifest says. Its root is unpacked anew. */
  readonly start: (name: string, extraMounts?: readonly Mount[]) => Promise<StartedContainer>;
  readonly containerOf: (name: string) => IContainer;
  /** Connects to a monitor through the shared folder as soon as its socket is there, and gives its first answer. */
  readonly firstAnswer: (monitor: string, container: StartedContainer) => Promise<Answered>;
}

export interface Answered extends Disposable {
  readonly client: MonitorClient;
  /** From the start of the container to the answer. */
  readonly startMs: number;
}

const ANSWERS_WITHIN_MS = 60_000;

export interface StartedContainer extends Container {
  /** What its root held before it was started, and what it holds now. */
  readonly before: readonly Entry[];
  readonly now: () => readonly Entry[];
}

/** Paths of the host that the two folders stand for. */
const [SOCKETS, STATE] = ['/var/run/npd', '/var/lib/npd-plugins'];

/**
 * @param overlay of `deploy/`; `daemonSet` one of its DaemonSets
 * @param env what kubelet tells of the API server: nothing, so that there is no cluster, unless a test has one, see `joinCluster`
 */
export function podOnNode(images: BuiltImages, overlay: string, daemonSet: string, env: Readonly<Record<string, string>> = {}): PodOnNode {
  const found = daemonSetsOf(deployManifest(overlay)).find((each) => nameOf(each) === daemonSet);
  if (found === undefined) throw new Error(`deploy/${overlay}.yaml has no DaemonSet ${daemonSet}`);
  const pod = podOf(found);
  const folder = temporaryFolder();
  // The Pod's users must be able to come here.
  chmodSync(folder.path, 0o755);
  const [sockets, state] = [makeFolder(folder, 'sockets'), makeFolder(folder, 'state')];
  using started = new DisposableStack();
  started.use(folder);
  const emptyDirs = emptyDirsOf(pod, folder, started);
  const projected = projectedOf(pod, folder);
  const kubeletFolder = kubeletFilesIn(folder);
  const socketFolder = emptyDirs['npd-socket'] ?? sockets;
  const containerOf = (name: string): IContainer => {
    const container = [...pod.containers, ...(pod.initContainers ?? [])].find((each) => each.name === name);
    if (container === undefined) throw new Error(`deploy/${overlay}.yaml has no container ${name}`);
    return container;
  };
  const cleanUp = started.move();
  return {
    socketFolder,
    stateFolder: state,
    emptyDirs,
    containerOf,
    async start(name, extraMounts = []) {
      const container = containerOf(name);
      const image = container.image?.includes('/gpu-monitor:') === true ? images.gpu : images.node;
      const root = await images.store.unpack(image, OWN_ARCHITECTURE);
      const before = treeOf(root);
      const fields = { 'spec.nodeName': 'worker-1', 'metadata.namespace': POD_NAMESPACE };
      const node = { hostPaths: { [SOCKETS]: sockets, [STATE]: state }, volumes: { ...emptyDirs, ...projected }, kubeletFolder, env, fields, extraMounts, cgroupsPath: freshCgroupsPath() };
      const config = ociConfigOf(pod, container, await images.store.configOf(image, OWN_ARCHITECTURE), root, node);
      return { ...(await startContainer(config)), before, now: () => treeOf(root) };
    },
    async firstAnswer(monitor, container) {
      const socket = join(socketFolder, `npd-${monitor}.sock`);
      await eventually(socket, () => {
        if (!container.isRunning()) throw new Error(`the container has ended: ${container.stderr()}`);
        return existsSync(socket);
      }, ANSWERS_WITHIN_MS);
      const client = connect(socket);
      await client.checkHealth({}, 0, { timeoutMs: ANSWERS_WITHIN_MS });
      return { client, startMs: performance.now() - container.startedMs, [Symbol.dispose]: () => client.close() };
    },
    [Symbol.dispose]: () => cleanUp.dispose(),
  };
}

/** The name server is in the network of the Pod itself, if a test has one. */
function kubeletFilesIn(folder: Folder): string {
  const path = makeFolder(folder, 'kubelet');
  writeKubeletFiles(path, '127.0.0.1', 'worker-1');
  return path;
}

/** As kubelet makes a missing hostPath: root's, and nobody else may write there. */
function makeFolder(folder: Folder, name: string): string {
  const path = join(folder.path, name);
  mkdirSync(path);
  chmodSync(path, 0o755);
  return path;
}

/** As kubelet makes them: everyone may write there, and one in memory is a tmpfs that takes no more than its limit. */
function emptyDirsOf({ volumes = [] }: IPodSpec, folder: Folder, cleanUp: DisposableStack): Readonly<Record<string, string>> {
  return Object.fromEntries(volumes.flatMap(({ name, emptyDir }) => {
    if (emptyDir === undefined) return [];
    const path = makeFolder(folder, `volume-${name}`);
    if (emptyDir.medium === 'Memory') {
      succeed('mount', '-t', 'tmpfs', '-o', emptyDir.sizeLimit === undefined ? 'defaults' : `size=${bytesOf(emptyDir.sizeLimit)}`, 'tmpfs', path);
      cleanUp.defer(() => succeed('umount', '--lazy', path));
    } else if (emptyDir.medium !== undefined) {
      throw new Error(`${name}: a volume of ${emptyDir.medium} is not translated`);
    }
    chmodSync(path, 0o777);
    return [[name, path]];
  }));
}

function projectedOf({ volumes = [] }: IPodSpec, folder: Folder): Readonly<Record<string, string>> {
  return Object.fromEntries(volumes.flatMap(({ name, projected }) => {
    if (projected === undefined) return [];
    const path = makeFolder(folder, `volume-${name}`);
    writeProjected(path, projected);
    return [[name, path]];
  }));
}
