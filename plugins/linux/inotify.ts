import { closeSync, openSync, readSync, readdirSync, readlinkSync } from 'node:fs';
import { codeOf } from '../core/errors.ts';
import { type Unread, describePath, hostPath } from './read.ts';
import type { Slices } from './slices.ts';

/** An inotify instance: one open descriptor. */
export interface InotifyInstance {
  readonly descriptor: string;
  readonly watches: number;
}

export interface Descriptors {
  /** How many descriptors were looked at. */
  readonly count: number;
  readonly instances: readonly InotifyInstance[];
}

/** What the kernel calls it in the link /proc/<pid>/fd/<n>, see proc_pid_fd(5). */
const LINK = 'anon_inode:inotify';

/**
 * The inotify instances that a process has open, see proc_pid_fdinfo(5). Without CAP_SYS_PTRACE the processes of others are
 * `denied`. `absent` once it has ended; what it closes meanwhile is left out. `slices` cuts the work.
 */
export async function inotifyOf(root: string, pid: string, slices: Slices): Promise<Descriptors | Unread> {
  const folder = hostPath(root, `proc/${pid}/fd`);
  try {
    const descriptors = readdirSync(folder);
    const instances: InotifyInstance[] = [];
    for (const descriptor of descriptors) {
      const isInotify = unlessGone(() => readlinkSync(`${folder}/${descriptor}`)) === LINK;
      const watches = isInotify ? unlessGone(() => countWatches(hostPath(root, `proc/${pid}/fdinfo/${descriptor}`))) : undefined;
      if (watches !== undefined) instances.push({ descriptor, watches });
      const pause = slices.pause();
      if (pause !== undefined) await pause;
    }
    return { count: descriptors.length, instances };
  } catch (cause) {
    const code = codeOf(cause);
    if (code === undefined) throw cause;
    const message = `${describePath(root, `proc/${pid}/fd`)}: ${code}`;
    if (GONE.has(code)) return { kind: 'absent', message };
    return { kind: code === 'EACCES' || code === 'EPERM' ? 'denied' : 'failed', message, cause };
  }
}

const GONE = new Set(['ENOENT', 'ESRCH']);

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (cause) {
    if (GONE.has(codeOf(cause) ?? '')) return undefined;
    throw cause;
  }
}

/** Begins each line of a watch: `inotify wd:3 ino:9e7e sdev:800013 mask:800afce ignored_mask:0 ...`. */
const WATCH = Buffer.from('inotify wd:');

let scratch: Buffer | undefined;

/** In pieces, and without a text of it: an instance with 100,000 watches has a file of 10 MB. */
function countWatches(file: string): number {
  const fd = openSync(file, 'r');
  try {
    scratch ??= Buffer.allocUnsafeSlow(16 * 1024);
    let [watches, kept] = [0, 0];
    for (;;) {
      const read = readSync(fd, scratch, kept, scratch.length - kept, null);
      if (read === 0) return watches;
      const filled = kept + read;
      const piece = scratch.subarray(0, filled);
      for (let at = piece.indexOf(WATCH); at >= 0; at = piece.indexOf(WATCH, at + WATCH.length)) watches += 1;
      // What may be the first part of the word is looked at again with the next piece.
      kept = Math.min(filled, WATCH.length - 1);
      scratch.copyWithin(0, filled - kept, filled);
    }
  } finally {
    closeSync(fd);
  }
}
