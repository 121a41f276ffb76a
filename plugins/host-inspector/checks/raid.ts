import { existsSync } from 'node:fs';
import type { Check, Look, LookEvent, Reading } from '../../core/check.ts';
import { isRecord } from '../../core/decode.ts';
import { lookAtPart } from '../../core/parts.ts';
import { type Verdict, healthy, notApplicable, problem } from '../../core/verdict.ts';
import { type DiskFileOptions, readDiskFile } from '../../linux/disk-file.ts';
import { withoutRepeats } from '../../linux/left-behind.ts';
import { type MdArray, parseMdstat } from '../../linux/proc/mdstat.ts';
import { type ZfsPool, readZfsPools } from '../../linux/proc/zfs-pools.ts';
import { type Outcome, hostPath, valueOrThrow } from '../../linux/read.ts';
import { type BtrfsFilesystem, readBtrfs } from '../../linux/sys/btrfs.ts';
import type { HostSettings } from '../settings.ts';
import type { HostSources } from '../sources.ts';

const SOURCE = '/proc/mdstat';
/** Of arrays and of disks that are kept between looks. */
const MOST_KEPT = 64;

const CHILD_TIMEOUT_MS = 3_000;

/**
 * Does an array of md, a pool of ZFS or a btrfs of several disks run without one of them? It is read and written as before,
 * until the next one fails. A check or a resync is work, and no loss; where there is no such array there is none to lose.
 */
export function raid({ run }: Pick<HostSources, 'run'>): Check<HostSettings> {
  const runOnce = withoutRepeats(run);
  return {
    name: 'raid',
    condition: 'FilesystemUnhealthy',
    periodMs: 30_000,
    timeoutMs: 10_000,
    async look({ root, memo, baseline, signal }): Promise<Look> {
      const mdstat = await readMdstat(root, { timeoutMs: CHILD_TIMEOUT_MS, run: runOnce, signal });
      const md = lookAtPart('md arrays', () => judgeArrays(arraysIn(mdstat), namesIn(baseline, 'active'), namesIn(memo, 'failed')));
      const zfs = lookAtPart('ZFS pools', () => ({ verdicts: readZfsPools(root).map(judgePool) }));
      const btrfs = lookAtPart('btrfs devices', () => ({ verdicts: readBtrfs(root).map(judgeBtrfs) }));
      const verdicts = [md, zfs, btrfs].flatMap((look) => look.verdicts);
      return { ...md, verdicts: verdicts.length > 0 ? verdicts : [healthy] };
    },
  };
}

/** By a child: since 2025 md_seq_show() of drivers/md/md.c waits for whoever writes the bitmap of an array, and so for its disks. */
async function readMdstat(root: string, options: DiskFileOptions): Promise<Outcome<string>> {
  if (!existsSync(hostPath(root, 'proc/mdstat'))) return { kind: 'absent', message: 'no /proc/mdstat' };
  return await readDiskFile(root, 'proc/mdstat', options);
}

function arraysIn(file: Outcome<string>): readonly MdArray[] {
  return file.kind === 'absent' ? [] : parseMdstat(valueOrThrow(file));
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
  const active = new Set([...arrays.filter(({ isActive, isBroken }) => isActive || isBroken).map(({ name }) => name), ...started]);
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

function judgeArray({ name, level, isActive, isBroken, isContainer, disks }: MdArray, started: ReadonlySet<string>): Verdict {
  const what = level === undefined ? name : `${name} (${level})`;
  if (isBroken) return problem('RaidDegraded', name, `${what}: broken, too many of its disks have failed (${SOURCE})`);
  if (!isActive) return !isContainer && started.has(name) ? problem('RaidDegraded', name, `${what}: does not run any more (${SOURCE})`) : healthy;
  if (disks === undefined || disks.working >= disks.wanted) return healthy;
  return problem('RaidDegraded', name, `${what}: only ${disks.working} of ${disks.wanted} disks work (${SOURCE})`);
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
  return problem('RaidDegraded', `ZFS pool ${name}`, `ZFS pool ${name}: ${state} (/proc/spl/kstat/zfs/${name}/state)`);
}

function judgeBtrfs({ uuid, devices, deviceNames }: BtrfsFilesystem): Verdict {
  if (devices.length === 0) return notApplicable(`missing devices of btrfs ${uuid} (not told by this kernel, as by those before 5.6)`);
  const missing = devices.filter(({ isMissing }) => isMissing).map(({ id }) => id);
  if (missing.length === 0) return healthy;
  const subject = `btrfs ${uuid}`;
  return problem('RaidDegraded', subject, `${subject} (on ${deviceNames.join(', ')}): device ${missing.join(', ')} is missing (/sys/fs/btrfs/${uuid}/devinfo)`);
}

/** Names that were kept; an empty set for anything else. */
function namesIn(kept: unknown, key: string): ReadonlySet<string> {
  const names = isRecord(kept) ? kept[key] : undefined;
  return new Set(Array.isArray(names) ? names.filter((name) => typeof name === 'string').slice(0, MOST_KEPT) : []);
}
