import { type RunChild, runChild } from './child.ts';
import { errorTextOf, explainFailure } from './child-failure.ts';
import { type Outcome, type Unread, describePath, hostPath } from './read.ts';

export interface DiskPathsOptions {
  /** How long all of them may take together; then their child is killed, or left behind. */
  readonly timeoutMs: number;
  readonly run?: RunChild;
  readonly signal?: AbortSignal;
}

/** What lies at a path; a link is not followed. */
export interface PathKind {
  /** In the words of stat(1): `regular file`, `directory`, `socket`, `symbolic link`. */
  readonly type: string;
  /** Where a symbolic link leads, as it stands there. */
  readonly target: string | undefined;
}

/** Type, and the name between quotes; of a link ` -> ` and its target between quotes follow. */
const FORMAT = String.raw`%n\0%F\0%N\0`;

const MAX_OUTPUT_BYTES = 64 * 1024;

/** Of each file. */
const MOST_FILE_BYTES = 64 * 1024;

/**
 * What lies at these paths, by one `stat`: 3 ms of CPU for all of them together. They should lie on one file system, for one
 * that does not answer keeps all of them from being told. Paths that lead nowhere are left out. Never rejects.
 *
 * @param paths below root, without a leading slash
 */
export async function lookAtPaths(root: string, paths: readonly string[], options: DiskPathsOptions): Promise<Outcome<ReadonlyMap<string, PathKind>>> {
  const { timeoutMs, run = runChild, signal } = options;
  const files = paths.map((path) => hostPath(root, path));
  const args = ['--printf', FORMAT, '--', ...files];
  const result = await run({ command: 'stat', args, timeoutMs, maxOutputBytes: MAX_OUTPUT_BYTES, ...(signal && { signal }) });
  // It ends with 1 if one of them is missing, and tells the others.
  if (result.kind !== 'exited' || result.signal !== null) {
    const shown = describePath(root, paths[0] ?? '');
    return failureOf(shown, explainFailure(shown, 'stat', result, timeoutMs), timeoutMs);
  }
  const found = new Map<string, PathKind>();
  const [parts, failures] = [result.stdout.split('\0'), errorsOf(result.stderr)];
  const denied = failures.find((failure) => failure !== 'No such file or directory' && failure !== 'Not a directory');
  if (denied !== undefined && parts.length < 3) return explainUnread(describePath(root, paths[0] ?? ''), denied);
  for (let index = 0; index + 2 < parts.length; index += 3) {
    const [file = '', type = '', names = ''] = parts.slice(index, index + 3);
    const path = paths[files.indexOf(file)];
    if (path !== undefined) found.set(path, { type, target: targetOf(file, names) });
  }
  return { kind: 'ok', value: found };
}

/** coreutils quotes both with `'` where the locale is C; what holds a quote or a control character itself is not worth the trouble. */
function targetOf(file: string, names: string): string | undefined {
  const [begin, end] = [`'${file}' -> '`, "'"];
  return names.startsWith(begin) && names.endsWith(end) ? names.slice(begin.length, -end.length) : undefined;
}

/**
 * The texts of small files by one `head`: 3 ms of CPU for all of them together. They should lie on one file system, as above.
 * Never rejects.
 *
 * @returns by path as it was given; a file of more than 64 KiB is `failed`
 */
export async function readDiskFiles(root: string, paths: readonly string[], options: DiskPathsOptions): Promise<ReadonlyMap<string, Outcome<string>>> {
  const { timeoutMs, run = runChild, signal } = options;
  const files = paths.map((path) => hostPath(root, path));
  const args = ['-v', '-c', String(MOST_FILE_BYTES + 1), '--', ...files];
  const result = await run({ command: 'head', args, timeoutMs, maxOutputBytes: paths.length * MOST_FILE_BYTES, ...(signal && { signal }) });
  if (result.kind !== 'exited' || result.signal !== null) {
    return new Map(
      paths.map((path) => {
        const shown = describePath(root, path);
        return [path, failureOf(shown, explainFailure(shown, 'head', result, timeoutMs), timeoutMs)];
      }),
    );
  }
  const texts = textsOf(result.stdout, files);
  return new Map(paths.map((path, index) => [path, outcomeOf(describePath(root, path), texts.get(files[index] ?? ''), errorOf(result.stderr, files[index] ?? ''))]));
}

/** Before each file stands `==> NAME <==` and a newline, and before all but the first of these another one. */
function textsOf(stdout: string, files: readonly string[]): ReadonlyMap<string, string> {
  const starts: { readonly file: string; readonly header: number; readonly start: number }[] = [];
  let from = 0;
  for (const file of files) {
    const header = `==> ${file} <==\n`;
    const at = from === 0 && stdout.startsWith(header) ? 0 : stdout.indexOf(`\n${header}`, from);
    if (at < 0) continue;
    const begin = at === 0 && stdout.startsWith(header) ? 0 : at + 1;
    from = begin + header.length;
    // Of an empty file nothing stands between its own header and the newline that belongs to the next one.
    starts.push({ file, header: begin, start: from });
    from -= 1;
  }
  return new Map(starts.map(({ file, start }, index) => [file, stdout.slice(start, Math.max(start, (starts[index + 1]?.header ?? stdout.length + 1) - 1))]));
}

function outcomeOf(shown: string, text: string | undefined, error: string | undefined): Outcome<string> {
  if (error !== undefined) return explainUnread(shown, error);
  if (text === undefined) return { kind: 'failed', message: `${shown}: head told nothing of it` };
  if (Buffer.byteLength(text) > MOST_FILE_BYTES) return { kind: 'failed', message: `${shown}: longer than ${MOST_FILE_BYTES} bytes` };
  return { kind: 'ok', value: text };
}

/** `head: cannot open '/etc/x' for reading: Permission denied`, `head: error reading '/etc': Is a directory` */
function errorOf(stderr: string, file: string): string | undefined {
  const line = stderr.split('\n').find((text) => text.includes(`'${file}'`));
  return line === undefined ? undefined : errorTextOf(line);
}

function errorsOf(stderr: string): readonly string[] {
  return stderr.split('\n').filter((line) => line !== '').map(errorTextOf);
}

function explainUnread(shown: string, text: string): Unread {
  const message = `${shown}: ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
  if (text === 'No such file or directory' || text === 'Not a directory') return { kind: 'absent', message };
  return { kind: text === 'Permission denied' || text === 'Operation not permitted' ? 'denied' : 'failed', message };
}

function failureOf(shown: string, failure: Unread | 'hung', timeoutMs: number): Unread {
  return failure === 'hung' ? { kind: 'failed', message: `${shown}: no answer within ${timeoutMs} ms` } : failure;
}
