import type { PidStat } from '../../linux/proc/pid-stat.ts';

/** A child that was not done at its deadline. */
export interface Late {
  readonly timeoutMs: number;
  /** Undefined where /proc could not be read. */
  readonly atDeadline: PidStat | undefined;
  /** How long our control group had to wait for its CPU quota meanwhile; undefined without a quota. */
  readonly throttledMs: number | undefined;
}

/** Shares of the deadline. A look at eight GPUs takes well under a second of CPU, so a child with half of ten seconds spins. */
const SPINNING_SHARE = 0.5;
const HARDLY_ANY_SHARE = 0.1;
const THROTTLED_SHARE = 0.5;

/**
 * Was it late because it got no CPU, which says nothing of the driver? So it is if the quota of our control group was used up
 * for half of the time, or if it was runnable and had got hardly any CPU. Not if it slept in the kernel (D), or had plenty.
 */
export function isStarved({ timeoutMs, atDeadline, throttledMs = 0 }: Late): boolean {
  const { state = '?', cpuMs = 0 } = atDeadline ?? {};
  if (state === 'D' || cpuMs >= SPINNING_SHARE * timeoutMs) return false;
  return throttledMs >= THROTTLED_SHARE * timeoutMs || (state === 'R' && cpuMs < HARDLY_ANY_SHARE * timeoutMs);
}
