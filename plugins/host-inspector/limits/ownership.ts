import type { PidCgroups } from '../../linux/proc/pid-cgroup.ts';

/**
 * Is it one of the node's own processes: neither a Pod's nor one of somebody who is logged in?
 *
 * Seen from a container with a cgroup namespace of its own, what lies outside begins with as many `..` as the container lies
 * deep, which PID 1's path tells; whatever has fewer shares a parent with us below the root, so it is in a Pod, since we are.
 * Pure.
 */
export function isOfNode(cgroups: PidCgroups, first: PidCgroups): boolean {
  return [...cgroups].every(([controllers, path]) => {
    const isOutside = upwards(path) >= upwards(first.get(controllers) ?? '/');
    return isOutside && !path.includes('kubepods') && !path.includes('/user.slice');
  });
}

/** How many `..` a path begins with. */
function upwards(path: string): number {
  return /^(?:\/\.\.)*/.exec(path)?.[0].split('/..').length ?? 1;
}
