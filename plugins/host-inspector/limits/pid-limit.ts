import { type NotApplicable, notApplicable } from '../../core/verdict.ts';
import { isAtLeast, parseOsrelease } from '../../linux/proc/osrelease.ts';
import { parsePidStatus } from '../../linux/proc/pid-status.ts';
import { parseNumberFile } from '../../linux/proc/sysctl.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import type { Count } from './near.ts';

/** Limits of the threads of a node, with what cannot be seen of them. */
export interface PidLimits {
  readonly limits: readonly Pick<Count, 'limit' | 'limitName'>[];
  readonly hidden: readonly NotApplicable[];
}

/** Throws for a file that cannot be read or understood. */
export function readPidLimits(root: string): PidLimits {
  const pidMax = readPidMax(root);
  const threadsMax = { limitName: 'kernel.threads-max', limit: readNumber(root, 'proc/sys/kernel/threads-max') };
  if (typeof pidMax !== 'number') return { limits: [threadsMax], hidden: [pidMax] };
  return { limits: [threadsMax, { limitName: 'kernel.pid_max', limit: pidMax }], hidden: [] };
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

/** A file of /proc or of a cgroup that holds one number. Throws where it cannot be read or understood. */
export function readNumber(root: string, path: string): number {
  return parseNumberFile(valueOrThrow(readText(root, path)), `/${path}`);
}
