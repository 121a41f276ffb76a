import type { Check, Look } from '../../core/check.ts';
import { healthy, notApplicable, problem } from '../../core/verdict.ts';
import { type Meminfo, parseMeminfo } from '../../linux/proc/meminfo.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { groupsWithMost } from '../attribution/ask.ts';
import type { HostSettings } from '../settings.ts';

const SOURCE = '/proc/meminfo';

/** Is memory left for new work? MemAvailable is the kernel's own estimate, for the whole host in any container. */
export const memoryAvailable: Check<HostSettings> = {
  name: 'memory-available',
  condition: 'MemoryPressureHigh',
  periodMs: 30_000,
  timeoutMs: 5_000,
  look: ({ root, settings }) => ({ ...judge(parseMeminfo(valueOrThrow(readText(root, 'proc/meminfo'))), settings), contributorsTo: groupsWithMost(root, 'memory') }),
};

/** Below half of the limit there is no time left to wait whether it comes back. */
const URGENT_SHARE = 0.5;

type Limits = Pick<HostSettings, 'memoryAvailableMinPercent' | 'memoryAvailableFloorBytes' | 'memoryAvailableEnoughBytes'>;

/** Pure. */
export function judge({ totalBytes, availableBytes }: Meminfo, limits: Limits): Look {
  if (availableBytes === undefined) {
    return { verdicts: [notApplicable('this kernel (before 3.14) has no MemAvailable in /proc/meminfo')] };
  }
  const limitBytes = limitOf(totalBytes, limits);
  const limitMi = Math.round(limitBytes / 2 ** 20);
  const message = `node memory: less than ${limitMi}Mi available (${SOURCE}, MemAvailable)`;
  const isUrgent = availableBytes < limitBytes * URGENT_SHARE;
  return {
    verdicts: [availableBytes < limitBytes ? { ...problem('MemoryLow', 'node memory', message), isUrgent } : healthy],
    readings: [
      { name: 'memory_available', value: availableBytes, unit: 'bytes', source: SOURCE },
      { name: 'memory_total', value: totalBytes, unit: 'bytes', source: SOURCE },
      { name: 'memory_available_limit', value: limitBytes, unit: 'bytes', source: 'settings' },
    ],
  };
}

/** A share of all memory, but on a large node no more than is enough, and on a small one above kubelet's eviction line. */
function limitOf(totalBytes: number, limits: Limits): number {
  const share = (totalBytes * limits.memoryAvailableMinPercent) / 100;
  return Math.max(limits.memoryAvailableFloorBytes, Math.min(share, limits.memoryAvailableEnoughBytes));
}
