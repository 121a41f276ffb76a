import type { PidCgroups } from './proc/pid-cgroup.ts';

/** What a control group's path tells of whose it is. */
export interface PodPlace {
  /** With dashes, as the API server has it; of a static Pod the 32 digits that kubelet made of its manifest. */
  readonly uid: string;
  /** Of the container runtime: 64 digits. Absent for the Pod's own group and for what runs beside its containers. */
  readonly container?: string;
}

/** metadata.uid, in a slice's name with underscores (`escapeSystemdCgroupName` of kubelet's cm package), and of a static Pod an MD5 sum. */
const POD = /^(?:[^:]*-)?pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?(?::([^/]*))?$/;

/** `<id>`, `cri-containerd-<id>.scope`, `crio-<id>.scope`, `docker-<id>.scope`, `kata_<id>`, `cri-containerd:<id>`; conmon of CRI-O only watches one. */
const CONTAINER = /^(?!.*\bconmon)(?:.*[-_:])?([0-9a-f]{64})(?:\.scope)?$/;

/**
 * Whose control group is this? Pure. Undefined for the node's own.
 *
 *     /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod3f2a0c1e_….slice/cri-containerd-….scope
 *     /kubepods/besteffort/pod3f2a0c1e-…/…
 *     /kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod3f2a0c1e_….slice/crio-….scope/container
 *     /system.slice/containerd.service/kubepods-pod3f2a0c1e_….slice:cri-containerd:…
 *     /../../pod3f2a0c1e-…/…
 *
 * Only the Pod's own folder is looked for, since from within a cgroup namespace nothing of what lies above it is seen; and the
 * outermost, since a node in a container (kind, Docker in a Pod) has Pods of its own. What lies beside us in our Pod is
 * `/../<container>` from there, and has no Pod.
 *
 * @param path as in /proc/<pid>/cgroup or below /sys/fs/cgroup, of either version, of either of kubelet's drivers
 */
export function podOfCgroup(path: string): PodPlace | undefined {
  const folders = path.split('/');
  for (const [index, folder] of folders.entries()) {
    const [, uid, scope] = POD.exec(folder) ?? [];
    if (uid === undefined) continue;
    const [, container] = CONTAINER.exec(scope ?? folders[index + 1] ?? '') ?? [];
    return { uid: uid.replaceAll('_', '-'), ...(container !== undefined && { container }) };
  }
  return undefined;
}

/** As `podOfCgroup`, of a process: of cgroup v1 some hierarchies may tell nothing. Pure. */
export function podOfProcess(cgroups: PidCgroups): PodPlace | undefined {
  for (const path of cgroups.values()) {
    const place = podOfCgroup(path);
    if (place !== undefined) return place;
  }
  return undefined;
}
