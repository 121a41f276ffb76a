import { isCount, isRecord } from '../../core/decode.ts';
import type { Usage } from './judge.ts';

/** What was free at a moment of the host's uptime. */
export interface Sample {
  readonly uptimeSeconds: number;
  readonly availableBytes: number;
  readonly inodesFree: number;
}

/** What is kept of one file system between looks, oldest sample first, and what was last said of it. */
export interface Course {
  readonly samples: readonly Sample[];
  readonly isSpaceShort: boolean;
  readonly areInodesShort: boolean;
}

/** By mount point. */
export type Courses = ReadonlyMap<string, Course>;

/** A pace that lasted less long may be an image that is unpacked, or a build. */
const WINDOW_SECONDS = 3_600;

/** Between any two samples it is at least this share of the whole: what filled the disk by one burst has stopped. */
const STEADY_SHARE = 0.25;

const SAMPLE_EVERY_SECONDS = 600;

/** Of a longer time between two samples the pace is not known: nobody looked, the machine slept, another disk was mounted there. */
const LONGEST_GAP_SECONDS = 2 * SAMPLE_EVERY_SECONDS;

/** A little more than an hour of them. */
const MOST_SAMPLES = 8;

/** A node has few disks that run full at once; of more nothing is kept, so that the state file stays small. */
export const MOST_COURSES = 16;

/** Once it was said it holds until there is this many times as long, so that a pace that wobbles says it once. */
const ENOUGH_AGAIN = 1.5;

export type Key = 'availableBytes' | 'inodesFree';

/**
 * How long until `key` falls to `line`, in seconds, at the pace of the last hour; undefined where it has not gone down all
 * the time, or nobody has looked for so long. Pure.
 */
export function secondsLeft(samples: readonly Sample[], now: Sample, key: Key, line: number): number | undefined {
  const first = samples.findLastIndex(({ uptimeSeconds }) => now.uptimeSeconds - uptimeSeconds >= WINDOW_SECONDS);
  const points = samples.slice(Math.max(0, first)).filter(({ uptimeSeconds }) => now.uptimeSeconds - uptimeSeconds >= SAMPLE_EVERY_SECONDS / 2);
  const [start] = points;
  if (first === -1 || start === undefined) return undefined;
  const pace = paceOf(start, now, key);
  const isSteady = points.every((point, index) => paceOf(point, points[index + 1] ?? now, key) >= pace * STEADY_SHARE);
  return pace > 0 && isSteady ? Math.max(0, now[key] - line) / pace : undefined;
}

/** Per second, positive where it goes down. */
function paceOf(from: Sample, to: Sample, key: Key): number {
  const seconds = to.uptimeSeconds - from.uptimeSeconds;
  return seconds > 0 ? (from[key] - to[key]) / seconds : 0;
}

/** Is it short, also if it was said so before? Pure. */
export function isShort(left: number | undefined, withinSeconds: number, wasShort: boolean): boolean {
  return left !== undefined && left < withinSeconds * (wasShort ? ENOUGH_AGAIN : 1);
}

/** The course with this look in it. It begins anew after a gap, and where the uptime runs backwards: that is another boot. Pure. */
export function withSample(samples: readonly Sample[], now: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && (last.uptimeSeconds > now.uptimeSeconds || now.uptimeSeconds - last.uptimeSeconds > LONGEST_GAP_SECONDS)) return [now];
  if (last !== undefined && now.uptimeSeconds - last.uptimeSeconds < SAMPLE_EVERY_SECONDS) return samples;
  return [...samples, now].slice(-MOST_SAMPLES);
}

export function sampleOf({ availableBytes, inodesFree }: Usage, uptimeSeconds: number): Sample {
  return { uptimeSeconds, availableBytes, inodesFree };
}

/** As JSON: each sample is a list of its three numbers. Pure. */
export function encodeCourses(courses: Courses): unknown {
  return Object.fromEntries([...courses].map(([mountPoint, { samples, isSpaceShort, areInodesShort }]) => [
    mountPoint,
    { samples: samples.map(({ uptimeSeconds, availableBytes, inodesFree }) => [uptimeSeconds, availableBytes, inodesFree]), isSpaceShort, areInodesShort },
  ]));
}

/** A memo as it was kept; what is not of that form is left out. Pure. */
export function decodeCourses(memo: unknown): Courses {
  if (!isRecord(memo)) return new Map();
  return new Map(Object.entries(memo).slice(0, MOST_COURSES).flatMap(([mountPoint, value]): readonly [string, Course][] => {
    if (!isRecord(value) || !Array.isArray(value['samples'])) return [];
    const samples = value['samples'].slice(-MOST_SAMPLES).map(decodeSample);
    if (!samples.every((sample) => sample !== undefined)) return [];
    return [[mountPoint, { samples, isSpaceShort: value['isSpaceShort'] === true, areInodesShort: value['areInodesShort'] === true }]];
  }));
}

function decodeSample(value: unknown): Sample | undefined {
  if (!Array.isArray(value) || value.length !== 3 || !value.every(isCount)) return undefined;
  const [uptimeSeconds = 0, availableBytes = 0, inodesFree = 0] = value;
  return { uptimeSeconds, availableBytes, inodesFree };
}
