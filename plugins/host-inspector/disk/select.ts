import { copyOf, type DeviceNumber, hasOption, type Mount, optionValue } from '../../linux/proc/mountinfo.ts';
import { type MountAt, mountTree } from '../../linux/mount-tree.ts';
import { isWithin } from '../../linux/path.ts';
import type { HostSettings } from '../settings.ts';

/** A file system whose space is the node's concern, named by the one mount point it is asked at. */
export interface Filesystem {
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
  readonly device: DeviceNumber;
  /** What fills it: `images` and `kubelet` have kubelet's eviction lines to stay clear of. */
  readonly role: 'images' | 'kubelet' | 'other';
}

/** kubelet's default --root-dir. */
const KUBELET_ROOT = '/var/lib/kubelet';

type Selection = Pick<HostSettings, 'diskIgnoreTypes' | 'diskIgnoreUnder'>;

/**
 * One entry per device that is writable and neither of an ignored type nor mounted only below ignored folders.
 * Of several mounts of a device the one that shows all of it, at the shortest path, is asked. Pure.
 * Throws ParseError for a table without a root.
 */
export function selectFilesystems(mounts: readonly Mount[], settings: Selection, file = '/proc/1/mountinfo'): readonly Filesystem[] {
  const mountAt = mountTree(mounts, file);
  const judged = mounts.filter((mount) => isJudged(mount, settings) && mountAt(mount.mountPoint) === mount);
  const roles = rolesOf(mounts, mountAt);
  return [...Map.groupBy(judged, ({ device }) => nameOf(device)).entries()].map(([name, sameDevice]) => {
    const best = sameDevice.reduce((a, b) => (isBetter(b, a) ? b : a));
    const [mountPoint, type, source] = [copyOf(best.mountPoint), copyOf(best.fsType), copyOf(best.source)];
    return { mountPoint, type, source, device: best.device, role: roles.get(name) ?? 'other' };
  });
}

/** Those of kubelet and of images and the root first, the rest as it was: whatever has to be left out, it is none of these. Pure. */
export function gravestFirst(filesystems: readonly Filesystem[]): readonly Filesystem[] {
  const isGrave = ({ role, mountPoint }: Filesystem): boolean => role !== 'other' || mountPoint === '/';
  return [...filesystems.filter(isGrave), ...filesystems.filter((filesystem) => !isGrave(filesystem))];
}

function isJudged({ mountPoint, fsType, superOptions, isMountPointDeleted }: Mount, { diskIgnoreTypes, diskIgnoreUnder }: Selection): boolean {
  if (isMountPointDeleted || diskIgnoreTypes.includes(fsType)) return false;
  // An overlay shows the numbers of the file system below it, which is judged itself, unless the whole node is one.
  if (fsType === 'overlay' && mountPoint !== '/') return false;
  // Nothing can be written to it: images are full by nature, and a disk that went read-only is FilesystemUnhealthy's.
  if (hasOption(superOptions, 'ro')) return false;
  return !diskIgnoreUnder.some((folder) => isWithin(mountPoint, folder));
}

function isBetter(a: Mount, b: Mount): boolean {
  const [aIsWhole, bIsWhole] = [a.root === '/', b.root === '/'];
  return aIsWhole === bIsWhole ? a.mountPoint.length < b.mountPoint.length : aIsWhole;
}

/**
 * Which device holds kubelet's folder and which the images, told by the mount table alone: a running kubelet has
 * volumes mounted below its folder, and a container's overlay names the folder of its upper layer.
 */
function rolesOf(mounts: readonly Mount[], mountAt: MountAt): ReadonlyMap<string, 'images' | 'kubelet'> {
  const roles = new Map<string, 'images' | 'kubelet'>();
  if (!mounts.some(({ mountPoint }) => isWithin(mountPoint, KUBELET_ROOT))) return roles;
  const mark = (path: string, role: 'images' | 'kubelet'): void => void roles.set(nameOf(mountAt(path).device), role);
  mark(KUBELET_ROOT, 'kubelet');
  for (const { fsType, mountPoint, superOptions } of mounts) {
    if (fsType !== 'overlay' || mountPoint === '/') continue;
    const upper = optionValue(superOptions, 'upperdir');
    if (upper?.startsWith('/') === true) mark(upper, 'images');
  }
  return roles;
}

function nameOf({ major, minor }: DeviceNumber): string {
  return `${major}:${minor}`;
}
