import type { Reading } from '../../core/check.ts';
import { type Verdict, healthy, notApplicable, problem } from '../../core/verdict.ts';
import type { HostSettings } from '../settings.ts';
import type { Filesystem } from './select.ts';

/** What statfs(2) says of one file system. */
export interface Usage {
  readonly totalBytes: number;
  /** For unprivileged users: without the blocks that are reserved for root, as kubelet counts it. */
  readonly availableBytes: number;
  /** 0 where the file system makes inodes as it needs them (btrfs, vfat, xfs reports a moving figure). */
  readonly inodes: number;
  readonly inodesFree: number;
}

/** Below half of the limit there is no time left to wait whether it repairs itself. */
const URGENT_SHARE = 0.5;

/** Space and inodes of one file system against the limits of its role. Pure. */
export function judgeUsage(filesystem: Filesystem, usage: Usage, settings: HostSettings): readonly Verdict[] {
  const space = judgeSpace(filesystem, usage, settings);
  const problems = [space, judgeInodes(filesystem, usage, settings)].filter(({ kind }) => kind === 'problem');
  return problems.length > 0 ? problems : [space];
}

function judgeSpace(filesystem: Filesystem, { totalBytes, availableBytes }: Usage, settings: HostSettings): Verdict {
  const { role, mountPoint } = filesystem;
  // As every file system that lies on no disk says of itself.
  if (totalBytes === 0) return notApplicable(`${mountPoint}: says that it has no blocks (${describe(filesystem)})`);
  const limitPercent = spaceLimitPercent(role, settings);
  const isEnough = role === 'other' && availableBytes >= settings.diskAvailableEnoughBytes;
  const limitBytes = (totalBytes * limitPercent) / 100;
  if (isEnough || availableBytes >= limitBytes) return healthy;
  const isUrgent = availableBytes < limitBytes * URGENT_SHARE;
  const message = `${mountPoint}: less than ${limitPercent}% of space available (${describe(filesystem)})`;
  return { ...problem('DiskSpaceLow', mountPoint, message), isUrgent };
}

function judgeInodes(filesystem: Filesystem, { inodes, inodesFree }: Usage, settings: HostSettings): Verdict {
  if (inodes === 0) return healthy;
  const { role, mountPoint } = filesystem;
  const limitPercent = role === 'other' ? settings.diskInodesFreeMinPercent : settings.nodefsInodesFreeMinPercent;
  const limit = (inodes * limitPercent) / 100;
  if (inodesFree >= limit) return healthy;
  const message = `${mountPoint}: less than ${limitPercent}% of inodes free (${describe(filesystem)})`;
  return { ...problem('InodesLow', mountPoint, message), isUrgent: inodesFree < limit * URGENT_SHARE };
}

/** Share that is kept free for the role of a file system, in percent of the whole: below it kubelet evicts soon, or `DiskSpaceLow` is told. */
export function spaceLimitPercent(role: Filesystem['role'], settings: HostSettings): number {
  const limits = {
    images: settings.imagefsAvailableMinPercent,
    kubelet: settings.nodefsAvailableMinPercent,
    other: settings.diskAvailableMinPercent,
  } as const satisfies Record<Filesystem['role'], number>;
  return limits[role];
}

/** `ext4 on /dev/vda, holds images` */
export function describe({ type, source, role }: Filesystem): string {
  const use = { images: ', holds images', kubelet: ", kubelet's", other: '' }[role];
  return `${type} on ${source}${use}`;
}

export function usageReadings({ mountPoint: subject, role }: Filesystem, usage: Usage, settings: HostSettings): readonly Reading[] {
  const source = `statfs ${subject}`;
  return [
    { name: 'disk_total', subject, value: usage.totalBytes, unit: 'bytes', source },
    { name: 'disk_available', subject, value: usage.availableBytes, unit: 'bytes', source },
    { name: 'disk_available_limit', subject, value: spaceLimitPercent(role, settings), unit: 'percent', source: 'settings' },
    { name: 'inodes_total', subject, value: usage.inodes, unit: 'count', source },
    { name: 'inodes_free', subject, value: usage.inodesFree, unit: 'count', source },
  ];
}
