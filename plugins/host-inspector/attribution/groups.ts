import { setTimeout as sleep } from 'node:timers/promises';
import { parsePidUsage } from '../../linux/proc/pid-usage.ts';
import { readPodNames } from '../../linux/pod-names.ts';
import { readText } from '../../linux/read.ts';
import { type Slices, createSlices } from '../../linux/slices.ts';
import { type ControlGroup, type Hierarchy, findHierarchy, foldersIn, listControlGroups } from '../../linux/sys/control-groups.ts';
import { describeGroup } from './describe.ts';
import { seesHostPids } from './host-pids.ts';
import { USES, type Use } from './use.ts';

/** More than a node has Pods and services; beyond it nobody is looked at. */
const MOST_GROUPS = 500;

/** So many are looked at more closely. */
const MOST_REFINED = 16;

const MOST_TOLD = 3;

/** Who has less than this share of what the first has does not matter. */
const LEAST_SHARE = 0.1;

/** Of what counts up, so much time is looked at. */
const SAMPLE_MS = 1_000;

/** Of one group, however many it has. */
const MOST_PROCESSES = 64;

const NAMES_TIMEOUT_MS = 500;

interface Measured {
  readonly group: ControlGroup;
  readonly value: number;
}

/**
 * The Pods and services of the node that use most, by their control groups: `pod default/train-0 3f2a0c1e (python)`. Nobody where
 * no hierarchy is visible. About 30 µs of CPU for each group, in slices.
 */
export async function largestGroups(root: string, what: keyof typeof USES, signal: AbortSignal, sampleMs = SAMPLE_MS): Promise<readonly string[]> {
  const use: Use = USES[what];
  const hierarchy = findHierarchy(root, use.controller);
  if (hierarchy === undefined) return [];
  const slices = createSlices(signal);
  const groups = (await listControlGroups(root, hierarchy, MOST_GROUPS, slices)).filter(({ pod }) => use.isOfPods !== true || pod !== undefined);
  const before = use.isCounter ? await measure(root, hierarchy, groups, use, slices) : [];
  if (before.length > 0) await sleep(sampleMs, undefined, { signal });
  const now = await measure(root, hierarchy, groups, use, slices);
  const largest = largestOf(refined(root, hierarchy, use.isCounter ? grownSince(before, now) : now, use));
  if (largest.length === 0) return [];
  const names = largest.some(({ group }) => group.pod !== undefined) ? await readPodNames(root, { timeoutMs: NAMES_TIMEOUT_MS, signal }) : new Map<string, string>();
  return largest.map(({ group }) => describeGroup(group, names, processesOf(root, group.folder, use)));
}

/** What cannot be read of one says nothing about the others. */
async function measure(root: string, hierarchy: Hierarchy, groups: readonly ControlGroup[], use: Use, slices: Slices): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for (const group of groups) {
    const value = unlessGarbage(() => use.read(root, hierarchy, group.folder));
    if (value !== undefined) measured.push({ group, value });
    const pause = slices.pause();
    if (pause !== undefined) await pause;
  }
  return measured;
}

function unlessGarbage<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Pure. */
function grownSince(before: readonly Measured[], now: readonly Measured[]): readonly Measured[] {
  const earlier = new Map(before.map(({ group, value }) => [group, value]));
  return now.map(({ group, value }) => ({ group, value: value - (earlier.get(group) ?? value) }));
}

function refined(root: string, hierarchy: Hierarchy, measured: readonly Measured[], { refine }: Use): readonly Measured[] {
  if (refine === undefined) return measured;
  const largest = measured.toSorted((a, b) => b.value - a.value).slice(0, MOST_REFINED);
  return largest.map(({ group, value }) => ({ group, value: unlessGarbage(() => refine(root, hierarchy, group.folder, value)) ?? value }));
}

/** Pure. */
function largestOf(measured: readonly Measured[]): readonly Measured[] {
  const sorted = measured.filter(({ value }) => value > 0).toSorted((a, b) => b.value - a.value).slice(0, MOST_TOLD);
  return sorted.filter(({ value }) => value >= (sorted[0]?.value ?? 0) * LEAST_SHARE);
}

/** Names of a group's processes, those first that use most; none where their PIDs are not the host's. */
function processesOf(root: string, folder: string, { ofProcess }: Use): readonly string[] {
  if (!seesHostPids(root)) return [];
  const byName = new Map<string, number>();
  for (const pid of pidsIn(root, folder, MOST_PROCESSES, 0)) {
    const text = readText(root, `proc/${pid}/stat`, { maxBytes: 4096 });
    const usage = text.kind === 'ok' ? unlessGarbage(() => parsePidUsage(text.value, `/proc/${pid}/stat`)) : undefined;
    if (usage !== undefined) byName.set(usage.comm, (byName.get(usage.comm) ?? 0) + ofProcess(usage));
  }
  return [...byName].toSorted((a, b) => b[1] - a[1]).map(([name]) => name);
}

/** A Pod's processes are in the groups of its containers, which may have made some of their own. */
const MOST_DEPTH = 3;

function pidsIn(root: string, folder: string, most: number, depth: number): readonly string[] {
  const own = readText(root, `${folder}/cgroup.procs`);
  const pids = own.kind === 'ok' ? own.value.split('\n').filter((pid) => /^[1-9]\d{0,9}$/.test(pid)).slice(0, most) : [];
  if (depth === MOST_DEPTH) return pids;
  for (const name of foldersIn(root, folder)) {
    if (pids.length >= most) break;
    pids.push(...pidsIn(root, `${folder}/${name}`, most - pids.length, depth + 1));
  }
  return pids;
}
