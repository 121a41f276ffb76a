import type { Check, Look, Reading } from '../../core/check.ts';
import { lookAtEach } from '../../core/parts.ts';
import type { Verdict } from '../../core/verdict.ts';
import { parseLoadavg } from '../../linux/proc/loadavg.ts';
import { parseNumberFile } from '../../linux/proc/sysctl.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { groupsWithMost } from '../attribution/ask.ts';
import { type Count, judgeCount } from '../limits/near.ts';
import { readNumber, readPidLimits } from '../limits/pid-limit.ts';
import type { HostSettings } from '../settings.ts';

const SUBJECT = 'threads of the node';
const POD_SUBJECT = 'threads of all Pods';

/** Where kubelet keeps all Pods: cgroup v2, then v1, with its systemd driver and with its cgroupfs one. */
const KUBEPODS = ['kubepods.slice', 'kubepods', 'pids/kubepods.slice', 'pids/kubepods'].map((folder) => `sys/fs/cgroup/${folder}`);

/**
 * Can the node still fork? Threads count, not processes, and the smallest limit binds: threads-max, which grows with
 * memory, pid_max, which is 32,768 on many nodes, and pids.max of all Pods, where kubelet reserves PIDs for the system.
 */
export const threads: Check<HostSettings> = {
  name: 'threads',
  condition: 'KernelLimitNear',
  periodMs: 30_000,
  timeoutMs: 5_000,
  look({ root, settings: { threadsMaxPercent } }) {
    const look = lookAtEach({ [SUBJECT]: () => lookAtNode(root, threadsMaxPercent), [POD_SUBJECT]: () => lookAtPods(root, threadsMaxPercent) });
    const [ofNode, ofPods] = [groupsWithMost(root, 'threads'), groupsWithMost(root, 'podThreads')];
    return { ...look, contributorsTo: (problem, signal) => (problem.subject === POD_SUBJECT ? ofPods : ofNode)(problem, signal) };
  },
};

function lookAtNode(root: string, percent: number): Look {
  const used = parseLoadavg(valueOrThrow(readText(root, 'proc/loadavg'))).threads;
  const { limits, hidden } = readPidLimits(root);
  return judgeNode(used, limits, hidden, percent);
}

/** Pure. */
export function judgeNode(used: number, limits: readonly Pick<Count, 'limit' | 'limitName'>[], hidden: readonly Verdict[], percent: number): Look {
  const [binding] = limits.toSorted((a, b) => a.limit - b.limit);
  if (binding === undefined) return { verdicts: hidden };
  const verdict = judgeCount('ThreadsNearLimit', { subject: SUBJECT, used, ...binding }, percent);
  return {
    verdicts: [verdict, ...hidden],
    readings: [
      { name: 'threads', value: used, unit: 'count', source: '/proc/loadavg' },
      ...limits.map(({ limit, limitName }): Reading => {
        return { name: 'threads_limit', subject: limitName, value: limit, unit: 'count', source: `/proc/sys/${limitName.replace('.', '/')}` };
      }),
    ],
  };
}

/** Where no kubelet runs, or where it sets no limit, Pods are bound by what binds the node. */
function lookAtPods(root: string, percent: number): Look {
  for (const folder of KUBEPODS) {
    const max = readText(root, `${folder}/pids.max`);
    if (max.kind === 'absent') continue;
    const text = valueOrThrow(max);
    if (text === 'max\n') break;
    const limit = parseNumberFile(text, `/${folder}/pids.max`);
    return judgePods(readNumber(root, `${folder}/pids.current`), limit, folder, percent);
  }
  return { verdicts: [] };
}

/** Pure. */
export function judgePods(used: number, limit: number, folder: string, percent: number): Look {
  return {
    verdicts: [judgeCount('ThreadsNearLimit', { subject: POD_SUBJECT, used, limit, limitName: 'pids.max of kubepods' }, percent)],
    readings: [
      { name: 'pod_threads', value: used, unit: 'count', source: `/${folder}/pids.current` },
      { name: 'pod_threads_limit', value: limit, unit: 'count', source: `/${folder}/pids.max` },
    ],
  };
}
