import { parsePidStatus } from '../../linux/proc/pid-status.ts';
import { readText } from '../../linux/read.ts';

/**
 * Are the PIDs that the kernel tells us those of the host's /proc? The file cgroup.procs holds them in the numbers of the
 * reader's PID namespace: elsewhere that would be another process. False before Linux 4.1, where nobody can tell.
 */
export function seesHostPids(root: string): boolean {
  const status = readText(root, 'proc/self/status');
  if (status.kind !== 'ok') return false;
  try {
    return parsePidStatus(status.value, '/proc/self/status').pids?.length === 1;
  } catch {
    return false;
  }
}
