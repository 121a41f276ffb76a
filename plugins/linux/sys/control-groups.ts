import { readdirSync } from 'node:fs';
import { podOfCgroup } from '../pods.ts';
import { hostPath, readText } from '../read.ts';
import type { Slices } from '../slices.ts';

/** Where the groups of one controller lie. */
export interface Hierarchy {
  readonly version: 1 | 2;
  /** Below the host's root: `sys/fs/cgroup`, `sys/fs/cgroup/memory`. */
  readonly folder: string;
}

/** One Pod, one service of the node, one user: whom a person would name. */
export interface ControlGroup {
  /** Below the host's root. */
  readonly folder: string;
  /** UID of the Pod, if it is one's. */
  readonly pod?: string;
  /** `kubelet.service`, `user@1000.service`, of a container `docker-9c1f9c1f9c1f`. */
  readonly name: string;
}

const TOP = 'sys/fs/cgroup';

/** Of cgroup v1, where each controller has a hierarchy of its own, or shares one. */
const V1 = { memory: ['memory'], cpu: ['cpuacct', 'cpu,cpuacct'], io: ['blkio'], pids: ['pids'] } as const;

export type Controller = keyof typeof V1;

/** Undefined where no hierarchy with this controller is mounted, or none is visible. */
export function findHierarchy(root: string, controller: Controller): Hierarchy | undefined {
  const has = (folder: string, file: string): boolean => readText(root, `${folder}/${file}`).kind === 'ok';
  if (has(TOP, 'cgroup.controllers')) return { version: 2, folder: TOP };
  const folder = V1[controller].map((name) => `${TOP}/${name}`).find((folder) => has(folder, 'cgroup.procs'));
  return folder === undefined ? undefined : { version: 1, folder };
}

/** Groups of groups without a name of their own: those of systemd end in `.slice`, these are of kubelet's other driver, of Docker and of LXC. */
const INNER = new Set(['kubepods', 'kubelet', 'burstable', 'besteffort', 'docker', 'lxc']);

/** A slice within a slice within a slice is as deep as kubelet and systemd go. */
const MOST_DEPTH = 5;

/**
 * The groups of Pods first, then those of the node, at most `most`: each costs a read or two. Folders that cannot be listed, or
 * end meanwhile, are left out. In slices.
 */
export async function listControlGroups(root: string, { folder: top }: Hierarchy, most: number, slices: Slices): Promise<readonly ControlGroup[]> {
  const groups: ControlGroup[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    for (const name of foldersIn(root, folder)) {
      if (groups.length >= most) return;
      const path = `${folder}/${name}`;
      const pod = podOfCgroup(`/${name}`);
      const isInner = (name.endsWith('.slice') || INNER.has(name)) && depth < MOST_DEPTH;
      if (pod !== undefined) groups.push({ folder: path, pod: pod.uid, name });
      else if (isInner) await visit(path, depth + 1);
      else groups.push({ folder: path, name: shortName(name) });
      const pause = slices.pause();
      if (pause !== undefined) await pause;
    }
  };
  await visit(top, 0);
  return groups;
}

/** Sorted, so that of too many always the same are seen, and those with Pods in them first. */
export function foldersIn(root: string, folder: string): readonly string[] {
  try {
    const names = readdirSync(hostPath(root, folder), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
    return names.toSorted((a, b) => Number(b.includes('kube')) - Number(a.includes('kube')) || (a < b ? -1 : 1));
  } catch {
    return [];
  }
}

function shortName(name: string): string {
  return name.replace(/([0-9a-f]{12})[0-9a-f]{52}(?:\.scope)?$/, '$1');
}
