import { cutToBytes, oneLine } from '../../core/text.ts';
import type { ControlGroup } from '../../linux/sys/control-groups.ts';

/** Enough to tell a Pod from the one of the same name before it. */
const UID_DIGITS = 8;

const MOST_NAMES = 2;

/** A name may have 253 bytes; its end tells Pods of one Deployment apart, the UID as well. */
const NAME_BYTES = 72;

/** Keeps a Pod's namespaces open, and uses nothing. */
const NOT_TOLD = new Set(['pause']);

/**
 * `pod default/train-0 3f2a0c1e (python, pt_main_thread)`, or with the whole UID where its name is not known;
 * `kubelet.service (kubelet)`. Pure.
 *
 * @param processes names, the largest first
 */
export function describeGroup(group: Pick<ControlGroup, 'pod' | 'name'>, podNames: ReadonlyMap<string, string>, processes: readonly string[]): string {
  const shown = processes.filter((name) => !NOT_TOLD.has(name)).slice(0, MOST_NAMES).map(oneLine);
  const who = describeOwner(group, podNames);
  return shown.length === 0 ? who : `${who} (${shown.join(', ')})`;
}

/** As `describeGroup`, without processes. Pure. */
export function describeOwner({ pod, name }: Pick<ControlGroup, 'pod' | 'name'>, podNames: ReadonlyMap<string, string>): string {
  if (pod === undefined) return cutToBytes(oneLine(name), NAME_BYTES);
  const podName = podNames.get(pod);
  return podName === undefined ? `pod ${pod}` : `pod ${cutToBytes(podName, NAME_BYTES)} ${pod.slice(0, UID_DIGITS)}`;
}
