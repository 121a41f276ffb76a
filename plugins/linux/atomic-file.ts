import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { explainFailure } from './child-failure.ts';
import { type ChildResult, runChild } from './child.ts';
import type { Outcome, Unread } from './read.ts';

/** `stuck`: the file system did not answer in time, or an earlier write still waits for it. */
export type FileTrouble = Unread | { readonly kind: 'stuck'; readonly message: string };
export type WriteResult = { readonly kind: 'ok' } | FileTrouble;

interface Deadline {
  readonly timeoutMs: number;
}

interface WriteOptions extends Deadline {
  /** Everybody may read it (mode 0644): a report, which others collect. */
  readonly isPublic?: boolean;
  /**
   * Everybody may read it (mode 0644), and it is not kept over a power cut: without `fsync`, and by one child instead of two.
   * The text, at most 100 KiB, can be seen in the list of processes.
   */
  readonly isPassing?: boolean;
}

/** A path that is being written; `waiting` came meanwhile and is written next. */
interface Writing {
  waiting: { text: string; options: WriteOptions; readonly result: PromiseWithResolvers<WriteResult> } | undefined;
  isStuck: boolean;
}

const writing = new Map<string, Writing>();
const swept = new Set<string>();

/**
 * Replaces a file as a whole: readers see the old text or the new one, also after a power cut. Mode 0600 unless it is a passing or public one; a missing
 * folder is made. All work is done by children, since the file may lie on a disk that no longer answers. Never rejects.
 *
 * One write per path at a time; of several that come meanwhile only the newest text is written. A write that hangs is
 * reported as `stuck`, later ones at once too, and the newest of them is made up for when it ends after all.
 *
 * @param timeoutMs for each of the two steps, writing and renaming
 */
export async function writeFileAtomically(path: string, text: string, options: WriteOptions): Promise<WriteResult> {
  const current = writing.get(path);
  if (current !== undefined) {
    const result = current.waiting?.result ?? Promise.withResolvers<WriteResult>();
    current.waiting = { text, options, result };
    return current.isStuck ? stuck(path) : await result.promise;
  }
  const own: Writing = { waiting: undefined, isStuck: false };
  writing.set(path, own);
  const { result, ended } = await writeOnce(path, text, options);
  if (ended === undefined) writeNext(path, own);
  else {
    own.isStuck = true;
    own.waiting?.result.resolve(stuck(path));
    void ended.then(() => writeNext(path, own));
  }
  return result;
}

function writeNext(path: string, { waiting }: Writing): void {
  writing.delete(path);
  if (waiting !== undefined) void writeFileAtomically(path, waiting.text, waiting.options).then(waiting.result.resolve);
}

/** `ended` is there if a child was left behind. */
interface Written {
  readonly result: WriteResult;
  readonly ended?: Promise<unknown>;
}

async function writeOnce(path: string, text: string, { timeoutMs, isPassing, isPublic }: WriteOptions): Promise<Written> {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  const run = (command: string, args: readonly string[], input?: string): Promise<ChildResult> =>
    runChild({ command, args, timeoutMs, maxOutputBytes: 4096, ...(input === undefined ? {} : { input }) });

  // `exec`, so that what may hang is our own child and is reaped by us.
  if (isPassing) {
    const passed = await run('sh', ['-c', PASS, 'sh', draft, dirname(path), path, text]);
    if (!isDone(passed)) return await giveUp(passed, 'mv');
  } else {
    const drafted = await run('sh', ['-c', DRAFT, 'sh', draft, dirname(path), isPublic ? '022' : '077'], text);
    if (!isDone(drafted)) return await giveUp(drafted, 'dd');
    const renamed = await run('mv', ['-fT', '--', draft, path]);
    if (!isDone(renamed)) return await giveUp(renamed, 'mv');
  }
  if (!swept.has(path)) {
    swept.add(path);
    await run('sh', ['-c', SWEEP, 'sh', dirname(path), basename(path)]);
  }
  return { result: { kind: 'ok' } };

  async function giveUp(result: ChildResult, program: string): Promise<Written> {
    const trouble = troubleOf(path, program, result, timeoutMs);
    if (result.kind === 'abandoned') return { result: trouble, ended: result.ended };
    const removed = await run('rm', ['-f', '--', draft]);
    return removed.kind === 'abandoned' ? { result: trouble, ended: removed.ended } : { result: trouble };
  }
}

/** A planted link is never followed (excl). */
const DRAFT = 'umask "$3"; [ -d "$2" ] || mkdir -p -- "$2" || exit; exec dd "of=$1" conv=excl,fsync status=none';

/** The shell writes by itself; `-C` is its word for excl. */
const PASS = 'umask 022; [ -d "$2" ] || mkdir -p -- "$2" || exit; set -C; printf %s "$4" >"$1" || exit; exec mv -fT -- "$1" "$3"';

/** Drafts of predecessors that were killed while they wrote: older than the file, while one in use is younger. */
const SWEEP = 'for draft in "$1"/."$2".*.tmp; do [ "$draft" -ot "$1/$2" ] && rm -f -- "$draft"; done; :';

function isDone(result: ChildResult): boolean {
  return result.kind === 'exited' && result.code === 0;
}

/** Reads a file that may lie on a disk that no longer answers, by a child. Never rejects; a longer text is `failed`. */
export async function readSmallFile(
  path: string,
  { timeoutMs, maxBytes }: Deadline & { readonly maxBytes: number },
): Promise<Outcome<string> | FileTrouble> {
  const args = ['-c', String(maxBytes + 1), '--', path];
  const result = await runChild({ command: 'head', args, timeoutMs, maxOutputBytes: maxBytes });
  if (result.kind === 'exited' && result.code === 0) return { kind: 'ok', value: result.stdout };
  if (result.kind === 'overflow') return { kind: 'failed', message: `${path}: longer than ${maxBytes} bytes` };
  return troubleOf(path, 'head', result, timeoutMs);
}

/** Why a child did not do its work on a file or folder; see explainFailure. */
export function troubleOf(path: string, program: string, result: ChildResult, timeoutMs: number): FileTrouble {
  const failure = explainFailure(path, program, result, timeoutMs);
  return failure === 'hung' ? stuck(path) : failure;
}

function stuck(path: string): FileTrouble {
  return { kind: 'stuck', message: `${path}: the file system does not answer` };
}
