import type { Check, Look, Reading } from '../../core/check.ts';
import { type NotApplicable, type Verdict, notApplicable } from '../../core/verdict.ts';
import { parseLoadavg } from '../../linux/proc/loadavg.ts';
import { isAtLeast, parseOsrelease } from '../../linux/proc/osrelease.ts';
import { parsePidStatus } from '../../linux/proc/pid-status.ts';
import { parseNumberFile } from '../../linux/proc/sysctl.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { groupsWithMost } from '../attribution/ask.ts';
import { type Count, judgeCount, lookAtEach } from '../limits/near.ts';
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
  const pidMax = readPidMax(root);
  const limits = [
    { limitName: 'kernel.threads-max', limit: readNumber(root, 'proc/sys/kernel/threads-max') },
    ...(typeof pidMax === 'number' ? [{ limitName: 'kernel.pid_max', limit: pidMax }] : []),
  ];
  return judgeNode(used, limits, typeof pidMax === 'number' ? [] : [pidMax], percent);
}

/**
 * Since Linux 6.14 each PID namespace has a pid_max of its own, and the reader's is read whatever /proc it is read through
 * (struct pid_namespace of linux/pid_namespace.h). The host's is the one that matters, since each thread has a PID there too.
 */
function readPidMax(root: string): number | NotApplicable {
  const version = parseOsrelease(valueOrThrow(readText(root, 'proc/sys/kernel/osrelease')));
  if (isAtLeast(version, 6, 14)) {
    const { pids } = parsePidStatus(valueOrThrow(readText(root, 'proc/self/status')), '/proc/self/status');
    if (pids?.length !== 1) return notApplicable('kernel.pid_max (needs hostPID since Linux 6.14)');
  }
  return readNumber(root, 'proc/sys/kernel/pid_max');
}

function readNumber(root: string, path: string): number {
  return parseNumberFile(valueOrThrow(readText(root, path)), `/${path}`);
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
