import type { PathKind } from '../../linux/disk-paths.ts';
import type { ProcessCounts } from './processes.ts';

/** A container runtime, or a distribution that brings its own. */
interface RuntimeKind {
  readonly name: string;
  /** The names of the programs that are the runtime; a shim is none. */
  readonly programs: readonly string[];
  /** Where kubelet or a user talks to it. */
  readonly sockets: readonly string[];
}

/**
 * The first of which something is found is the node's, those that run before those of which only a socket is there. Docker
 * brings a containerd of its own, and k3s and its like have theirs as a child: they stand before it.
 */
const RUNTIMES: readonly RuntimeKind[] = [
  { name: 'rke2', programs: ['rke2'], sockets: [] },
  { name: 'k3s', programs: ['k3s-server', 'k3s-agent', 'k3s'], sockets: ['run/k3s/containerd/containerd.sock'] },
  { name: 'k0s', programs: ['k0s'], sockets: ['run/k0s/containerd.sock'] },
  { name: 'microk8s', programs: ['kubelite'], sockets: ['run/snap.microk8s/containerd.sock'] },
  { name: 'cri-o', programs: ['crio'], sockets: ['run/crio/crio.sock'] },
  { name: 'cri-dockerd', programs: ['cri-dockerd'], sockets: ['run/cri-dockerd.sock'] },
  { name: 'containerd', programs: ['containerd'], sockets: ['run/containerd/containerd.sock'] },
  { name: 'docker', programs: ['dockerd'], sockets: ['run/docker.sock'] },
];

/** Below root. */
export const SOCKETS: readonly string[] = [...RUNTIMES.flatMap(({ sockets }) => sockets), 'run/dockershim.sock'];

export const RUNTIME_PROGRAMS: readonly string[] = RUNTIMES.flatMap(({ programs }) => programs);

/** Programs that are a kubelet, or have one in them. */
export const KUBELETS: readonly string[] = ['kubelet', 'k3s-server', 'k3s-agent', 'kubelite', 'hyperkube'];

/** A runtime of which something was found. */
export interface FoundRuntime {
  readonly name: string;
  readonly socket: string | null;
  /** Null where processes are hidden. */
  readonly isRunning: boolean | null;
}

/** Pure. `services` and `paths` are undefined where they could not be seen. */
export function findRuntimes(services: ProcessCounts['services'] | undefined, paths: ReadonlyMap<string, PathKind> | undefined): readonly FoundRuntime[] {
  return RUNTIMES.flatMap(({ name, programs, sockets }): readonly FoundRuntime[] => {
    const socket = sockets.find((path) => paths?.get(path)?.type === 'socket');
    const isRunning = services === undefined ? null : programs.some((program) => services.has(program));
    return socket === undefined && isRunning !== true ? [] : [{ name, socket: socket === undefined ? null : `/${socket}`, isRunning }];
  });
}

/**
 * Which of them the node's Pods run in. Docker without cri-dockerd or the dockershim of a kubelet before 1.24 serves no
 * kubelet: where one runs it uses the containerd beside it. Pure.
 */
export function mainRuntime(found: readonly FoundRuntime[], hasKubelet: boolean, paths?: ReadonlyMap<string, PathKind>): string {
  const running = found.filter(({ isRunning }) => isRunning !== false);
  const candidates = running.length > 0 ? running : found;
  const has = (name: string): boolean => candidates.some((runtime) => runtime.name === name);
  const [first] = candidates;
  if (first === undefined) return 'none';
  if (first.name === 'cri-dockerd') return 'docker';
  const usesDocker = !hasKubelet || paths?.get('run/dockershim.sock')?.type === 'socket';
  return first.name === 'containerd' && has('docker') && usesDocker ? 'docker' : first.name;
}
