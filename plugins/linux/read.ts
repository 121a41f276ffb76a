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
  const decoder = new StringDecoder('utf8');
  let text = '';
  const read = readPieces(root, path, maxBytes, (piece) => (text += decoder.write(piece)));
  return read.kind === 'ok' ? { kind: 'ok', value: text + decoder.end() } : read;
}

/**
 * As `readText`, line by line, without ever holding the whole: for tables of megabytes.
 *
 * @param take each line with its newline, which only a last one that was cut lacks; what it throws goes through, and ends the reading
 * @param atOnceBytes of one read: few, where the kernel works for what is read and nobody may want
 */
export function readLines(root: string, path: string, maxBytes: number, take: (line: string) => void, atOnceBytes = SCRATCH_BYTES): Outcome<undefined> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const read = readPieces(root, path, maxBytes, (piece) => {
    const text = rest + decoder.write(piece);
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      take(text.slice(start, end + 1));
      start = end + 1;
    }
    rest = text.slice(start);
  }, atOnceBytes);
  rest += decoder.end();
  if (read.kind === 'ok' && rest !== '') take(rest);
  return read;
}

/** Not imported: an import reads every member of the module, and some of them load what costs a tenth of the start. */
const { createHash } = process.getBuiltinModule('node:crypto');

/** A text of fixed length that differs where the file differs, without holding the file: to tell whether it has changed. */
export function readDigest(root: string, path: string, maxBytes: number): Outcome<string> {
  const hash = createHash('sha256');
  const read = readPieces(root, path, maxBytes, (piece) => hash.update(piece));
  return read.kind === 'ok' ? { kind: 'ok', value: hash.digest('base64') } : read;
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

/** As `readText`, where a missing file is an answer: undefined. Throws what `valueOrThrow` throws for any other that cannot be read. */
export function readIfThere(root: string, path: string): string | undefined {
  const file = readText(root, path);
  return file.kind === 'absent' ? undefined : valueOrThrow(file);
}

/** More than any file has that `shortTextReader` is for. */
const SHORT_BYTES = 4_096;

/**
 * As `readText`, for files of /proc/<pid> that the kernel gives in one piece and that are always short (`stat`, `comm`): half of
 * the calls, since nothing is asked but the text. For walks over all processes; whoever parses a text checks that it is whole.
 */
export function shortTextReader(root: string): (path: string) => Outcome<string> {
  // To join paths takes longer than to open the file.
  const prefix = root.endsWith('/') ? root : `${root}/`;
  const buffer = (scratch ??= Buffer.allocUnsafeSlow(SCRATCH_BYTES));
  return (path) => {
    let fd: number | undefined;
    try {
      fd = openSync(prefix + path, OPEN_FLAGS);
      const count = readSync(fd, buffer, 0, SHORT_BYTES, null);
      if (count === SHORT_BYTES) return { kind: 'failed', message: `${describePath(root, path)}: longer than ${SHORT_BYTES} bytes` };
      return { kind: 'ok', value: buffer.toString('utf8', 0, count) };
    } catch (cause) {
      return unreadFor(describePath(root, path), cause);
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  };
}

/** What the error of a system call on a path comes to. Pure. */
export function unreadFor(where: string, cause: unknown): Unread {
  const code = codeOf(cause) ?? '';
  const kind = ABSENT.has(code) ? 'absent' : DENIED.has(code) ? 'denied' : 'failed';
  return { kind, message: `${where}: ${explain(cause)}`, cause };
}

/** `permission denied`, without the path that Node.js adds. */
function explain(cause: unknown): string {
  if (cause instanceof Error && 'errno' in cause && typeof cause.errno === 'number') return getSystemErrorMessage(cause.errno);
  return messageOf(cause);
}

/** Everything here is synchronous, so one buffer serves all reads; of a longer file it takes one piece after the other. */
let scratch: Buffer | undefined;
const SCRATCH_BYTES = 32 * 1024;

/** Gives the file piece by piece to `take`, which must neither keep them nor read another file. Throws only what `take` throws. */
function readPieces(root: string, path: string, maxBytes: number, take: (piece: Buffer) => void, atOnceBytes = SCRATCH_BYTES): Outcome<undefined> {
  // Only for messages: to join paths takes longer than to open the file.
  const where = (): string => describePath(root, path);
  let fd: number;
  try {
    fd = openSync(hostPath(root, path), OPEN_FLAGS);
  } catch (cause) {
    return unreadFor(where(), cause);
  }
  try {
    if (!fstatSync(fd).isFile()) return { kind: 'failed', message: `${where()}: not a regular file` };
    let length = 0;
    for (;;) {
      const piece = nextPiece(fd, atOnceBytes);
      if ('cause' in piece) return unreadFor(where(), piece.cause);
      length += piece.length;
      if (length > maxBytes) return { kind: 'failed', message: `${where()}: longer than ${maxBytes} bytes` };
      if (piece.length > 0) take(piece);
      // Only at the end of the file a piece is not full.
      if (piece.length < atOnceBytes) return { kind: 'ok', value: undefined };
    }
  } finally {
    closeSync(fd);
  }
}

/** As much as there is, up to a buffer full: the size in stat is 0 or 4096 for such files, only the read that returns 0 tells the end. */
function nextPiece(fd: number, atOnceBytes: number): Buffer | { readonly cause: unknown } {
  scratch ??= Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  try {
    let filled = 0;
    for (let count = -1; count !== 0 && filled < atOnceBytes; filled += count) count = readSync(fd, scratch, filled, atOnceBytes - filled, null);
    return scratch.subarray(0, filled);
  } catch (cause) {
    return { cause };
  }
}
