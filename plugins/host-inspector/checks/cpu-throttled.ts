import type { Check, Look, Reading } from '../../core/check.ts';
import { type Verdict, healthy, notApplicable, problem, unknown, unknownOf } from '../../core/verdict.ts';
import { parseUptimeMs } from '../../linux/proc/uptime.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { readCpuThrottle } from '../../linux/sys/cpu-throttle.ts';
import { readPackageTemperature } from '../../linux/sys/package-temperature.ts';
import type { HostSettings } from '../settings.ts';
import { type PackageGrowth, type Since, growthSince, memoOf, sinceOf } from '../throttle/growth.ts';

const SOURCE = '/sys/devices/system/cpu/cpu*/thermal_throttle';
const MINUTE_MS = 60_000;

/**
 * Does heat slow the CPUs down? The share of the time since the last look in which a package, or one of its cores, was
 * throttled; short excursions are how a processor under load regulates itself. The host's own uptime is the clock.
 */
export const cpuThrottled: Check<HostSettings> = {
  name: 'cpu-throttled',
  condition: 'CPUPressureHigh',
  periodMs: MINUTE_MS,
  timeoutMs: 10_000,
  async look({ root, settings, memo, signal }) {
    const outcome = await readCpuThrottle(root, signal);
    if (outcome.kind !== 'ok') return { verdicts: [notApplicable(outcome.message)] };
    const uptimeMs = parseUptimeMs(valueOrThrow(readText(root, 'proc/uptime', { maxBytes: 4096 })));
    if (uptimeMs === 0) return { verdicts: [unknown('/proc/uptime: no time has passed since boot')] };
    const since = sinceOf(memo, uptimeMs);
    const growths = growthSince(since, outcome.value);
    const lasting = growths.filter((growth) => mayLast(growth, since) && isNearLimit(root, growth)).map(({ packageId }) => packageId);
    return {
      ...judge(growths, { intervalMs: uptimeMs - since.uptimeMs, lasting: new Set(lasting) }, settings),
      memo: memoOf(uptimeMs, outcome.value, lasting),
    };
  },
};

/**
 * The kernel adds the time of a throttling when it ends, so of one that lasts, as where a fan has stopped, there is only the
 * begin: a count that grew, or a package that was already in it and had no end since.
 */
function mayLast({ packageId, count, ms }: PackageGrowth, { lasting }: Since): boolean {
  return count > 0 || (lasting.has(packageId) && ms === 0);
}

/**
 * Hardware that slows itself down stays at its limit, where three degrees are the sensor's tolerance. A begin that the
 * kernel did not time, because it was short or far from the limit, leaves the package cooler than that.
 */
const NEAR_CELSIUS = 3;

function isNearLimit(root: string, { packageId }: PackageGrowth): boolean {
  const temperature = readPackageTemperature(root, packageId);
  return temperature !== undefined && temperature.celsius >= temperature.criticalCelsius - NEAR_CELSIUS;
}

interface Interval {
  /** Since what the growth is compared with. */
  readonly intervalMs: number;
  /** Packages that are throttled still. */
  readonly lasting: ReadonlySet<number>;
}

type Limits = Pick<HostSettings, 'cpuThrottledMaxPercent' | 'cpuThrottledMaxPerMinute'>;

/** Pure. One verdict per package that is not healthy. */
function judge(growths: readonly PackageGrowth[], { intervalMs, lasting }: Interval, limits: Limits): Look {
  const verdicts: Verdict[] = [];
  const readings: Reading[] = [
    { name: 'cpu_throttle_interval', value: intervalMs / 1_000, unit: 'seconds', source: '/proc/uptime' },
    { name: 'cpu_throttled_limit', value: limits.cpuThrottledMaxPercent, unit: 'percent', source: 'settings' },
  ];
  for (const growth of growths) {
    const subject = `CPU package ${growth.packageId}`;
    const throttledPercent = lasting.has(growth.packageId) && growth.ms === 0 ? 100 : shareOf(growth.ms, intervalMs);
    const perMinute = (growth.count * MINUTE_MS) / intervalMs;
    if (growth.wentBack) verdicts.push(unknownOf(subject, `${subject}: a counter went back (${SOURCE})`));
    else if (throttledPercent > limits.cpuThrottledMaxPercent) verdicts.push(throttled(subject, `for more than ${limits.cpuThrottledMaxPercent}% of the time`));
    else if (!growth.isTimed && perMinute > limits.cpuThrottledMaxPerMinute) verdicts.push(throttled(subject, `more than ${limits.cpuThrottledMaxPerMinute} times a minute`));
    if (growth.wentBack) continue;
    if (growth.isTimed || growth.count === 0) readings.push({ name: 'cpu_throttled', subject, value: rounded(throttledPercent), unit: 'percent', source: SOURCE });
    readings.push({ name: 'cpu_throttles_per_minute', subject, value: rounded(perMinute), unit: 'count', source: SOURCE });
  }
  return { verdicts: verdicts.length > 0 ? verdicts : [healthy], readings };
}

function throttled(subject: string, howMuch: string): Verdict {
  return problem('CPUThermalThrottled', subject, `${subject}: slowed down by heat ${howMuch} (${SOURCE})`);
}

/** At most 100: a time that ended may have begun before the interval. */
function shareOf(ms: number, intervalMs: number): number {
  return Math.min(100, (ms * 100) / intervalMs);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
