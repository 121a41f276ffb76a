import { type ChildProcess, spawn } from 'node:child_process';
import { addAbortListener } from 'node:events';
import { messageOf } from '../core/errors.ts';
import { killedAtExit } from './child-exit.ts';
import { type ChildOutcome, killGroup, letGo, type WatchedChild, watchChild } from './child-handle.ts';
import { type MemoryWatch, watchMemory } from './child-memory.ts';
import { asFirstToGo, whyNotStarted } from './child-oom.ts';
import { stateOfOwn } from './own-process.ts';
import type { PidStat } from './proc/pid-stat.ts';

export interface ChildRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  /** For each of stdout and stderr; the latter has 8 KiB at least. */
  readonly maxOutputBytes: number;
  /** Written to stdin, which is empty without it. */
  readonly input?: string;
  readonly signal?: AbortSignal;
  /** How long a killed child may take to go before it is left behind. Default 250. */
  readonly killGraceMs?: number;
  /** Beside PATH and LC_ALL, which it may replace. */
  readonly environment?: Readonly<Record<string, string>>;
  /** `oom_score_adj` before the program runs (1000: the first to go when memory runs out); needs a `sh`. See proc_pid_oom_score_adj(5). */
  readonly oomScoreAdj?: number;
  /** Of the program itself, without what it maps from files; looked at ten times a second. */
  readonly maxPrivateBytes?: number;
}

export type ChildResult =
  | ({ readonly kind: 'exited' } & ChildOutcome)
  /** Killed at the deadline, and gone. */
  | { readonly kind: 'timed-out'; readonly atDeadline: PidStat | undefined }
  /** Killed, and still there: it, or what it started, sleeps in the kernel. `ended` resolves should it end after all. */
  | { readonly kind: 'abandoned'; readonly pid: number; readonly atDeadline: PidStat | undefined; readonly ended: Promise<unknown> }
  /** Wrote more than `maxOutputBytes`; killed, and gone. */
  | { readonly kind: 'overflow' }
  /** Took more than `maxPrivateBytes`; killed, and gone. */
  | { readonly kind: 'too-large' }
  /** The signal was aborted; killed, and gone. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed-to-start'; readonly message: string; readonly cause: unknown };

export type RunChild = (request: ChildRequest) => Promise<ChildResult>;

const DEFAULT_KILL_GRACE_MS = 250;

/** Nothing of ours is passed on: no token, no proxy, no language that changes messages. */
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/**
 * Runs a small program that may hang for ever. Never throws or rejects, and settles within `timeoutMs` plus twice
 * `killGraceMs`.
 *
 * The child leads a process group of its own, which is killed as a whole. What does not go even then (state D on a dead
 * mount) is left behind: it does not hold the event loop, so this process can still exit. When this process exits before, so does the group.
 *
 * `atDeadline` tells a hang from hunger: S and D wait for something, R with little CPU time never got a CPU. The CPU time is
 * that of all its threads, not of what it started. It is undefined where /proc is not mounted.
 */
export async function runChild(request: ChildRequest): Promise<ChildResult> {
  if (request.signal?.aborted) return { kind: 'cancelled' };
  const { command: file, args: ofFile, oomScoreAdj, environment } = request;
  const [command, ...args] = oomScoreAdj === undefined ? [file, ...ofFile] : asFirstToGo(oomScoreAdj, [file, ...ofFile], environment);
  let child;
  try {
    child = spawn(command, args, {
      stdio: [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: oomScoreAdj === undefined ? { ...ENVIRONMENT, ...environment } : ENVIRONMENT,
      cwd: '/',
      detached: true,
    });
  } catch (cause) {
    // A NUL in an argument, or no memory to fork with.
    return { kind: 'failed-to-start', message: messageOf(cause), cause };
  }
  const watched = watchChild(child, request.maxOutputBytes, request.input);
  if (child.pid !== undefined) return await supervise(child, child.pid, watched, request);
  const cause = await watched.failed;
  return { kind: 'failed-to-start', message: messageOf(cause), cause };
}

async function supervise(child: ChildProcess, pid: number, watched: WatchedChild, request: ChildRequest): Promise<ChildResult> {
  const { timeoutMs, signal, killGraceMs = DEFAULT_KILL_GRACE_MS, maxPrivateBytes } = request;
  const cancelled = Promise.withResolvers<'cancelled'>();
  // What is left behind in the kernel has its SIGKILL already, and its number may be another's by the time we end.
  using _atExit = killedAtExit(pid);
  using _listener = signal && addAbortListener(signal, () => cancelled.resolve('cancelled'));
  using memory = maxPrivateBytes === undefined ? undefined : watchMemory(pid, maxPrivateBytes);
  const first = await within(timeoutMs, [watched.exited, watched.overflowed, cancelled.promise, ...exceeding(memory)]);
  const atDeadline = first === undefined ? stateOfOwn(pid) : undefined;

  // Our own event loop may have slept past the end of a child that was in time; what it started may still hold its pipes.
  if (first === 'exited' || (first === undefined && isOver(atDeadline))) await within(killGraceMs, [watched.closed]);
  const ended = watched.result();
  if (!watched.isClosed()) {
    killGroup(pid);
    await within(killGraceMs, [watched.closed]);
  }
  if (!watched.isClosed()) {
    letGo(child);
    return { kind: 'abandoned', pid, atDeadline, ended: watched.closed };
  }
  if (watched.hasOverflowed()) return { kind: 'overflow' };
  if (first === 'cancelled' || first === 'too-large') return { kind: first };
  return ended === undefined ? { kind: 'timed-out', atDeadline } : resultOf(request, ended);
}

function resultOf({ oomScoreAdj, command }: ChildRequest, ended: ChildOutcome): ChildResult {
  const failure = oomScoreAdj === undefined ? undefined : whyNotStarted(command, ended);
  return failure ?? { kind: 'exited', ...ended };
}

/** Ended but not reaped, or gone; where there is no /proc nobody can tell. */
function isOver(stat: PidStat | undefined): boolean {
  return stat === undefined || stat.state === 'Z';
}

function exceeding(memory: MemoryWatch | undefined): readonly Promise<'too-large'>[] {
  return memory === undefined ? [] : [memory.exceeded];
}

/** The first of these to happen, or undefined if the time is over before. */
async function within<T>(timeoutMs: number, events: readonly Promise<T>[]): Promise<T | undefined> {
  let timer;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, undefined);
  });
  try {
    return await Promise.race([...events, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
