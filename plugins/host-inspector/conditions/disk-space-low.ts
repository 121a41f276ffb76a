import type { ConditionSpec } from '../../core/conditions.ts';
import { diskSettings } from '../settings/disk.ts';

const MINUTE_MS = 60_000;

const { imagefsAvailableMinPercent, nodefsAvailableMinPercent, diskAvailableMinPercent, nodefsInodesFreeMinPercent, diskInodesFreeMinPercent } = diskSettings;
const FILLS_WITHIN_HOURS = diskSettings.diskFillsWithin.initial / 3_600_000;
const ENOUGH_GI = diskSettings.diskAvailableEnoughBytes.initial / 2 ** 30;

/** The node's own file systems run out of space or inodes. */
export const diskSpaceLow: ConditionSpec = {
  type: 'DiskSpaceLow',
  polarity: 'problem',
  reasons: [
    {
      reason: 'DiskSpaceLow',
      severity: 'warn',
      reads: '/proc/1/mountinfo, statfs of each file system',
      limit: `available: images ${imagefsAvailableMinPercent.initial}%, kubelet ${nodefsAvailableMinPercent.initial}%, others ${diskAvailableMinPercent.initial}% unless ${ENOUGH_GI}Gi are left`,
      advice: 'Find what grows with `du -xh --max-depth=2`; remove unused images (`crictl rmi --prune`) and old logs.',
      // kubelet looks for images to remove every five minutes: what it can repair by itself is no problem of the node.
      raiseAfterMs: 6 * MINUTE_MS,
      clearAfterMs: 5 * MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'InodesLow',
      severity: 'warn',
      reads: '/proc/1/mountinfo, statfs of each file system',
      limit: `inodes free: kubelet and images ${nodefsInodesFreeMinPercent.initial}%, others ${diskInodesFreeMinPercent.initial}%`,
      advice: 'Find the folder with very many files: `du --inodes -x --max-depth=3 | sort -n`.',
      raiseAfterMs: 6 * MINUTE_MS,
      clearAfterMs: 5 * MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'DiskFillingUp',
      severity: 'warn',
      reads: '/proc/1/mountinfo, statfs of each file system, over the last hour',
      limit: `less than 40% available, and at the pace of the last hour used up (kubelet: at the limit above) within ${FILLS_WITHIN_HOURS} hours`,
      advice: 'Find what grows with `du -xh --max-depth=2`, look for logs and for Pods that write without a limit (`ephemeral-storage`), before kubelet evicts.',
      // The pace has been kept for an hour already.
      raiseAfterMs: 0,
      clearAfterMs: 5 * MINUTE_MS,
      privilege: 'a',
    },
  ],
  healthy: { reason: 'NodeHasDiskSpace', message: 'all judged file systems have space and inodes' },
  unknownReason: 'DiskSpaceUnknown',
  notApplicableReason: 'NoDiskToJudge',
};
