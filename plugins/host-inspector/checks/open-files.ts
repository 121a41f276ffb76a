import type { Check, Look, Reading } from '../../core/check.ts';
import { messageOf } from '../../core/errors.ts';
import { cutToBytes, oneLine } from '../../core/text.ts';
import { type Verdict, healthy, notApplicable, problem, unknownOf } from '../../core/verdict.ts';
import { type OpenFiles, listPids, openFileCounter } from '../../linux/processes.ts';
import { type PidCgroups, parsePidCgroup } from '../../linux/proc/pid-cgroup.ts';
import { parsePidLimits } from '../../linux/proc/pid-limits.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { createSlices } from '../../linux/slices.ts';
import { isOfNode } from '../limits/ownership.ts';
import { isNear } from '../limits/near.ts';
import type { HostSettings } from '../settings.ts';

/**
 * Fewer are never judged. Whoever has so few open and is near his limit has set it himself, to have no further file opened
 * (sshd does so with a child that it trusts no more); the usual soft limit is 1,024.
 */
const FEWEST = 256;

const SUBJECT = 'open files of processes';

/** Is one of the node's own services about to run out of file descriptors? A Pod's process is the Pod's business. */
export const openFiles: Check<HostSettings> = {
  name: 'open-files',
  condition: 'KernelLimitNear',
  // A walk over all processes; and a leak takes hours.
  periodMs: 300_000,
  // Cut into slices, and the container may have little CPU.
  timeoutMs: 60_000,
  isSlow: true,
  async look({ root, settings: { openFilesMaxPercent }, signal }) {
    const count = openFileCounter(root);
    const hidden = whyHidden(count('1'));
    if (hidden !== undefined) return { verdicts: [hidden] };
    const first = parsePidCgroup(valueOrThrow(readText(root, 'proc/1/cgroup')), '/proc/1/cgroup');
    const slices = createSlices(signal);
    const holders: Holder[] = [];
    for (const pid of await listPids(root, slices)) {
      const holder = holderOf(root, pid, count(pid), first);
      if (holder !== undefined) holders.push(holder);
      const pause = slices.pause();
      if (pause !== undefined) await pause;
    }
    return judge(holders, openFilesMaxPercent);
  },
};

/** PID 1 stands for all others: with hidepid it is hidden as they are. */
function whyHidden(first: OpenFiles): Verdict | undefined {
  if (first.kind === 'gone') return notApplicable(`${SUBJECT} (no /proc/1/fd: hidepid, or no /proc)`);
  if (first.kind === 'denied') return notApplicable(`${SUBJECT} (hidepid: needs CAP_SYS_PTRACE)`);
  return first.kind === 'failed' ? unknownOf(SUBJECT, first.message) : undefined;
}

/** A process of the node with many open files, or one of which that could not be told. */
export type Holder =
  | { readonly kind: 'exact' | 'at-most'; readonly name: string; readonly count: number; readonly limit: number }
  | { readonly kind: 'denied' | 'failed'; readonly message: string };

function holderOf(root: string, pid: string, open: OpenFiles, first: PidCgroups): Holder | undefined {
  if (open.kind === 'gone') return undefined;
  if ('message' in open) return open;
  if (open.count < FEWEST) return undefined;
  try {
    return readHolder(root, pid, open, first);
  } catch (cause) {
    // Of one process: what is known of the others counts.
    return { kind: 'failed', message: messageOf(cause) };
  }
}

function readHolder(root: string, pid: string, { kind, count }: Extract<OpenFiles, { readonly count: number }>, first: PidCgroups): Holder | undefined {
  const [limits, cgroup, comm] = ['limits', 'cgroup', 'comm'].map((file) => readText(root, `proc/${pid}/${file}`));
  // Whatever has ended meanwhile has nothing open.
  if (limits === undefined || cgroup === undefined || comm === undefined || [limits, cgroup, comm].some(({ kind }) => kind === 'absent')) return undefined;
  for (const outcome of [limits, cgroup, comm]) if (outcome.kind === 'denied') return { kind: 'denied', message: outcome.message };
  if (!isOfNode(parsePidCgroup(valueOrThrow(cgroup), `/proc/${pid}/cgroup`), first)) return undefined;
  const { openFilesSoft: limit } = parsePidLimits(valueOrThrow(limits), `/proc/${pid}/limits`);
  return { kind, name: nameOf(valueOrThrow(comm)), count, limit };
}

/** A process chooses its name, of up to 15 bytes. */
function nameOf(comm: string): string {
  return cutToBytes(oneLine(comm.replace(/\n$/, '')), 32);
}

/** Pure. By name and not by PID, so that what is told of a service that starts anew every minute stays the same. */
export function judge(holders: readonly Holder[], percent: number): Look {
  const told = holders.flatMap((holder) => ('name' in holder ? [holder] : []));
  const near = told.filter(({ count, limit }) => isNear({ used: count, limit }, percent));
  const proven = near.filter(({ kind }) => kind === 'exact');
  const problems = [...Map.groupBy(proven, ({ name }) => name)].map(([name, same]): Verdict => {
    const subject = `open files of ${name}`;
    const limit = Math.min(...same.map((holder) => holder.limit));
    return problem('FileHandlesNearLimit', subject, `${subject}: more than ${percent}% of its soft limit (${limit})`);
  });
  const verdicts = [...problems, ...gapsOf(holders, near.length > proven.length)];
  return { verdicts: verdicts.length > 0 ? verdicts : [healthy], readings: readingsOf(told) };
}

function gapsOf(holders: readonly Holder[], isUnproven: boolean): readonly Verdict[] {
  const messages = (kind: Holder['kind']): readonly string[] => holders.flatMap((holder) => (!('name' in holder) && holder.kind === kind ? [holder.message] : [])).toSorted();
  const [failure] = messages('failed');
  return [
    ...(isUnproven ? [notApplicable(`${SUBJECT} with large tables (needs CAP_SYS_PTRACE before Linux 6.2)`)] : []),
    ...(messages('denied').length > 0 ? [notApplicable(`${SUBJECT} that are hidden (needs CAP_SYS_PTRACE)`)] : []),
    ...(failure === undefined ? [] : [unknownOf(SUBJECT, failure)]),
  ];
}

/** The largest holder of each name, and the largest of these, so that a leak can be seen to grow. */
const MOST_TOLD = 10;

function readingsOf(told: readonly { readonly name: string; readonly count: number; readonly limit: number }[]): readonly Reading[] {
  const byName = Map.groupBy(told.toSorted((a, b) => b.count - a.count), ({ name }) => name);
  const largest = [...byName.values()].flatMap(([first]) => first ?? []).slice(0, MOST_TOLD);
  return [
    { name: 'open_files_judged', value: told.length, unit: 'count', source: '/proc/<pid>/fd' },
    ...largest.flatMap(({ name: subject, count, limit }): readonly Reading[] => [
      { name: 'open_files', subject, value: count, unit: 'count', source: '/proc/<pid>/fd' },
      ...(limit === Infinity ? [] : [{ name: 'open_files_limit', subject, value: limit, unit: 'count', source: '/proc/<pid>/limits' }]),
    ]),
  ];
}
