import type { ConditionSpec, ReasonSpec } from '../../core/conditions.ts';
import { kernelLimitSettings } from '../settings/kernel-limits.ts';

const { threadsMaxPercent, fileHandlesMaxPercent, openFilesMaxPercent, conntrackMaxPercent, inotifyMaxPercent, neighboursMaxPercent } = kernelLimitSettings;

/** A burst may come near a limit and go; what stays there for 90 seconds is a leak, or a limit that is too small. */
const PATIENCE = { severity: 'warn', raiseAfterMs: 90_000, clearAfterMs: 300_000 } as const satisfies Partial<ReasonSpec>;

/** The node comes near a limit of its kernel, beyond which forks, opens, connections or packets fail. */
export const kernelLimitNear: ConditionSpec = {
  type: 'KernelLimitNear',
  polarity: 'problem',
  reasons: [
    {
      ...PATIENCE,
      reason: 'ThreadsNearLimit',
      reads: '/proc/loadavg, /proc/sys/kernel/{threads-max,pid_max}, pids.current and pids.max of kubepods',
      limit: `threads above ${threadsMaxPercent.initial}% of the smallest of threads-max, pid_max, and pids.max of all Pods`,
      advice: 'Find what forks with `ps -eo nlwp=,pid=,comm= | sort -n | tail`; raise the limit that is named if the node is meant to run so much.',
      // pid_max since Linux 6.14, which belongs to the reader's PID namespace; all else is visible on rung a.
      privilege: 'b',
    },
    {
      ...PATIENCE,
      reason: 'FileHandlesNearLimit',
      reads: '/proc/sys/fs/file-nr, /proc/<pid>/{fd,limits,cgroup}',
      limit: `open files above ${fileHandlesMaxPercent.initial}% of fs.file-max, or above ${openFilesMaxPercent.initial}% of the soft limit of one of the node's own services`,
      advice: 'Find the process with `lsof | cut -c1-20 | sort | uniq -c | sort -n | tail`; restart it, raise LimitNOFILE= of its unit or fs.file-max.',
      privilege: 'a',
    },
    {
      ...PATIENCE,
      reason: 'ConntrackNearLimit',
      reads: '/proc/1/net/stat/nf_conntrack, else nf_conntrack_count of /proc/sys/net/netfilter; nf_conntrack_max',
      limit: `tracked connections above ${conntrackMaxPercent.initial}% of nf_conntrack_max, or packets dropped for want of an entry`,
      advice: 'Find who connects with `conntrack -L | grep -o "src=[^ ]*" | sort | uniq -c | sort -n | tail`; raise net.netfilter.nf_conntrack_max.',
      // nf_conntrack_count is the reader's; with CONFIG_NF_CONNTRACK_PROCFS all is visible on rung a.
      privilege: 'c',
    },
    {
      ...PATIENCE,
      reason: 'InotifyNearLimit',
      reads: '/proc/<pid>/{fd,fdinfo,status}, /proc/sys/fs/inotify/{max_user_instances,max_user_watches}',
      limit: `inotify instances or watches of one user above ${inotifyMaxPercent.initial}% of the limit`,
      advice: 'Raise fs.inotify.max_user_instances or fs.inotify.max_user_watches with sysctl; `lsof | grep inotify` tells who holds them.',
      privilege: 'd',
    },
    {
      ...PATIENCE,
      reason: 'NeighbourTableNearLimit',
      reads: '/proc/1/net/stat/{arp_cache,ndisc_cache}, /proc/1/net/arp, gc_thresh3 of /proc/sys/net/{ipv4,ipv6}/neigh/default',
      limit: `neighbours above ${neighboursMaxPercent.initial}% of gc_thresh3 while the kernel makes room, or a table that overflows`,
      advice: 'Raise net.ipv4.neigh.default.gc_thresh3 (or ipv6) with sysctl, and gc_thresh2 with it; `ip -s neigh` tells who is in the table.',
      // gc_thresh3 is visible in the initial network namespace only; an overflow is told on rung a.
      privilege: 'c',
    },
  ],
  healthy: { reason: 'NodeIsBelowKernelLimits', message: 'the node is below the limits of its kernel' },
  unknownReason: 'KernelLimitUnknown',
  notApplicableReason: 'NoKernelLimitToJudge',
};
