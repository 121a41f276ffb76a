import { type Verdict, problem } from '../../core/verdict.ts';
import type { HostSettings } from '../settings.ts';
import { type Course, type Courses, type Key, MOST_COURSES, isShort, sampleOf, secondsLeft, withSample } from './forecast.ts';
import { type Usage, describe, spaceLimitPercent } from './judge.ts';
import type { Filesystem } from './select.ts';

/** What has more of itself left is in no hurry, however fast it fills, and nothing is kept of it. As the alerts of node_exporter's mixin have it. */
const PLENTY_SHARE = 0.4;

export interface Asked {
  readonly filesystem: Filesystem;
  readonly usage: Usage;
}

export interface Filling {
  readonly verdicts: readonly Verdict[];
  readonly courses: Courses;
}

/**
 * Which file systems will be full soon at the pace of the last hour? Of one that could not be asked the course stays as it
 * was. Pure.
 *
 * @param uptimeSeconds of the host
 */
export function judgeFilling(asked: readonly Asked[], before: Courses, uptimeSeconds: number, settings: HostSettings): Filling {
  const verdicts: Verdict[] = [];
  const courses = new Map(before);
  for (const { filesystem, usage } of asked) {
    const { mountPoint } = filesystem;
    const course = courseOf(filesystem, usage, before.get(mountPoint), uptimeSeconds, settings);
    courses.delete(mountPoint);
    if (course === undefined) continue;
    // Told is by the order in which they are asked, the gravest first; so is what is kept.
    courses.set(mountPoint, course);
    verdicts.push(...verdictsOf(filesystem, course, settings));
  }
  return { verdicts, courses: new Map([...courses].slice(-MOST_COURSES)) };
}

function courseOf({ role }: Filesystem, usage: Usage, before: Course | undefined, uptimeSeconds: number, settings: HostSettings): Course | undefined {
  const { totalBytes, availableBytes, inodes, inodesFree } = usage;
  const isSpaceLow = availableBytes < totalBytes * PLENTY_SHARE;
  const areInodesLow = inodes > 0 && inodesFree < inodes * PLENTY_SHARE;
  if (settings.diskFillsWithin === 0 || (!isSpaceLow && !areInodesLow)) return undefined;
  const now = sampleOf(usage, uptimeSeconds);
  const samples = withSample(before?.samples ?? [], now);
  const short = (isLow: boolean, key: Key, line: number, wasShort: boolean): boolean =>
    isLow && isShort(secondsLeft(samples, now, key, line), settings.diskFillsWithin / 1_000, wasShort);
  const line = (totalBytes * linePercent(role, settings)) / 100;
  return {
    samples,
    isSpaceShort: short(isSpaceLow, 'availableBytes', line, before?.isSpaceShort ?? false),
    areInodesShort: short(areInodesLow, 'inodesFree', 0, before?.areInodesShort ?? false),
  };
}

/** kubelet evicts a little below its line. Where images lie it removes unused ones first, so what fills that disk by itself is freed again. */
function linePercent(role: Filesystem['role'], settings: HostSettings): number {
  return role === 'kubelet' ? spaceLimitPercent(role, settings) : 0;
}

function verdictsOf(filesystem: Filesystem, { isSpaceShort, areInodesShort }: Course, settings: HostSettings): readonly Verdict[] {
  const { mountPoint, role } = filesystem;
  const what = [...(isSpaceShort ? ['space'] : []), ...(areInodesShort ? ['inodes'] : [])].join(' and ');
  if (what === '') return [];
  const line = linePercent(role, settings);
  const end = isSpaceShort && line > 0 ? `below ${line}%` : 'used up';
  const hours = settings.diskFillsWithin / 3_600_000;
  return [problem('DiskFillingUp', mountPoint, `${mountPoint}: ${what} ${end} within ${hours} hours at the pace of the last hour (${describe(filesystem)})`)];
}
