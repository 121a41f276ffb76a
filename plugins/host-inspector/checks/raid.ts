import type { Check, Look, LookEvent, Reading } from '../../core/check.ts';
import { isRecord } from '../../core/decode.ts';
import { messageOf } from '../../core/errors.ts';
import { type Verdict, healthy, problem, unknownOf } from '../../core/verdict.ts';
import { type MdArray, parseMdstat } from '../../linux/proc/mdstat.ts';
import { type ZfsPool, readZfsPools } from '../../linux/proc/zfs-pools.ts';
import { readIfThere } from '../../linux/read.ts';
import { type BtrfsFilesystem, readBtrfs } from '../../linux/sys/btrfs.ts';
import type { HostSettings } from '../settings.ts';

const SOURCE = '/proc/mdstat';
const REASON = 'RaidDegraded';

/** Of arrays and of disks that are kept between looks. */
const MOST_KEPT = 64;

/**
 * Does an array of md, a pool of ZFS or a btrfs of several disks run without one of them? It is read and written as before,
 * until the next one fails. A check or a resync is work, and no loss; where there is no such array there is none to lose.
 */
export const raid: Check<HostSettings> = {
  name: 'raid',
  condition: 'FilesystemUnhealthy',
  periodMs: 30_000,
  timeoutMs: 5_000,
  look({ root, memo, baseline }): Look {
    const md = attempt('md arrays', () => arraysOf(root), (arrays) => judgeArrays(arrays, namesIn(baseline, 'active'), namesIn(memo, 'failed')));
    const zfs = attempt('ZFS pools', () => readZfsPools(root), (pools) => ({ verdicts: pools.map(judgePool) }));
    const btrfs = attempt('btrfs devices', () => readBtrfs(root), (filesystems) => ({ verdicts: filesystems.map(judgeBtrfs) }));
    const verdicts = [md, zfs, btrfs].flatMap((look) => look.verdicts);
    return { ...md, verdicts: verdicts.length > 0 ? verdicts : [healthy] };
  },
};

/** One kind that cannot be read leaves the others alone. */
function attempt<T>(subject: string, read: () => T, judge: (found: T) => Look): Look {
  try {
    return judge(read());
  } catch (cause) {
    return { verdicts: [unknownOf(subject, messageOf(cause), cause)] };
  }
}

function arraysOf(root: string): readonly MdArray[] {
  const text = readIfThere(root, 'proc/mdstat');
  return text === undefined ? [] : parseMdstat(text);
}

/**
 * @param started arrays that were seen active before, over boots: any other inactive one may be somebody else's disk, or a spare
 * @param told failed disks of which there was an event in this boot
 *
 * Pure.
 */
export function judgeArrays(arrays: readonly MdArray[], started: ReadonlySet<string>, told: ReadonlySet<string>): Look {
  const failed = arrays.flatMap((array) => array.failed.map((disk) => ({ array, disk, key: `${array.name} ${disk}` })));
  const news = failed.filter(({ array, key }) => judgeArray(array, started).kind === 'healthy' && !told.has(key));
  const active = new Set([...arrays.filter(({ isActive }) => isActive).map(({ name }) => name), ...started]);
  return {
    verdicts: arrays.map((array) => judgeArray(array, started)),
    events: news.map(({ array, disk }): LookEvent => ({
      severity: 'warn', reason: 'RaidDiskFailed', message: `${disk} of ${array.name} has failed and is to be replaced; the array has all disks that it needs (${SOURCE})`,
    })),
    readings: arrays.flatMap(readingsOf),
    memo: { failed: failed.map(({ key }) => key).slice(0, MOST_KEPT) },
    baseline: { active: [...active].slice(0, MOST_KEPT) },
  };
}

function judgeArray({ name, level, isActive, isContainer, disks }: MdArray, started: ReadonlySet<string>): Verdict {
  const what = level === undefined ? name : `${name} (${level})`;
  if (!isActive) return !isContainer && started.has(name) ? problem(REASON, name, `${what}: does not run any more (${SOURCE})`) : healthy;
  if (disks === undefined || disks.working >= disks.wanted) return healthy;
  return problem(REASON, name, `${what}: only ${disks.working} of ${disks.wanted} disks work (${SOURCE})`);
}

function readingsOf({ name: subject, disks, action }: MdArray): readonly Reading[] {
  return [
    ...(disks === undefined ? [] : [
      { name: 'raid_disks_working', subject, value: disks.working, unit: 'count', source: SOURCE },
      { name: 'raid_disks_wanted', subject, value: disks.wanted, unit: 'count', source: SOURCE },
    ]),
    ...(action === undefined ? [] : [{ name: 'raid_action', subject, value: action, unit: '', source: SOURCE }]),
  ];
}

function judgePool({ name, state }: ZfsPool): Verdict {
  if (state === 'ONLINE') return healthy;
  return problem(REASON, `ZFS pool ${name}`, `ZFS pool ${name}: ${state} (/proc/spl/kstat/zfs/${name}/state)`);
}

function judgeBtrfs({ uuid, devices, deviceNames }: BtrfsFilesystem): Verdict {
  const missing = devices.filter(({ isMissing }) => isMissing).map(({ id }) => id);
  if (missing.length === 0) return healthy;
  const subject = `btrfs ${uuid}`;
  return problem(REASON, subject, `${subject} (on ${deviceNames.join(', ')}): device ${missing.join(', ')} is missing (/sys/fs/btrfs/${uuid}/devinfo)`);
}

/** Names that were kept; an empty set for anything else. */
function namesIn(kept: unknown, key: string): ReadonlySet<string> {
  const names = isRecord(kept) ? kept[key] : undefined;
  return new Set(Array.isArray(names) ? names.filter((name) => typeof name === 'string').slice(0, MOST_KEPT) : []);
}
