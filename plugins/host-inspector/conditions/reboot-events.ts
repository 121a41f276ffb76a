import type { EventSpec } from '../../core/conditions.ts';

/** Events about the kernel that runs, and the one that should. */
export const rebootEvents: readonly EventSpec[] = [
  {
    reason: 'KernelTainted',
    severity: 'warn',
    reads: '/proc/sys/kernel/tainted',
    meaning: 'the kernel says of itself that something happened to it (an oops, a machine check, a lockup, a forced module); info where it is only unusual. Modules of others, such as NVIDIA\'s, are not told',
  },
  {
    reason: 'NodeRebooted',
    severity: 'info',
    reads: '/proc/sys/kernel/random/boot_id, /proc/stat',
    meaning: 'the machine has booted since it was last looked at; with the time. Needs --state-dir',
  },
  {
    reason: 'RebootRequired',
    severity: 'info',
    reads: '/run/reboot-required, /run/reboot-required.pkgs, /lib/modules, /proc/sys/kernel/osrelease',
    meaning: 'an update waits for a reboot: the distribution says so, or a newer kernel of the same kind is installed than the one that runs',
  },
];
