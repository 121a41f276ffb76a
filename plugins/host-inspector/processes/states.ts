import { messageOf } from '../../core/errors.ts';
import { listPids } from '../../linux/processes.ts';
import { type PidTask, parseContextSwitches, parsePidTask } from '../../linux/proc/pid-task.ts';
import { type Outcome, readText, shortTextReader } from '../../linux/read.ts';
import type { Slices } from '../../linux/slices.ts';

/** A process in state D. */
export interface Blocked {
  readonly pid: string;
  readonly comm: string;
  readonly startTicks: number;
  /** As long as this stays, it has not run. */
  readonly switches: number;
}

export interface Zombies {
  readonly count: number;
  /** Those that have most, the largest first. */
  readonly parents: readonly { readonly comm: string; readonly count: number }[];
}

/** What a walk over all processes saw. */
export interface ProcessStates {
  readonly processes: number;
  readonly blocked: readonly Blocked[];
  readonly zombies: Zombies;
  /** Why some could not be told about. */
  readonly failures: readonly string[];
  readonly isPartlyHidden: boolean;
}

/** A node with more has a cause that the first ones tell as well. */
export const MOST_BLOCKED = 256;
export const MOST_PARENTS = 16;

const MAX_BYTES = 16 * 1024;

/** One file of each process, about 15 µs of CPU, and one more of each that is blocked. */
export async function walkProcesses(root: string, slices: Slices): Promise<ProcessStates> {
  const blocked: Blocked[] = [];
  const childrenOf = new Map<number, number>();
  const failures: string[] = [];
  let [processes, isPartlyHidden] = [0, false];
  const text = shortTextReader(root);
  for (const pid of await listPids(root, slices)) {
    const pause = slices.pause();
    if (pause !== undefined) await pause;
    const read = taskOf(text, pid);
    if (read.kind !== 'absent') processes += 1;
    if (read.kind === 'failed') failures.push(read.message);
    isPartlyHidden ||= read.kind === 'denied';
    if (read.kind !== 'ok') continue;
    const { value: task } = read;
    if (isZombie(task)) childrenOf.set(task.parentPid, (childrenOf.get(task.parentPid) ?? 0) + 1);
    if (!isBlocked(task) || blocked.length === MOST_BLOCKED) continue;
    const found = readBlocked(root, pid, task);
    if (found.kind === 'ok') blocked.push(found.value);
    if (found.kind === 'failed') failures.push(found.message);
  }
  return { processes, blocked, zombies: zombiesOf(root, childrenOf), failures, isPartlyHidden };
}

/** Those of them that are still blocked; nobody else is looked at. */
export function stillBlocked(root: string, before: readonly Pick<Blocked, 'pid' | 'startTicks'>[]): Pick<ProcessStates, 'blocked' | 'failures'> {
  const blocked: Blocked[] = [];
  const failures: string[] = [];
  for (const { pid, startTicks } of before) {
    const task = readTask(root, pid);
    if (task.kind === 'failed') failures.push(task.message);
    if (task.kind !== 'ok' || task.value.startTicks !== startTicks || !isBlocked(task.value)) continue;
    const found = readBlocked(root, pid, task.value);
    if (found.kind === 'ok') blocked.push(found.value);
    if (found.kind === 'failed') failures.push(found.message);
  }
  return { blocked, failures };
}

export function readTask(root: string, pid: string): Outcome<PidTask> {
  return taskOf(shortTextReader(root), pid);
}

function taskOf(read: ReturnType<typeof shortTextReader>, pid: string): Outcome<PidTask> {
  return parsed(read(`proc/${pid}/stat`), (text) => parsePidTask(text, `/proc/${pid}/stat`));
}

function readBlocked(root: string, pid: string, { comm, startTicks }: PidTask): Outcome<Blocked> {
  const text = readText(root, `proc/${pid}/status`, { maxBytes: MAX_BYTES });
  return parsed(text, (status) => ({ pid, comm, startTicks, switches: parseContextSwitches(status, `/proc/${pid}/status`) }));
}

function parsed<T>(text: Outcome<string>, parse: (text: string) => T): Outcome<T> {
  if (text.kind !== 'ok') return text;
  try {
    return { kind: 'ok', value: parse(text.value) };
  } catch (cause) {
    return { kind: 'failed', message: messageOf(cause), cause };
  }
}

/**
 * Threads of the kernel wait in state D for work (before Linux 4.14 all of them, drivers' own still), and what the freezer
 * stopped waits to be thawed.
 */
function isBlocked({ state, isParked }: PidTask): boolean {
  return state === 'D' && !isParked;
}

/** One whose first thread has ended, while others go on, looks the same but for their number. */
function isZombie({ state, threads }: PidTask): boolean {
  return state === 'Z' && threads <= 1;
}

function zombiesOf(root: string, childrenOf: ReadonlyMap<number, number>): Zombies {
  const largest = [...childrenOf].toSorted((a, b) => b[1] - a[1]).slice(0, MOST_PARENTS);
  return {
    count: [...childrenOf.values()].reduce((sum, count) => sum + count, 0),
    parents: largest.flatMap(([pid, count]) => {
      const parent = readTask(root, String(pid));
      // One that has ended meanwhile leaves its zombies to its own parent, who reaps them.
      return parent.kind === 'ok' ? [{ comm: parent.value.comm, count }] : [];
    }),
  };
}
