import type { Check, Look, Reading } from '../../core/check.ts';
import { isCount, isRecord } from '../../core/decode.ts';
import { type Verdict, healthy, notApplicable, problem } from '../../core/verdict.ts';
import { type BtrfsFilesystem, readBtrfs } from '../../linux/sys/btrfs.ts';
import { leftOut } from '../disk/left-out.ts';
import type { HostSettings } from '../settings.ts';

/** Of devices that are kept. */
const MOST_DEVICES = 256;

/**
 * Did btrfs meet errors of a disk since this boot? It counts them for each device for good, until somebody resets the counters
 * (`btrfs device stats -z`), so what was there at the first look of a boot says nothing about today.
 */
export const btrfsErrors: Check<HostSettings> = {
  name: 'btrfs-errors',
  condition: 'FilesystemUnhealthy',
  periodMs: 30_000,
  timeoutMs: 5_000,
  look: ({ root, memo }) => judge(readBtrfs(root), memo),
};

/** Pure. Where there is no btrfs there is no error of it. */
export function judge(filesystems: readonly BtrfsFilesystem[], memo: unknown): Look {
  const before = isRecord(memo) ? memo : {};
  const all = filesystems.flatMap(countedIn);
  const counted = all.slice(0, MOST_DEVICES);
  // A count that fell was reset.
  const kept = Object.fromEntries(counted.map(({ key, errorCount }) => {
    const old = before[key];
    return [key, isCount(old) ? Math.min(old, errorCount) : errorCount];
  }));
  const isBad = ({ key, errorCount }: Counted): boolean => errorCount > (kept[key] ?? errorCount);
  const others = leftOut(`devices of btrfs beyond ${MOST_DEVICES}`, all.length - counted.length, '/sys/fs/btrfs');
  const verdicts = [...filesystems.flatMap((filesystem) => judgeOne(filesystem, countedIn(filesystem).filter(isBad))), ...others.verdicts];
  const readings = counted.map(({ uuid, id, errorCount }): Reading => (
    { name: 'filesystem_errors', subject: `btrfs ${uuid} device ${id}`, value: errorCount, unit: 'count', source: `/sys/fs/btrfs/${uuid}/devinfo/${id}/error_stats` }
  ));
  return { verdicts: verdicts.length > 0 ? verdicts : [healthy], readings: [...readings, ...others.readings], memo: kept };
}

/** A device whose errors the kernel counts. */
interface Counted {
  /** In the memo. */
  readonly key: string;
  readonly uuid: string;
  readonly id: string;
  readonly errorCount: number;
}

function countedIn({ uuid, devices }: BtrfsFilesystem): readonly Counted[] {
  return devices.flatMap(({ id, errorCount }) => (errorCount === undefined ? [] : [{ key: `${uuid} ${id}`, uuid, id, errorCount }]));
}

function judgeOne({ uuid, devices, deviceNames }: BtrfsFilesystem, bad: readonly Counted[]): readonly Verdict[] {
  const subject = `btrfs ${uuid}`;
  const isCounted = devices.length > 0 && devices.every(({ errorCount }) => errorCount !== undefined);
  const where = `errors of device ${bad.map(({ id }) => id).join(', ')} since the boot (/sys/fs/btrfs/${uuid}/devinfo)`;
  return [
    ...(isCounted ? [] : [notApplicable(`errors of ${subject} (not counted by this kernel, as by those before 5.13)`)]),
    ...(bad.length === 0 ? [] : [problem('FilesystemErrors', subject, `${subject} (on ${deviceNames.join(', ')}): ${where}`)]),
  ];
}
