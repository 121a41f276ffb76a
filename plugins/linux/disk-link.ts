import { runChild } from './child.ts';
import { explainFailure } from './child-failure.ts';
import type { DiskFileOptions } from './disk-file.ts';
import { type Outcome, type Unread, describePath, hostPath } from './read.ts';

/** What is known of some paths. */
export interface DiskLinks {
  /** Of those that are there: where the link leads, as it says itself, or undefined for what is no link. */
  readonly targets: ReadonlyMap<string, string | undefined>;
  /** Why the others are missing in there, if any. */
  readonly unread?: Unread;
}

/** As many as the kernel follows, see path_resolution(7). */
const MOST_LINKS = 40;

/**
 * Which of these paths are symbolic links, and to what, by one `stat`. None is followed in its last part. Never rejects.
 *
 * @param paths below root, without a leading slash
 */
export async function readDiskLinks(root: string, paths: readonly string[], options: DiskFileOptions): Promise<DiskLinks> {
  const { timeoutMs, maxBytes = 256 * 1024, run = runChild, signal } = options;
  if (paths.length === 0) return { targets: new Map() };
  const full = paths.map((path) => hostPath(root, path));
  const result = await run({
    command: 'stat',
    // `path -> target` or `path`, and a NUL, which no name can hold.
    args: [String.raw`--printf=%N\0`, '--', ...full],
    environment: { QUOTING_STYLE: 'literal' },
    timeoutMs, maxOutputBytes: maxBytes, ...(signal && { signal }),
  });
  const targets = targetsIn(result.kind === 'exited' ? result.stdout : '', paths, full);
  if (targets.size === paths.length) return { targets };
  const missing = paths.find((path) => !targets.has(path)) ?? '';
  const where = describePath(root, missing);
  const failure = explainFailure(where, 'stat', result, timeoutMs);
  const unread: Unread = failure === 'hung' ? { kind: 'failed', message: `${where}: no answer within ${timeoutMs} ms` } : failure;
  return { targets, unread };
}

/** `stat` leaves out what is not there, and keeps to the order. */
function targetsIn(stdout: string, paths: readonly string[], full: readonly string[]): ReadonlyMap<string, string | undefined> {
  const said = stdout.split('\0');
  const targets = new Map<string, string | undefined>();
  for (const [index, path] of paths.entries()) {
    const [line, name] = [said[0] ?? '', full[index] ?? ''];
    const isLink = line.startsWith(`${name} -> `);
    if (line !== name && !isLink) continue;
    targets.set(path, isLink ? line.slice(name.length + ' -> '.length) : undefined);
    said.shift();
  }
  return targets;
}

/**
 * The path with no symbolic link left in it, on a host whose root lies at `root`: an absolute link begins there anew, and
 * none leads out of it. For `readDiskFile`, which follows links as the kernel does, from our own root. Never rejects.
 *
 * @param path below root, without a leading slash; `..` in it is what it is to the kernel
 * @returns a path below root, without a leading slash
 */
export async function resolveOnDisk(root: string, path: string, options: DiskFileOptions): Promise<Outcome<string>> {
  let done: readonly string[] = [];
  let todo = partsOf(path);
  for (let links = 0; links <= MOST_LINKS; ) {
    while (todo[0] === '..') {
      done = done.slice(0, -1);
      todo = todo.slice(1);
    }
    const up = todo.indexOf('..');
    const next = up === -1 ? todo : todo.slice(0, up);
    if (next.length === 0) return { kind: 'ok', value: done.join('/') };
    const paths = next.map((_, index) => [...done, ...next.slice(0, index + 1)].join('/'));
    const { targets, unread } = await readDiskLinks(root, paths, options);
    const odd = paths.findIndex((each) => !targets.has(each) || targets.get(each) !== undefined);
    const target = targets.get(paths[odd] ?? '');
    if (odd !== -1 && target === undefined) return { kind: 'failed', ...unread, message: messageOn(root, path, unread) };
    if (target === undefined) {
      done = [...done, ...next];
      todo = todo.slice(next.length);
      continue;
    }
    links++;
    done = target.startsWith('/') ? [] : [...done, ...next.slice(0, odd)];
    todo = [...partsOf(target), ...todo.slice(odd + 1)];
  }
  return { kind: 'failed', message: `${describePath(root, path)}: too many levels of symbolic links` };
}

/** Of the path that was asked for, not of the one that a link led to: that is what the reader knows. */
function messageOn(root: string, path: string, unread: Unread | undefined): string {
  const { message = ': cannot be resolved' } = unread ?? {};
  return describePath(root, path) + message.slice(message.lastIndexOf(': '));
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
