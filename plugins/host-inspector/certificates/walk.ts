import { type DiskFileOptions, listDiskFolder, readDiskFile } from '../../linux/disk-file.ts';
import { readDiskLinks, resolveOnDisk } from '../../linux/disk-link.ts';
import { isWithin } from '../../linux/path.ts';
import { type Unread, describePath } from '../../linux/read.ts';

/** What could not be told, and why. */
export interface Gap {
  /** As the host knows it. */
  readonly path: string;
  readonly kind: Unread['kind'];
  readonly message: string;
}

export interface WalkOptions extends DiskFileOptions {
  /** What lies at or below these absolute paths is not looked at. */
  readonly ignore?: readonly string[];
  /** No look begins later than this after the walk began. Default 45 s. */
  readonly patienceMs?: number;
}

/** A file or a folder that is there and was not looked at before: its paths below the root, as it was asked for and without links. */
export interface Found {
  readonly path: string;
  readonly real: string;
}

/** A walk over files and folders of the host, each looked at once, of which any may hang, be missing or be closed. Nothing rejects. */
export interface Walk {
  readonly gaps: readonly Gap[];
  readonly tell: (path: string, unread: Pick<Unread, 'kind' | 'message'>) => void;
  /** Undefined for what was looked at under another name, is not to be looked at, or cannot be, which is told; also what is `absent`, if that is to be told. */
  readonly enter: (path: string, absent: 'fine' | 'told' | 'failed') => Promise<Found | undefined>;
  /** The same of files of a folder, of which it is known that they are there. */
  readonly enterAll: (folder: Found, names: readonly string[]) => Promise<readonly Found[]>;
  /** Its names; undefined for what cannot be listed, which is told; `absent` for what is no folder. */
  readonly list: (folder: Found) => Promise<readonly string[] | 'absent' | undefined>;
  /** Undefined for what cannot be read, which is told. */
  readonly read: (file: Found) => Promise<string | undefined>;
}

/** Files and folders; a control plane has some forty. */
const MOST_LOOKED_AT = 192;

const PATIENCE_MS = 45_000;

export function startWalk(root: string, options: WalkOptions): Walk {
  const { ignore = [], patienceMs = PATIENCE_MS } = options;
  const lateMs = performance.now() + patienceMs;
  const gaps: Gap[] = [];
  /** Real paths: one folder may have two names. */
  const seen = new Set<string>();

  function tell(path: string, { kind, message }: Pick<Unread, 'kind' | 'message'>): void {
    gaps.push({ path: `/${path}`, kind, message });
  }

  /** In the words of why, but of the path that was asked for: a link may have led elsewhere. */
  function tellOf(path: string, { kind, message }: Unread): void {
    tell(path, { kind, message: `${describePath(root, path)}: ${message.slice(message.lastIndexOf(': ') + 2)}` });
  }

  function isLeftOut(path: string): boolean {
    if (ignore.some((each) => isWithin(`/${path}`, each))) return true;
    const isLate = performance.now() >= lateMs;
    if (isLate) tell(path, { kind: 'failed', message: `${describePath(root, path)}: not looked at in time, others do not answer` });
    return isLate || isFull(path, 1);
  }

  function isFull(path: string, count: number): boolean {
    if (seen.size + count <= MOST_LOOKED_AT) return false;
    tell(path, { kind: 'failed', message: `${describePath(root, path)}: not looked at, there are more than ${MOST_LOOKED_AT} files` });
    return true;
  }

  function first(found: Found): Found | undefined {
    if (seen.has(found.real)) return undefined;
    seen.add(found.real);
    return found;
  }

  async function enter(path: string, absent: 'fine' | 'told' | 'failed'): Promise<Found | undefined> {
    if (isLeftOut(path)) return undefined;
    const real = await resolveOnDisk(root, path, options);
    if (real.kind === 'ok') return first({ path, real: real.value });
    if (real.kind !== 'absent') tellOf(path, real);
    else if (absent !== 'fine') tellOf(path, absent === 'failed' ? { ...real, kind: 'failed' } : real);
    return undefined;
  }

  return {
    gaps,
    tell,
    enter,
    async enterAll(folder, names) {
      if (isFull(folder.path, names.length)) return [];
      const all = names.map((name) => ({ path: `${folder.path}/${name}`, real: `${folder.real}/${name}` }));
      const { targets } = await readDiskLinks(root, all.map(({ real }) => real), options);
      const entered: Found[] = [];
      for (const each of all) {
        // What one `stat` of all found to be no link needs none of its own.
        const isPlain = targets.has(each.real) && targets.get(each.real) === undefined;
        const found = isPlain ? (isLeftOut(each.path) ? undefined : first(each)) : await enter(each.path, 'failed');
        if (found !== undefined) entered.push(found);
      }
      return entered;
    },
    async list({ path, real }) {
      const names = await listDiskFolder(root, real, options);
      if (names.kind === 'ok') return names.value;
      if (names.kind === 'absent') return 'absent';
      tellOf(path, names);
      return undefined;
    },
    async read({ path, real }) {
      const text = await readDiskFile(root, real, options);
      if (text.kind === 'ok') return text.value;
      // It was there a moment ago.
      tellOf(path, text.kind === 'absent' ? { ...text, kind: 'failed' } : text);
      return undefined;
    },
  };
}
