import { isCount, isRecord } from '../../core/decode.ts';
import type { CpuThrottle } from '../../linux/sys/cpu-throttle.ts';

/** Of one CPU: how often and how many milliseconds its core, how often and how many its package was throttled. */
type Counters = readonly [number, number, number, number];

const NEVER: Counters = [0, 0, 0, 0];

/** What an earlier look saw, or the boot of the host, when all counters were 0. */
export interface Since {
  readonly uptimeMs: number;
  /** A CPU that is not here was never throttled by then. */
  readonly cpus: ReadonlyMap<number, Counters>;
  /** Packages that were throttled and too hot to be over it. */
  readonly lasting: ReadonlySet<number>;
}

export interface PackageGrowth {
  readonly packageId: number;
  /** Begins of throttling, and milliseconds of throttling that ended, where the most were seen: of the package, or of one of its cores. */
  readonly count: number;
  readonly ms: number;
  /** False for a kernel that does not time it, and where there was nothing to time since boot. */
  readonly isTimed: boolean;
  /** A counter is lower than before: what happened meanwhile nobody can tell. */
  readonly wentBack: boolean;
}

/**
 * What to compare with. Without an earlier look of this boot that is the boot itself, so that the first look tells
 * something too; likewise where time stands still, as in a recording.
 */
export function sinceOf(memo: unknown, uptimeMs: number): Since {
  const kept = decodeMemo(memo);
  return kept !== undefined && kept.uptimeMs < uptimeMs ? kept : { uptimeMs: 0, cpus: new Map(), lasting: new Set() };
}

/** Per package, in the order of their numbers. Pure. */
export function growthSince(since: Since, cpus: readonly CpuThrottle[]): readonly PackageGrowth[] {
  const packages = [...Map.groupBy(cpus, ({ packageId }) => packageId)].toSorted(([a], [b]) => a - b);
  return packages.map(([packageId, members]) => {
    const grown = members.map((cpu) => difference(countersOf(cpu), since.cpus.get(cpu.cpu) ?? NEVER));
    return {
      packageId,
      count: Math.max(...grown.flatMap(([core, , whole]) => [core, whole])),
      ms: Math.max(...grown.flatMap(([, core, , whole]) => [core, whole])),
      isTimed: members.some(({ core, package: whole }) => core.totalMs !== undefined || whole?.totalMs !== undefined),
      wentBack: grown.some((counters) => counters.some((counter) => counter < 0)),
    };
  });
}

/** For the next look; short, since most CPUs are never throttled. */
export function memoOf(uptimeMs: number, cpus: readonly CpuThrottle[], lasting: readonly number[]): unknown {
  const throttled = cpus.map((cpu) => [cpu.cpu, countersOf(cpu)] as const).filter(([, counters]) => counters.some((counter) => counter > 0));
  return { uptimeMs, cpus: Object.fromEntries(throttled), lasting };
}

function decodeMemo(memo: unknown): Since | undefined {
  if (!isRecord(memo) || !isRecord(memo['cpus']) || !isCount(memo['uptimeMs']) || !isCounts(memo['lasting'])) return undefined;
  const cpus = new Map<number, Counters>();
  for (const [name, counters] of Object.entries(memo['cpus'])) {
    if (!/^\d{1,5}$/.test(name) || !isCounters(counters)) return undefined;
    cpus.set(Number(name), counters);
  }
  return { uptimeMs: memo['uptimeMs'], cpus, lasting: new Set(memo['lasting']) };
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isCount);
}

function isCounters(value: unknown): value is Counters {
  return isCounts(value) && value.length === NEVER.length;
}

function countersOf({ core, package: whole }: CpuThrottle): Counters {
  return [core.count, core.totalMs ?? 0, whole?.count ?? 0, whole?.totalMs ?? 0];
}

function difference(now: Counters, before: Counters): Counters {
  return [now[0] - before[0], now[1] - before[1], now[2] - before[2], now[3] - before[3]];
}
