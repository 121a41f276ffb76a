import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { messageOf } from '../plugins/core/errors.ts';
import { readSmallFile } from '../plugins/linux/atomic-file.ts';
import { isWithin } from '../plugins/linux/path.ts';
import { readText } from '../plugins/linux/read.ts';
import { NODE_SERVICES } from './record-patterns.ts';
import type { RecordedFile } from './recorded-file.ts';

/** Nothing that a check reads takes longer or is larger on a sane host. */
const LIMITS = { timeoutMs: 5_000, maxBytes: 2 ** 20 };

/** As many open files as are recorded of one process, besides those of inotify. */
const MOST_OPEN_FILES = 32;

/** See proc_pid_fd(5). */
const INOTIFY = 'anon_inode:inotify';

/** The processes that are recorded: PID 1 and the services of a node. */
export function recordedPids(root: string): readonly string[] {
  const pids = namesIn(join(root, 'proc')).filter((name) => /^\d+$/.test(name));
  const isRecorded = (pid: string): boolean => {
    const comm = readText(root, `proc/${pid}/comm`);
    return pid === '1' || (comm.kind === 'ok' && NODE_SERVICES.has(comm.value.trim()));
  };
  return pids.filter(isRecorded).toSorted((a, b) => Number(a) - Number(b));
}

export interface Found {
  readonly path: string;
  /** A name on the way is not among those that the pattern's `only` lets in. */
  readonly isOther: boolean;
}

/** The files and folders below `root` that a pattern stands for; where it has no `*` they need not be there. */
export function pathsOf({ pattern, only }: RecordedFile, root: string, pids: readonly string[]): readonly Found[] {
  let found: readonly Found[] = [{ path: '', isOther: false }];
  for (const part of pattern.split('/')) {
    const form = new RegExp(`^${part.replaceAll('.', String.raw`\.`).replaceAll('*', '[^/]*')}$`);
    const isStar = part.includes('*');
    found = found.flatMap(({ path, isOther }) => {
      const names = namesOf(part, join(root, path), pids).filter((name) => !isStar || form.test(name));
      return names.map((name) => ({ path: join(path, name), isOther: isOther || (isStar && only?.test(name) === false) }));
    });
  }
  return found;
}

function namesOf(part: string, folder: string, pids: readonly string[]): readonly string[] {
  if (part === '<pid>') return pids;
  if (part === '<nvidia>') return nvidiaFunctions(folder);
  if (part === '<inotify>') return namesIn(folder).filter((name) => targetOf(join(folder, '../fd', name)) === INOTIFY);
  return part.includes('*') ? namesIn(folder) : [part];
}

/** Names in /sys/bus/pci/devices whose vendor is NVIDIA; see pci.ids. */
function nvidiaFunctions(folder: string): readonly string[] {
  return namesIn(folder).filter((name) => {
    const vendor = readText(folder, `${name}/vendor`);
    return vendor.kind === 'ok' && vendor.value.trim() === '0x10de';
  });
}

/** Links that say which driver a PCI function of NVIDIA has, and of which other one it is a virtual function: path to target. */
export function pciLinks(root: string): ReadonlyMap<string, string> {
  const folder = 'sys/bus/pci/devices';
  return new Map(nvidiaFunctions(join(root, folder)).flatMap((name) => ['driver', 'physfn'].flatMap((link) => {
    const target = targetOf(join(root, folder, name, link));
    if (target === undefined) return [];
    return [[`${folder}/${name}/${link}`, link === 'driver' ? `../../../../bus/pci/drivers/${basename(target)}` : `../${basename(target)}`] as const];
  })));
}

export type Read = { readonly kind: 'ok'; readonly text: string } | { readonly kind: 'absent' } | { readonly kind: 'left-out'; readonly why: string };

/** Reads one file by a child, so that none can hold us. A link that leads out of /proc or /sys is not followed. */
export async function readRecorded(root: string, path: string): Promise<Read> {
  const file = join(root, path);
  let real: string;
  try {
    real = realpathSync(file);
  } catch {
    return { kind: 'absent' };
  }
  const [top = ''] = path.split('/');
  const base = realpathSync(join(root, top));
  // /etc/os-release is a link to /usr/lib on nearly all distributions.
  const isInside = isWithin(real, base) || (path === 'etc/os-release' && isWithin(real, join(realpathSync(root), 'usr/lib')));
  if (!isInside) return { kind: 'left-out', why: `a link that leads out of /${top}` };
  const read = await readSmallFile(real, LIMITS);
  if (read.kind === 'ok') return { kind: 'ok', text: read.value };
  return read.kind === 'absent' ? { kind: 'absent' } : { kind: 'left-out', why: read.message.replace(`${real}: `, '') };
}

export interface OpenFiles {
  /** Number of the descriptor to where its link leads: inotify, or nothing that tells what it is. */
  readonly links: ReadonlyMap<string, string>;
  readonly leftOut: number;
  /** Of how many the link could not be read: without CAP_SYS_PTRACE, or closed meanwhile. */
  readonly hidden: number;
}

/** The files that a process has open, as links in its folder `fd`; undefined where that may not be seen. Those of inotify count against limits. */
export function openFiles(root: string, pid: string): OpenFiles | undefined {
  const folder = join(root, 'proc', pid, 'fd');
  try {
    const targets = new Map(readdirSync(folder).map((name) => [name, targetOf(join(folder, name))]));
    const all = [...targets].map(([name, target]) => [name, target === INOTIFY ? INOTIFY : 'masked'] as const);
    const others = all.filter(([, target]) => target !== INOTIFY).slice(0, MOST_OPEN_FILES);
    const links = new Map([...all.filter(([, target]) => target === INOTIFY), ...others]);
    return { links, leftOut: all.length - links.size, hidden: [...targets.values()].filter((target) => target === undefined).length };
  } catch {
    return undefined;
  }
}

function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch (cause) {
    if (/ENOENT|ENOTDIR|EACCES/.test(messageOf(cause))) return [];
    throw cause;
  }
}
