import { copyOf, type DeviceNumber, type Mount } from '../../linux/proc/mountinfo.ts';

/** A file system, named by the one mount point it is asked at. */
export interface Place {
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
  readonly device: DeviceNumber;
}

/** Mounts of one file system; at least one. */
export type SameDevice = readonly [Mount, ...Mount[]];

/** By `major:minor`, in the order of the table. Pure. */
export function byDevice(mounts: readonly Mount[]): ReadonlyMap<string, SameDevice> {
  const groups = new Map<string, [Mount, ...Mount[]]>();
  for (const mount of mounts) {
    const group = groups.get(nameOf(mount.device));
    if (group === undefined) groups.set(nameOf(mount.device), [mount]);
    else group.push(mount);
  }
  return groups;
}

/** Of several mounts of a file system the one that shows all of it, at the shortest path. Keeps nothing of the table. Pure. */
export function placeOf(sameDevice: SameDevice): Place {
  const best = sameDevice.reduce((a, b) => (isBetter(b, a) ? b : a));
  return { mountPoint: copyOf(best.mountPoint), type: copyOf(best.fsType), source: copyOf(best.source), device: best.device };
}

/** `259:2`, as mount tables write it. */
export function nameOf({ major, minor }: DeviceNumber): string {
  return `${major}:${minor}`;
}

function isBetter(a: Mount, b: Mount): boolean {
  const [aIsWhole, bIsWhole] = [a.root === '/', b.root === '/'];
  return aIsWhole === bIsWhole ? a.mountPoint.length < b.mountPoint.length : aIsWhole;
}
