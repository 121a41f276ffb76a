import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { getSystemErrorMessage } from 'node:util';
import { codeOf, messageOf } from '../core/errors.ts';

/**
 * What came of a look at the host. `absent` is an answer (this kernel or node has no such thing), `denied` names a
 * missing grant, `failed` is everything else. The message begins with the host's path and is stable over time.
 */
export type Outcome<T> = { readonly kind: 'ok'; readonly value: T } | Unread;

export interface Unread {
  readonly kind: 'absent' | 'denied' | 'failed';
  readonly message: string;
  readonly cause?: unknown;
}

/** A file of the host could not be read; `kind` says in which of the three ways. */
class ReadError extends Error {
  override readonly name = 'ReadError';
  readonly kind: Unread['kind'];

  constructor({ kind, message, cause }: Unread) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** More than any file read here holds on a sane host: /proc/1/mountinfo of 5,000 mounts has about 1 MiB. */
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;

/** A FIFO must not block the open, a terminal must not become ours. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

// ESRCH: the process of a /proc/<pid> file ended between open and read.
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ESRCH']);
const DENIED = new Set(['EACCES', 'EPERM']);

/**
 * Reads a small kernel file at once, as UTF-8.
 *
 * Synchronous on purpose: /proc and /sys do not wait for a device, and a read through the thread pool costs twice the
 * CPU. Never use it for a path that may lie on a disk or a network mount.
 *
 * @param root the host's root folder: `/`, `/host`, or a recorded tree
 * @param path below root, without a leading slash: `proc/1/mountinfo`
 * @returns the text, or why there is none; a longer text than `maxBytes` is `failed`, never cut
 */
export function readText(root: string, path: string, { maxBytes = DEFAULT_MAX_BYTES } = {}): Outcome<string> {
  const where = describePath(root, path);
  try {
    const text = readAll(hostPath(root, path), maxBytes);
    return typeof text === 'string' ? { kind: 'ok', value: text } : { kind: 'failed', message: `${where}: ${text.refused}` };
  } catch (cause) {
    return { kind: kindOf(cause), message: `${where}: ${explain(cause)}`, cause };
  }
}

/** Where a path of the host lies for us; without a slash at its end, as mount tables write it. */
export function hostPath(root: string, path: string): string {
  const joined = join(root, path);
  return joined.length > 1 && joined.endsWith('/') ? joined.slice(0, -1) : joined;
}

/** The path as the host knows it, and where they differ the one that was tried: `/data (as /host/data)`. */
export function describePath(root: string, path: string): string {
  const shown = join('/', path);
  const tried = hostPath(root, path);
  return shown === tried ? shown : `${shown} (as ${tried})`;
}

/** The value, or a throw that carries the outcome's message: for checks, whose throws become `unknown`. */
export function valueOrThrow<T>(outcome: Outcome<T>): T {
  if (outcome.kind === 'ok') return outcome.value;
  throw new ReadError(outcome);
}

function kindOf(cause: unknown): Unread['kind'] {
  const code = codeOf(cause) ?? '';
  if (ABSENT.has(code)) return 'absent';
  return DENIED.has(code) ? 'denied' : 'failed';
}

/** `permission denied`, without the path that Node.js adds. */
function explain(cause: unknown): string {
  if (cause instanceof Error && 'errno' in cause && typeof cause.errno === 'number') return getSystemErrorMessage(cause.errno);
  return messageOf(cause);
}

/** Everything here is synchronous, so one buffer serves all reads; of a longer file it takes one piece after the other. */
let scratch: Buffer | undefined;

function readAll(file: string, maxBytes: number): string | { readonly refused: string } {
  const fd = openSync(file, OPEN_FLAGS);
  try {
    if (!fstatSync(fd).isFile()) return { refused: 'not a regular file' };
    scratch ??= Buffer.allocUnsafeSlow(32 * 1024);
    const decoder = new StringDecoder('utf8');
    let text = '';
    let [length, filled] = [0, 0];
    // The size in stat is 0 or 4096 for such files: only the read that returns 0 tells the end.
    for (;;) {
      const count = readSync(fd, scratch, filled, scratch.length - filled, null);
      length += count;
      if (length > maxBytes) return { refused: `longer than ${maxBytes} bytes` };
      filled += count;
      if (count > 0 && filled < scratch.length) continue;
      text += decoder.write(scratch.subarray(0, filled));
      if (count === 0) return text + decoder.end();
      filled = 0;
    }
  } finally {
    closeSync(fd);
  }
}
