import { parsePidCgroup } from '../../linux/proc/pid-cgroup.ts';
import { readPodNames } from '../../linux/pod-names.ts';
import { podOfProcess } from '../../linux/pods.ts';
import { listPids, openFileCounter } from '../../linux/processes.ts';
import { readText } from '../../linux/read.ts';
import { createSlices } from '../../linux/slices.ts';
import { describeGroup } from './describe.ts';

/** A process, and how much it has. */
export interface Share {
  readonly pid: string;
  readonly amount: number;
}

/** So many, the largest, are looked at: what belongs together is most likely among them. */
const MOST_PROCESSES = 64;

const MOST_TOLD = 3;
const LEAST_SHARE = 0.1;
const NAMES_TIMEOUT_MS = 500;

/** Nobody with fewer fills the table of a node. */
const FEWEST_FILES = 256;

interface Owner {
  readonly pod?: string;
  readonly name: string;
}

interface Sum extends Owner {
  readonly amount: number;
  readonly names: readonly string[];
}

/** By Pod, and what is in none by its name: those that have most. */
export async function largestOwners(root: string, shares: readonly Share[], signal: AbortSignal): Promise<readonly string[]> {
  const sums = new Map<string, Sum>();
  for (const { pid, amount } of shares.toSorted((a, b) => b.amount - a.amount).slice(0, MOST_PROCESSES)) {
    const owner = ownerOf(root, pid);
    if (owner === undefined || amount <= 0) continue;
    const key = owner.pod ?? ` ${owner.name}`;
    const sum = sums.get(key) ?? { ...owner, amount: 0, names: [] };
    sums.set(key, { ...sum, amount: sum.amount + amount, names: [...new Set([...sum.names, owner.name])] });
  }
  const largest = [...sums.values()].toSorted((a, b) => b.amount - a.amount).slice(0, MOST_TOLD);
  const told = largest.filter(({ amount }) => amount >= (largest[0]?.amount ?? 0) * LEAST_SHARE);
  const podNames = told.some(({ pod }) => pod !== undefined) ? await readPodNames(root, { timeoutMs: NAMES_TIMEOUT_MS, signal }) : new Map<string, string>();
  return told.map((sum) => describeGroup(sum, podNames, sum.pod === undefined ? [] : sum.names));
}

/** Undefined where it has ended, or is hidden. */
function ownerOf(root: string, pid: string): Owner | undefined {
  const [comm, cgroup] = [readText(root, `proc/${pid}/comm`, { maxBytes: 4096 }), readText(root, `proc/${pid}/cgroup`)];
  if (comm.kind !== 'ok') return undefined;
  const name = comm.value.replace(/\n$/, '');
  try {
    const pod = cgroup.kind === 'ok' ? podOfProcess(parsePidCgroup(cgroup.value, `/proc/${pid}/cgroup`)) : undefined;
    return { name, ...(pod !== undefined && { pod: pod.uid }) };
  } catch {
    return { name };
  }
}

/** Who has most files open: one walk over all processes, about 10 µs of CPU for each, in slices. Where their number is closed to us it tells nobody. */
export async function mostOpenFiles(root: string, signal: AbortSignal): Promise<readonly string[]> {
  const count = openFileCounter(root);
  const slices = createSlices(signal);
  const shares: Share[] = [];
  for (const pid of await listPids(root, slices)) {
    const open = count(pid);
    if (open.kind === 'exact' && open.count >= FEWEST_FILES) shares.push({ pid, amount: open.count });
    const pause = slices.pause();
    if (pause !== undefined) await pause;
  }
  return await largestOwners(root, shares, signal);
}
