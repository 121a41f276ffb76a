import { parsePidCgroup } from '../proc/pid-cgroup.ts';
import { readText } from '../read.ts';

/** What the control group in which we run tells of itself. Undefined where it does not, or sets no limit. Nothing here throws. */
export interface OwnGroup {
  /** How long its tasks had to wait because its CPU quota was used up, since it was made; of several CPUs the sum. */
  readonly throttledMs: () => number | undefined;
  /** What may still be taken of its memory limit; file pages that nobody needs count as free. */
  readonly freeMemoryBytes: () => number | undefined;
}

/** @param root where /proc and /sys of this very container lie: `/` */
export function ownGroup(root = '/'): OwnGroup {
  return {
    throttledMs: () => throttledMsOf(fileOf(root, 'cpu', 'cpu.stat')),
    freeMemoryBytes: () => freeBytesOf((name) => fileOf(root, 'memory', name)),
  };
}

/**
 * `throttled_usec` of cgroup v2 or `throttled_time` (in ns) of v1, of cpu.stat; see the kernel's cgroup-v2.rst and sched-bwc.rst.
 * Undefined where neither stands there: no quota, the root group, garbage.
 */
export function throttledMsOf(cpuStat: string | undefined): number | undefined {
  const us = numberIn(cpuStat, 'throttled_usec');
  const ns = numberIn(cpuStat, 'throttled_time');
  if (us !== undefined) return us / 1_000;
  return ns === undefined ? undefined : ns / 1e6;
}

/** More than any machine has: how v1 writes that there is no limit (2^63 rounded down to a page). */
const NO_LIMIT_BYTES = 2 ** 60;

function freeBytesOf(read: (name: string) => string | undefined): number | undefined {
  const limit = wholeNumber(read('memory.max') ?? read('memory.limit_in_bytes'));
  const used = wholeNumber(read('memory.current') ?? read('memory.usage_in_bytes'));
  if (limit === undefined || used === undefined || limit > NO_LIMIT_BYTES) return undefined;
  const stat = read('memory.stat');
  const idle = numberIn(stat, 'total_inactive_file') ?? numberIn(stat, 'inactive_file') ?? 0;
  return Math.max(0, limit - used + idle);
}

/**
 * A file of our group under a controller. The path in /proc/self/cgroup is right on the host and with a cgroup namespace; in a
 * container without one it is the host's, and our group is mounted where the root of the hierarchy would be.
 */
function fileOf(root: string, controller: string, name: string): string | undefined {
  for (const folder of foldersOf(root, controller)) {
    const outcome = readText(root, `sys/fs/cgroup${folder}/${name}`, { maxBytes: 65_536 });
    if (outcome.kind === 'ok') return outcome.value;
  }
  return undefined;
}

function foldersOf(root: string, controller: string): readonly string[] {
  const outcome = readText(root, 'proc/self/cgroup', { maxBytes: 65_536 });
  if (outcome.kind !== 'ok') return [''];
  let groups;
  try {
    groups = parsePidCgroup(outcome.value, '/proc/self/cgroup');
  } catch {
    return [''];
  }
  const [names, path] = [...groups].find(([controllers]) => controllers.split(',').includes(controller)) ?? [];
  if (names !== undefined && path !== undefined) return [`/${names}${path}`, `/${controller}${path}`, `/${names}`, `/${controller}`];
  const unified = groups.get('');
  return unified === undefined ? [] : [unified, ''];
}

/** The number behind a name that begins a line. */
function numberIn(text: string | undefined, name: string): number | undefined {
  const line = text?.split('\n').find((each) => each.startsWith(`${name} `));
  return wholeNumber(line?.slice(name.length + 1));
}

/** Undefined for `max`, too. Not exact beyond 2^53, which no comparison here needs. */
function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,20}\n?$/.test(text) ? Number(text) : undefined;
}
