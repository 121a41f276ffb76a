import type { ConditionSpec } from '../../core/conditions.ts';
import { processSettings } from '../settings/processes.ts';

const MINUTE_MS = 60_000;

const { zombiesMaxPercent, zombiesPerParentMax } = processSettings;

/** Processes wait in the kernel for what does not come, or stay after their end because nobody asks for them. */
export const processesStuck: ConditionSpec = {
  type: 'ProcessesStuck',
  polarity: 'problem',
  reasons: [
    {
      reason: 'ProcessesUninterruptible',
      severity: 'warn',
      reads: '/proc/<pid>/{stat,status}',
      limit: 'in state D without having run at all, for six minutes',
      advice: 'See what it waits for with `cat /proc/<pid>/stack` and `dmesg | grep "blocked for more than"`; mend the disk, share or driver, else reboot: most such waits cannot be killed.',
      // As long as others wait (gpud); failover of NFS servers and multipath takes up to two minutes.
      raiseAfterMs: 5 * MINUTE_MS,
      clearAfterMs: MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'ZombieProcesses',
      severity: 'warn',
      reads: '/proc/<pid>/stat, /proc/sys/kernel/{threads-max,pid_max}',
      limit: `more than ${zombiesPerParentMax.initial} zombies of one parent, or in all more than ${zombiesMaxPercent.initial}% of the limit of PIDs, for half an hour`,
      advice: 'Restart the parent that is named, which does not reap its children; a container needs an init for that (`shareProcessNamespace`, tini).',
      raiseAfterMs: 30 * MINUTE_MS,
      clearAfterMs: MINUTE_MS,
      // pid_max since Linux 6.14, which belongs to the reader's PID namespace; all else is visible on rung a.
      privilege: 'b',
    },
  ],
  healthy: { reason: 'NoProcessIsStuck', message: 'no process is stuck in the kernel, and zombies are few' },
  unknownReason: 'ProcessStatesUnknown',
  notApplicableReason: 'ProcessesNotVisible',
};
