import { ParseError } from '../core/errors.ts';
import { isWithin } from './path.ts';
import type { Mount } from './proc/mountinfo.ts';

/** Finds the mount that an absolute path of this table leads to. */
export type MountAt = (path: string) => Mount;

/**
 * Walks a path through a mount table as the kernel does. A mount that its own mount point does not lead to is hidden
 * by one made later on the same place or on a folder above it; asking that path would give the numbers of the one on top.
 * Symbolic links are not followed. Pure.
 *
 * The walk begins at the one mount at `/` whose parent the table does not hold: that lies outside of the process's root.
 * Any other mount whose parent is missing (a chroot, a table with a hole) or lies elsewhere is taken for one that lies
 * on whatever its path leads to: better to ask a path that leads elsewhere, which the device tells, than to leave out a
 * disk. Throws ParseError without such a root.
 */
export function mountTree(mounts: readonly Mount[], file = '/proc/1/mountinfo'): MountAt {
  const byId = new Map(mounts.map((mount) => [mount.mountId, mount]));
  const isOrphan = (mount: Mount): boolean => {
    const parent = byId.get(mount.parentId);
    return parent === undefined || parent === mount || !isWithin(mount.mountPoint, parent.mountPoint);
  };
  const [root, ...more] = mounts.filter((mount) => mount.mountPoint === '/' && isOrphan(mount));
  if (root === undefined || more.length > 0) {
    throw new ParseError(file, 'one mount at / that lies on no other', root === undefined ? 'none' : String(1 + more.length));
  }
  const orphans = new Map<string, Mount>();
  const children = new Map<number, Map<string, Mount>>();
  for (const mount of mounts) {
    if (mount === root) continue;
    if (isOrphan(mount)) {
      orphans.set(mount.mountPoint, mount);
      continue;
    }
    const siblings = children.get(mount.parentId) ?? new Map<string, Mount>();
    children.set(mount.parentId, siblings.set(mount.mountPoint, mount));
  }

  /** One may lie on top of another at the same folder; a table that changed while it was read could hold a loop. */
  function topAt(folder: string, below: Mount): Mount {
    let current = below;
    for (let depth = 0; depth < mounts.length; depth++) {
      const next = children.get(current.mountId)?.get(folder) ?? orphans.get(folder);
      if (next === undefined || next === current) break;
      current = next;
    }
    return current;
  }

  // `/a/b` is reached over `/`, `/a` and `/a/b`.
  return (path) => {
    let current = topAt('/', root);
    for (let slash = path.indexOf('/', 1); slash !== -1; slash = path.indexOf('/', slash + 1)) current = topAt(path.slice(0, slash), current);
    return path === '/' ? current : topAt(path, current);
  };
}
