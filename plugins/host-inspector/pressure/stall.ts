import type { Look, Reading } from '../../core/check.ts';
import { type Pressure, type PressureResource, readPressure } from '../../linux/proc/pressure.ts';
import { readGroupPressure } from '../../linux/sys/group-pressure.ts';
import type { Outcome } from '../../linux/read.ts';

/** Whose waiting was read, and where. */
export interface Stall {
  /** `services`: the tasks of one of the groups of services; `node`: all tasks, Pods included. */
  readonly scope: 'services' | 'node';
  /** The group, where it is not the one that every systemd has. */
  readonly group?: 'runtime.slice';
  readonly file: string;
  readonly pressure: Outcome<Pressure>;
}

/**
 * Where systemd runs the services of the node, kubelet and the container runtime among them (systemd.special(7)), and where
 * the images of Amazon EKS and Bottlerocket run these two apart from the others.
 */
const GROUPS = ['system.slice', 'runtime.slice'] as const;

/**
 * How long the node's own services waited, since that is what makes a node sick: Pods that wait for a disk or a CPU may do
 * just what they were made for, and those held back by their own limit raise the line of the whole node. All tasks stand in
 * where the services cannot be told from the rest: without cgroup v2 or systemd, or from within a cgroup namespace.
 * One or more.
 */
export function readStalls(root: string, resource: PressureResource): readonly Stall[] {
  const services = GROUPS.map((group): Stall => {
    return { scope: 'services', ...(group === 'runtime.slice' ? { group } : {}), ...readGroupPressure(root, group, resource) };
  }).filter(({ pressure }) => pressure.kind !== 'absent');
  if (services.length > 0) return services;
  return [{ scope: 'node', file: `/proc/pressure/${resource}`, pressure: readPressure(root, resource) }];
}

/** What a finding is about, and readings with it: each group waits for itself. Pure. */
export function nameOf(what: string, { group }: Pick<Stall, 'group'>): { readonly subject: string; readonly ofGroup: Pick<Reading, 'subject'> } {
  return group === undefined ? { subject: what, ofGroup: {} } : { subject: `${what} (${group})`, ofGroup: { subject: group } };
}

/** One look of several. Pure. */
export function together(looks: readonly Look[]): Look {
  return { verdicts: looks.flatMap(({ verdicts }) => verdicts), readings: looks.flatMap(({ readings = [] }) => readings) };
}
