import { readText } from '../../linux/read.ts';
import type { Slices } from '../../linux/slices.ts';
import { type ControlGroup, type Hierarchy, findHierarchy, foldersIn, listControlGroups } from '../../linux/sys/control-groups.ts';
import { parseMemoryEvents } from '../../linux/sys/memory-events.ts';
import type { Counting } from './tally.ts';

/** More than a node has Pods and services. */
const MOST_GROUPS = 500;

/** Containers of a Pod that are looked at in cgroup v1, where a group counts for itself alone. */
const MOST_CONTAINERS = 16;

/** What the groups of Pods and of the node count, in slices. Groups of which that is not told or not to be understood are left out, and all where no hierarchy is visible. */
export async function countInGroups(root: string, slices: Slices): Promise<readonly Counting[]> {
  const hierarchy = findHierarchy(root, 'memory');
  if (hierarchy === undefined) return [];
  const counting: Counting[] = [];
  for (const group of await listControlGroups(root, hierarchy, MOST_GROUPS, slices)) {
    const counted = countIn(root, hierarchy, group);
    if (counted !== undefined) counting.push(counted);
    const pause = slices.pause();
    if (pause !== undefined) await pause;
  }
  return counting;
}

function countIn(root: string, { version }: Hierarchy, group: ControlGroup): Counting | undefined {
  try {
    if (version === 2) return read(root, group, group.folder, 'memory.events');
    const parts = ['', ...foldersIn(root, group.folder).slice(0, MOST_CONTAINERS).map((name) => `/${name}`)].flatMap((name) => read(root, group, `${group.folder}${name}`, 'memory.oom_control') ?? []);
    return parts.length === 0 ? undefined : { group, limitReached: undefined, killed: parts.reduce((sum, { killed }) => sum + killed, 0) };
  } catch {
    return undefined;
  }
}

function read(root: string, group: ControlGroup, folder: string, name: string): Counting | undefined {
  const text = readText(root, `${folder}/${name}`, { maxBytes: 4096 });
  if (text.kind !== 'ok') return undefined;
  const { killed, limitReached } = parseMemoryEvents(text.value, `/${folder}/${name}`);
  return killed === undefined ? undefined : { group, limitReached, killed };
}
