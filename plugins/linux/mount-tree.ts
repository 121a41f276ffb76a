import type { Mount } from './proc/mountinfo.ts';

/** Finds the mount that an absolute path of this table leads to; undefined for an empty table. */
export type MountAt = (path: string) => Mount | undefined;

/**
 * Walks a path through a mount table as the kernel does. A mount that its own mount point does not lead to is hidden
 * by one made later on the same place or on a folder above it; asking that path would give the numbers of the one on top.
 * Symbolic links are not followed. Pure.
 */
export function mountTree(mounts: readonly Mount[]): MountAt {
  const ids = new Set(mounts.map(({ mountId }) => mountId));
  const top = mounts.find((mount) => !ids.has(mount.parentId) || mount.parentId === mount.mountId);
  const children = new Map(mounts.filter((mount) => mount !== top).map((mount) => [placeOf(mount.parentId, mount.mountPoint), mount]));

  return (path) => {
    let current = top;
    for (const folder of foldersOf(path)) {
      // One may lie on top of another at the same folder; a table that changed while it was read could hold a loop.
      for (let depth = 0; current !== undefined && depth < mounts.length; depth++) {
        const next = children.get(placeOf(current.mountId, folder));
        if (next === undefined) break;
        current = next;
      }
    }
    return current;
  };
}

function placeOf(parentId: number, mountPoint: string): string {
  return `${parentId} ${mountPoint}`;
}

/** `/a/b` is reached over `/`, `/a` and `/a/b`. */
function foldersOf(path: string): readonly string[] {
  const folders = ['/'];
  for (let slash = path.indexOf('/', 1); slash !== -1; slash = path.indexOf('/', slash + 1)) folders.push(path.slice(0, slash));
  if (path !== '/') folders.push(path);
  return folders;
}
