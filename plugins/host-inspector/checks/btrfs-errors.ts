import type { Check, Look, Reading } from '../../core/check.ts';
import { isCount, isRecord } from '../../core/decode.ts';
import { type Verdict, healthy, problem } from '../../core/verdict.ts';
import { type BtrfsFilesystem, readBtrfs } from '../../linux/sys/btrfs.ts';
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
  const kept: Record<string, number> = {};
  const verdicts: Verdict[] = [];
  const readings: Reading[] = [];
  for (const { uuid, devices, deviceNames } of filesystems) {
    const bad: string[] = [];
    for (const { id, errorCount } of devices) {
      if (errorCount === undefined || Object.keys(kept).length >= MOST_DEVICES) continue;
      const key = `${uuid} ${id}`;
      const source = `/sys/fs/btrfs/${uuid}/devinfo/${id}/error_stats`;
      const old = before[key];
      // A count that fell was reset.
      kept[key] = isCount(old) ? Math.min(old, errorCount) : errorCount;
      if (errorCount > kept[key]) bad.push(id);
      readings.push({ name: 'filesystem_errors', subject: `btrfs ${uuid} device ${id}`, value: errorCount, unit: 'count', source });
    }
    if (bad.length === 0) continue;
    const subject = `btrfs ${uuid}`;
    verdicts.push(problem('FilesystemErrors', subject, `${subject} (on ${deviceNames.join(', ')}): errors of device ${bad.join(', ')} since the boot (/sys/fs/btrfs/${uuid}/devinfo)`));
  }
  return { verdicts: verdicts.length > 0 ? verdicts : [healthy], readings, memo: kept };
}
