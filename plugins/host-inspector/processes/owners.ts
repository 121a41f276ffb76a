import { readDiskFile } from '../../linux/disk-file.ts';
import type { RunChild } from '../../linux/child.ts';
import { readPodNames } from '../../linux/pod-names.ts';
import { podOfProcess } from '../../linux/pods.ts';
import { parsePidCgroup } from '../../linux/proc/pid-cgroup.ts';
import { describeGroup } from '../attribution/describe.ts';
import type { Blocked } from './states.ts';

const MOST_ASKED = 8;
const LIMITS = { timeoutMs: 500 } as const;

/**
 * Whose blocked processes these are: `pod default/train-0 3f2a0c1e (python)`. The file that tells is read by a child: before
 * Linux 6.8 it takes the lock of all control groups (cgroup_mutex), for which these processes may wait themselves.
 */
export async function ownersOfBlocked(root: string, blocked: readonly Blocked[], run: RunChild, signal: AbortSignal): Promise<readonly string[]> {
  const pods = new Map<string, string>();
  for (const { pid, comm } of blocked.slice(0, MOST_ASKED)) {
    const text = await readDiskFile(root, `proc/${pid}/cgroup`, { ...LIMITS, run, signal });
    if (text.kind === 'failed') break;
    const place = text.kind === 'ok' ? podOfProcess(parsePidCgroup(text.value, `/proc/${pid}/cgroup`)) : undefined;
    if (place !== undefined) pods.set(place.uid, comm);
  }
  if (pods.size === 0) return [];
  const names = await readPodNames(root, { ...LIMITS, run, signal });
  return [...pods].map(([pod, comm]) => describeGroup({ pod, name: comm }, names, [comm]));
}
