import { isInPod } from '../../linux/node-services.ts';
import type { PidCgroups } from '../../linux/proc/pid-cgroup.ts';

/** Is it one of the node's own processes: neither a Pod's nor one of somebody who is logged in? `first` is PID 1's. Pure. */
export function isOfNode(cgroups: PidCgroups, first: PidCgroups): boolean {
  return !isInPod(cgroups, first) && ![...cgroups.values()].some((path) => path.includes('/user.slice'));
}
