import { type Pressure, type PressureResource, readPressure } from '../../linux/proc/pressure.ts';
import { readGroupPressure } from '../../linux/sys/group-pressure.ts';
import type { Outcome } from '../../linux/read.ts';

/** Whose waiting was read, and where. */
export interface Stall {
  /** `services`: the tasks of system.slice; `node`: all tasks, Pods included. */
  readonly scope: 'services' | 'node';
  readonly file: string;
  readonly pressure: Outcome<Pressure>;
}

/** Where systemd runs the services of the node, kubelet and the container runtime among them: systemd.special(7). */
const SERVICES = 'system.slice';

/**
 * How long the node's own services waited, since that is what makes a node sick: Pods that wait for a disk or a CPU may do
 * just what they were made for, and those held back by their own limit raise the line of the whole node. All tasks stand in
 * where the services cannot be told from the rest: without cgroup v2 or systemd, or from within a cgroup namespace.
 */
export function readStall(root: string, resource: PressureResource): Stall {
  const { file, pressure } = readGroupPressure(root, SERVICES, resource);
  if (pressure.kind !== 'absent') return { scope: 'services', file, pressure };
  return { scope: 'node', file: `/proc/pressure/${resource}`, pressure: readPressure(root, resource) };
}
