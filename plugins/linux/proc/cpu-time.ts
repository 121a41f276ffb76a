import type { CpuTicks } from './stat.ts';

/** Shares of the time of all CPUs between two looks at /proc/stat; all percent. */
export interface CpuShares {
  /** Neither idle nor idle with I/O under way. */
  readonly busyPercent: number;
  readonly ioWaitPercent: number;
  readonly stealPercent: number;
}

/**
 * What the CPUs did between two looks. `guest` is part of `user` and not added again; time that the hypervisor took is part
 * of the whole. A counter that went back (iowait does, see proc_stat(5)) counts as 0. Undefined if no time has passed. Pure.
 */
export function cpuSharesBetween(before: CpuTicks, after: CpuTicks): CpuShares | undefined {
  const grown = (key: keyof CpuTicks): number => Math.max(0, after[key] - before[key]);
  const [idle, ioWait, steal] = [grown('idleTicks'), grown('iowaitTicks'), grown('stealTicks')];
  const busy = grown('userTicks') + grown('niceTicks') + grown('systemTicks') + grown('irqTicks') + grown('softirqTicks');
  const total = busy + idle + ioWait + steal;
  if (total === 0) return undefined;
  const percent = (ticks: number): number => Math.round((ticks / total) * 1_000) / 10;
  return { busyPercent: percent(busy), ioWaitPercent: percent(ioWait), stealPercent: percent(steal) };
}
