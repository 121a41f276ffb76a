import { type RunChild, runChild } from './child.ts';
import { explainFailure } from './child-failure.ts';
import { type Outcome, describePath, hostPath } from './read.ts';

export interface DiskFileOptions {
  /** How long one file or folder may take; then its child is killed, or left behind. */
  readonly timeoutMs: number;
  /** A longer file, or list of names, is `failed`, never cut. Default 256 KiB. */
  readonly maxBytes?: number;
  readonly run?: RunChild;
  readonly signal?: AbortSignal;
}

const DEFAULT_MAX_BYTES = 256 * 1024;

/**
 * Reads a file that may lie on a disk (below `/etc`, `/var`, `/run`), by a `cat` of its own: a disk that answers no more
 * costs one child and never this process. About 3 ms of CPU, nearly all of it to start the child; files of `/proc` and
 * `/sys` are for `readText`.
 *
 * An absolute symbolic link below `root` leads out of it. Never rejects.
 *
 * @param root the host's root folder: `/`, `/host`, or a recorded tree
 * @param path below root, without a leading slash: `etc/kubernetes/kubelet.conf`
 */
export async function readDiskFile(root: string, path: string, options: DiskFileOptions): Promise<Outcome<string>> {
  return await ask(root, path, 'cat', [], options);
}

/** The names in a folder, without `.` and `..`, sorted by their bytes; a name with a newline comes out as two. Never rejects. */
export async function listDiskFolder(root: string, path: string, options: DiskFileOptions): Promise<Outcome<readonly string[]>> {
  // With the slash a link to a folder is followed, and a file is no folder with one entry.
  const listed = await ask(root, `${path}/`, 'ls', ['-A', '-1'], options);
  if (listed.kind !== 'ok') return listed;
  return { kind: 'ok', value: listed.value.split('\n').filter((name) => name !== '').toSorted() };
}

/** Deadlines of the two: a child that has to be killed takes as long as `killGraceMs` more. */
async function ask(root: string, path: string, program: string, args: readonly string[], options: DiskFileOptions): Promise<Outcome<string>> {
  const { timeoutMs, maxBytes = DEFAULT_MAX_BYTES, run = runChild, signal } = options;
  const where = describePath(root, path.replace(/\/$/, ''));
  const file = path.endsWith('/') ? `${hostPath(root, path)}/` : hostPath(root, path);
  const result = await run({ command: program, args: [...args, '--', file], timeoutMs, maxOutputBytes: maxBytes, ...(signal && { signal }) });
  if (result.kind === 'exited' && result.code === 0) return { kind: 'ok', value: result.stdout };
  const failure = explainFailure(where, program, result, timeoutMs);
  return failure === 'hung' ? { kind: 'failed', message: `${where}: no answer within ${timeoutMs} ms` } : failure;
}
