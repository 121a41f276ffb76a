import { dirname } from 'node:path';
import { copyOf, hasOption, type Mount, optionValue } from '../../linux/proc/mountinfo.ts';
import type { MountAt } from '../../linux/mount-tree.ts';
import { isWithin } from '../../linux/path.ts';
import type { HostSettings } from '../settings.ts';
import { byDevice, nameOf, type Place, placeOf } from './place.ts';

/** A file system whose space is the node's concern. */
export interface Filesystem extends Place {
  /** What fills it: `images` and `kubelet` have kubelet's eviction lines to stay clear of. */
  readonly role: 'images' | 'kubelet' | 'other';
}

/** With what the mount table says about writing to it. */
export interface NodeFilesystem extends Filesystem {
  /** Flags of the file system itself. */
  readonly superOptions: string;
  /** Some mount of it that is judged says `rw` in its own flags: writing was promised here. */
  readonly isMountedWritable: boolean;
}

/** kubelet's default --root-dir. */
const KUBELET_ROOT = '/var/lib/kubelet';

type Selection = Pick<HostSettings, 'diskIgnoreTypes' | 'diskIgnoreUnder'>;

/**
 * Those whose space is judged: not what is read-only. Images are full by nature, and a disk that went read-only is
 * FilesystemUnhealthy's. Pure.
 */
export function withSpace(filesystems: readonly NodeFilesystem[]): readonly Filesystem[] {
  return filesystems.filter(({ superOptions }) => !hasOption(superOptions, 'ro'));
}

/**
 * One entry per device that is neither of an ignored type nor mounted only below ignored folders.
 * Of several mounts of a device the one that shows all of it, at the shortest path, is asked. Pure.
 */
export function nodeFilesystems(mounts: readonly Mount[], mountAt: MountAt, settings: Selection, clues: Clues): readonly NodeFilesystem[] {
  const judged = mounts.filter((mount) => isJudged(mount, settings) && mountAt(mount.mountPoint) === mount);
  const roles = rolesOf(clues, mountAt);
  return [...byDevice(judged)].map(([name, sameDevice]) => ({
    ...placeOf(sameDevice),
    role: roles.get(name) ?? 'other',
    superOptions: copyOf(sameDevice[0].superOptions),
    isMountedWritable: sameDevice.some(({ options }) => hasOption(options, 'rw')),
  }));
}

/** Those of kubelet and of images and the root first, the rest as it was: whatever has to be left out, it is none of these. Pure. */
export function gravestFirst<T extends Filesystem>(filesystems: readonly T[]): readonly T[] {
  const isGrave = ({ role, mountPoint }: Filesystem): boolean => role !== 'other' || mountPoint === '/';
  return [...filesystems.filter(isGrave), ...filesystems.filter((filesystem) => !isGrave(filesystem))];
}

function isJudged({ mountPoint, fsType, isMountPointDeleted }: Mount, { diskIgnoreTypes, diskIgnoreUnder }: Selection): boolean {
  if (isMountPointDeleted || diskIgnoreTypes.includes(fsType)) return false;
  // An overlay shows the numbers of the file system below it, which is judged itself, unless the whole node is one.
  if (fsType === 'overlay' && mountPoint !== '/') return false;
  return !diskIgnoreUnder.some((folder) => isWithin(mountPoint, folder));
}

/** What the mounts of Pods tell, of which there are thousands, and which need not be kept for more than this. */
export interface Clues {
  /** Something is mounted below kubelet's folder: it runs here. */
  hasKubelet: boolean;
  /** Where containers have their upper layers, `<folder>/<layer>/fs`: one or two folders of the runtime. */
  readonly layerFolders: Set<string>;
}

export function noClues(): Clues {
  return { hasKubelet: false, layerFolders: new Set() };
}

/** Takes from one mount what it tells of others. */
export function noteClues({ fsType, mountPoint, superOptions }: Mount, clues: Clues): void {
  if (isWithin(mountPoint, KUBELET_ROOT)) clues.hasKubelet = true;
  if (fsType !== 'overlay' || mountPoint === '/') return;
  const upper = optionValue(superOptions, 'upperdir');
  if (upper?.startsWith('/') === true) clues.layerFolders.add(copyOf(dirname(dirname(upper))));
}

/**
 * Which device holds kubelet's folder and which the images, told by the mount table alone: a running kubelet has
 * volumes mounted below its folder, and a container's overlay names the folder of its upper layer.
 */
function rolesOf({ hasKubelet, layerFolders }: Clues, mountAt: MountAt): ReadonlyMap<string, 'images' | 'kubelet'> {
  const roles = new Map<string, 'images' | 'kubelet'>();
  if (!hasKubelet) return roles;
  roles.set(nameOf(mountAt(KUBELET_ROOT).device), 'kubelet');
  for (const folder of layerFolders) roles.set(nameOf(mountAt(folder).device), 'images');
  return roles;
}
