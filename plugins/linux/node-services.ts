import { listPids } from './processes.ts';
import { type PidCgroups, parsePidCgroup } from './proc/pid-cgroup.ts';
import { parsePidStat } from './proc/pid-stat.ts';
import { parsePidStatus } from './proc/pid-status.ts';
import { requireWholeText } from './proc/whole-text.ts';
import { readIfThere, readText, shortTextReader, valueOrThrow } from './read.ts';
import type { Slices } from './slices.ts';

/** A process of the node itself. */
export interface ServiceProcess {
  readonly pid: string;
  /** Up to 15 bytes. */
  readonly comm: string;
  /** In systemd's hierarchy, or else in the unified one, as the reader's cgroup namespace shows it: `/system.slice/kubelet.service`. */
  readonly cgroup: string;
  /** When it began, in ticks of 10 ms since the boot: with the PID it names one process, since PIDs come again. */
  readonly startTicks: number;
}

/** `TASK_COMM_LEN` of linux/sched.h, less the zero at the end. */
export const COMM_BYTES = 15;

/**
 * Which of these services run on the node: processes by exactly these names (of which the kernel keeps 15 bytes), neither of
 * a Pod nor in a container with PIDs of its own, nor ended and not yet reaped. One walk over all processes, one file of each:
 * about 30 µs of CPU per process, so not every 30 seconds.
 *
 * @param names of programs, in ASCII: `kubelet`, `systemd-timesyncd`; `containerd` is none of the `containerd-shim`s
 * @returns by name, in full as it was asked for; without an entry where none runs. Rejects where PID 1 is hidden (hidepid, no
 * /proc), and for what cannot be read: then nobody can tell that none runs
 */
export async function findServices(root: string, names: readonly string[], slices: Slices): Promise<ReadonlyMap<string, readonly ServiceProcess[]>> {
  const wanted = new Map(names.map((name) => [name.slice(0, COMM_BYTES), name]));
  const found = new Map<string, readonly ServiceProcess[]>();
  const first = parsePidCgroup(valueOrThrow(readText(root, 'proc/1/cgroup')), '/proc/1/cgroup');
  const read = shortTextReader(root);
  for (const pid of await listPids(root, slices)) {
    const file = read(`proc/${pid}/comm`);
    const name = file.kind === 'absent' ? undefined : wanted.get(commOf(valueOrThrow(file), pid));
    const service = name === undefined ? undefined : readService(root, pid, first);
    if (name !== undefined && service !== undefined) found.set(name, [...(found.get(name) ?? []), service]);
    const pause = slices.pause();
    if (pause !== undefined) await pause;
  }
  return found;
}

function commOf(text: string, pid: string): string {
  requireWholeText(text, `/proc/${pid}/comm`);
  return text.slice(0, -1);
}

/** Undefined where it is none of the node's, or has ended. `first` is what PID 1's cgroup file says. */
export function readService(root: string, pid: string, first: PidCgroups): ServiceProcess | undefined {
  const [cgroupText, statusText] = [readIfThere(root, `proc/${pid}/cgroup`), readIfThere(root, `proc/${pid}/status`)];
  const process = readLiving(root, pid);
  if (process === undefined || cgroupText === undefined || statusText === undefined) return undefined;
  const cgroups = parsePidCgroup(cgroupText, `/proc/${pid}/cgroup`);
  const { pids = [] } = parsePidStatus(statusText, `/proc/${pid}/status`);
  // With a PID of its own further in it lives in a container: of a Pod, or of a node that is itself a container here (kind).
  if (pids.length > 1 || isInPod(cgroups, first)) return undefined;
  return { pid, comm: process.comm, cgroup: cgroups.get('name=systemd') ?? cgroups.get('') ?? '/', startTicks: process.startTicks };
}

/** One process, by one file; undefined where it has ended, or was not yet reaped. Throws for what cannot be read. */
export function readLiving(root: string, pid: string): { readonly comm: string; readonly startTicks: number } | undefined {
  const text = readIfThere(root, `proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const { comm, state, startTicks } = parsePidStat(text, `/proc/${pid}/stat`);
  return state === 'Z' || state === 'X' ? undefined : { comm, startTicks };
}

/**
 * Does a process lie in a Pod?
 *
 * Seen from a container with a cgroup namespace of its own, what lies outside begins with as many `..` as the container lies
 * deep, which PID 1's path tells; whatever has fewer shares a parent with us below the root, so it is in a Pod, since we are.
 * Pure.
 *
 * @param first what PID 1's file says
 */
export function isInPod(cgroups: PidCgroups, first: PidCgroups): boolean {
  return [...cgroups].some(([controllers, path]) => path.includes('kubepods') || upwards(path) < upwards(first.get(controllers) ?? '/'));
}

/** How many `..` a path begins with. */
function upwards(path: string): number {
  return /^(?:\/\.\.)*/.exec(path)?.[0].split('/..').length ?? 1;
}
