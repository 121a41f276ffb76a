import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';

/** What happens to a child. The promises never reject. */
export interface WatchedChild {
  /** It could not be started, and why. */
  readonly failed: Promise<unknown>;
  readonly exited: Promise<'exited'>;
  readonly overflowed: Promise<'overflow'>;
  readonly hasOverflowed: () => boolean;
  /** It was reaped, and nobody holds its pipes any more. */
  readonly closed: Promise<'closed'>;
  readonly isClosed: () => boolean;
  /** What came of it so far, or undefined while it runs. */
  readonly result: () => ChildOutcome | undefined;
}

export interface ChildOutcome {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Room for an error message, however short the answer must be. */
const LONGEST_COMPLAINT_BYTES = 8192;

/** Listens to a child that was just spawned, feeds it, and keeps up to `maxOutputBytes` of each output. */
export function watchChild(child: ChildProcess, maxOutputBytes: number, input: string | undefined): WatchedChild {
  const failed = Promise.withResolvers<unknown>();
  const exited = Promise.withResolvers<'exited'>();
  const overflowed = Promise.withResolvers<'overflow'>();
  const closed = Promise.withResolvers<'closed'>();
  let hasOverflowed = false;
  let isClosed = false;
  const overflow = (): void => {
    hasOverflowed = true;
    overflowed.resolve('overflow');
  };
  child.on('error', failed.resolve);
  child.once('exit', () => exited.resolve('exited'));
  child.once('close', () => {
    isClosed = true;
    closed.resolve('closed');
  });
  // It may end, or close its stdin, before it has read everything.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  const stdout = collect(child.stdout, maxOutputBytes, overflow);
  const stderr = collect(child.stderr, Math.max(maxOutputBytes, LONGEST_COMPLAINT_BYTES), overflow);
  return {
    failed: failed.promise,
    exited: exited.promise,
    overflowed: overflowed.promise,
    hasOverflowed: () => hasOverflowed,
    closed: closed.promise,
    isClosed: () => isClosed,
    result() {
      const { exitCode: code, signalCode: signal } = child;
      return code === null && signal === null ? undefined : { code, signal, stdout: stdout(), stderr: stderr() };
    },
  };
}

function collect(stream: Readable | null, maxBytes: number, overflow: () => void): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream?.on('error', () => {});
  stream?.on('data', (chunk: Buffer) => {
    length += chunk.length;
    // Read on even so: a writer that nobody reads would never end.
    if (length > maxBytes) overflow();
    else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

/** SIGKILL to the child and all it started. The group's number cannot be taken by others while one of them is left. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: all gone already.
  }
}

/** From now on the child and its pipes no longer keep the event loop alive; its end is still noticed if something else does. */
export function letGo(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    // They are sockets, which the types of child_process do not say.
    if (stream && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
  }
}
