import { lstatSync, opendirSync, readdirSync, statfsSync } from 'node:fs';
import { codeOf } from '../core/errors.ts';
import { parsePidStatus } from './proc/pid-status.ts';
import { describePath, hostPath, readText } from './read.ts';
import type { Slices } from './slices.ts';

/** So many names are asked of the kernel at once: the whole of /proc with 10,000 processes would hold the event loop for 10 ms. */
const NAMES_AT_ONCE = 64;

/**
 * PIDs of the processes in the host's /proc, as they come. Those that begin or end meanwhile may be among them or not.
 * Throws where /proc cannot be read.
 */
export async function listPids(root: string, slices: Slices): Promise<readonly string[]> {
  const pids: string[] = [];
  const folder = opendirSync(hostPath(root, 'proc'), { bufferSize: NAMES_AT_ONCE });
  try {
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
      if (/^[1-9]\d*$/.test(entry.name)) pids.push(entry.name);
      const pause = pids.length % NAMES_AT_ONCE === 0 ? slices.pause() : undefined;
      if (pause !== undefined) await pause;
    }
  } finally {
    folder.closeSync();
  }
  return pids;
}

/** How many descriptors a process has open. */
export type OpenFiles =
  | { readonly kind: 'exact' | 'at-most'; readonly count: number }
  /** It has ended. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'denied' | 'failed'; readonly message: string };

/** `PROC_SUPER_MAGIC` of linux/magic.h. */
const PROC_MAGIC = 0x9fa0;

/**
 * Counts open descriptors in the cheapest way that this host has:
 *
 * - the size of the folder /proc/<pid>/fd, which is their number since Linux 6.2 (`proc_readfd_count` in fs/proc/fd.c) and 0
 *   before; it needs no capability, and only on procfs does a size mean that;
 * - else the entries of the folder, which only root's own processes show without CAP_SYS_PTRACE;
 * - else the slots of the table, which are at least as many.
 */
export function openFileCounter(root: string): (pid: string) => OpenFiles {
  const proc = hostPath(root, 'proc');
  const hasSize = statfsSync(proc).type === PROC_MAGIC && sizeOf(proc, 'self') > 0;
  return (pid) => {
    try {
      if (!hasSize) return entriesOf(root, pid);
      const count = sizeOf(proc, pid);
      return count < 0 ? { kind: 'gone' } : { kind: 'exact', count };
    } catch (cause) {
      return unread(root, pid, cause);
    }
  };
}

/** -1 where there is none. */
function sizeOf(proc: string, pid: string): number {
  return lstatSync(`${proc}/${pid}/fd`, { throwIfNoEntry: false })?.size ?? -1;
}

function entriesOf(root: string, pid: string): OpenFiles {
  try {
    return { kind: 'exact', count: readdirSync(hostPath(root, `proc/${pid}/fd`)).length };
  } catch (cause) {
    if (unread(root, pid, cause).kind !== 'denied') throw cause;
    const status = readText(root, `proc/${pid}/status`);
    if (status.kind === 'absent') return { kind: 'gone' };
    if (status.kind !== 'ok') return { kind: status.kind, message: status.message };
    return { kind: 'at-most', count: parsePidStatus(status.value, `/proc/${pid}/status`).descriptorSlots };
  }
}

function unread(root: string, pid: string, cause: unknown): OpenFiles {
  const code = codeOf(cause) ?? '';
  if (code === 'ENOENT' || code === 'ESRCH') return { kind: 'gone' };
  const kind = code === 'EACCES' || code === 'EPERM' ? 'denied' : 'failed';
  return { kind, message: `${describePath(root, `proc/${pid}/fd`)}: ${code}` };
}
