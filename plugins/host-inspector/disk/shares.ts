import type { MountAt } from '../../linux/mount-tree.ts';
import { isWithin } from '../../linux/path.ts';
import type { Mount } from '../../linux/proc/mountinfo.ts';
import { NOT_A_DISK, SHARES } from '../settings/disk.ts';
import { byDevice, type Place, placeOf } from './place.ts';

/**
 * File systems that a server or a daemon must answer for, wherever they are mounted, one entry per device. Those of Pods
 * are among them: a share that hangs takes kubelet with it, which looks at the volumes of all Pods.
 *
 * What autofs mounts is left out: whoever asks it keeps it mounted for ever, or mounts it again. Pure.
 */
export function selectShares(mounts: readonly Mount[], mountAt: MountAt): readonly Place[] {
  const automounts = mounts.filter(({ fsType }) => fsType === 'autofs').map(({ mountPoint }) => mountPoint);
  const isAsked = (mount: Mount): boolean =>
    isShare(mount) && !automounts.some((folder) => isWithin(mount.mountPoint, folder)) && mountAt(mount.mountPoint) === mount;
  return [...byDevice(mounts.filter(isAsked)).values()].map(placeOf);
}

/** All of FUSE that is no interface to something else: its names are as many as its programs. `fuseblk` is a local disk. */
export function isShare({ fsType, isMountPointDeleted }: Mount): boolean {
  if (isMountPointDeleted || NOT_A_DISK.includes(fsType)) return false;
  return SHARES.includes(fsType) || fsType === 'fuse' || fsType.startsWith('fuse.');
}
