import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Entry {
  /** Below the root: `usr/bin/sh`. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Where a link leads. */
  readonly target: string | undefined;
  readonly mode: number;
  readonly owner: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly isEmptyFolder: boolean;
}

/** All that lies below a folder, sorted by path; no link is followed. */
export function treeOf(root: string): readonly Entry[] {
  return below(root, '').toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** `readdir` would follow links on its way down. */
function below(root: string, folder: string): readonly Entry[] {
  return readdirSync(join(root, folder)).map((name) => entryOf(root, join(folder, name))).flatMap((entry) => [entry, ...(entry.kind === 'folder' ? below(root, entry.path) : [])]);
}

function entryOf(root: string, path: string): Entry {
  const full = join(root, path);
  const stat = lstatSync(full);
  const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : 'other';
  return {
    path, kind, target: kind === 'link' ? readlinkSync(full) : undefined, mode: stat.mode & 0o7777, owner: `${stat.uid}:${stat.gid}`,
    bytes: stat.size, modifiedMs: stat.mtimeMs, isEmptyFolder: kind === 'folder' && readdirSync(full).length === 0,
  };
}

/** The real path, below the root, of one that a program in it would open; undefined where it leads nowhere. */
export function resolveIn(entries: readonly Entry[], path: string, depth = 0): string | undefined {
  if (depth > 40) return undefined;
  let done = '';
  const parts = path.split('/').filter(Boolean);
  for (const [index, part] of parts.entries()) {
    if (part === '..') {
      done = dirname(done) === '.' ? '' : dirname(done);
      continue;
    }
    const next = done === '' ? part : `${done}/${part}`;
    const entry = entries.find((each) => each.path === next);
    if (entry === undefined) return undefined;
    if (entry.target !== undefined) {
      const rest = parts.slice(index + 1).join('/');
      return resolveIn(entries, entry.target.startsWith('/') ? `${entry.target}/${rest}` : `${done}/${entry.target}/${rest}`, depth + 1);
    }
    done = next;
  }
  return done;
}
