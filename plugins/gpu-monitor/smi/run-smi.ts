import { codeOf } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { ChildResult, RunChild } from '../../linux/child.ts';
import { stateOfOwn } from '../../linux/own-process.ts';
import type { OwnGroup } from '../../linux/sys/own-group.ts';
import type { SmiEnd } from './complaints.ts';
import type { FoundSmi, LocateSmi, MissingSmi } from './locate.ts';
import type { SmiLook, SmiRun } from './look.ts';
import type { SmiScene } from './scene.ts';
import { isStarved } from './starved.ts';

/** It ended by itself; whether well is for others to tell. */
export interface SmiEnded {
  readonly kind: 'exited';
  readonly end: SmiEnd;
  readonly run: SmiRun;
}

export type SmiNotEnded = Extract<SmiLook, { readonly kind: 'missing' | 'hung' | 'uninterruptible' | 'untold' }>;

export interface SmiRunner {
  /** Runs it once; never while another one of ours is left behind in the kernel. Not to be called while a call is under way. */
  readonly ask: (scene: SmiScene, args: readonly string[], maxOutputBytes: number) => Promise<SmiEnded | SmiNotEnded>;
  /** What there is to say as long as one is left behind, or undefined. */
  readonly leftBehind: () => SmiNotEnded | undefined;
}

export interface SmiRunnerOptions {
  readonly given: string | undefined;
  readonly run: RunChild;
  readonly locate: LocateSmi;
  readonly ownGroup: OwnGroup;
  readonly log: Logger;
  readonly nowMs: () => number;
}

const MIB = 1024 * 1024;

/** Drivers 555 with trouble in nvidia-persistenced let nvidia-smi grow to 25 GB (nvitop #128). How much a sane one takes was not measured yet. */
const MOST_PRIVATE_BYTES = 256 * MIB;
/** Less no nvidia-smi can do with, whatever is left of the container's limit. */
const LEAST_PRIVATE_BYTES = 24 * MIB;
/** Stays free for ourselves, and for what a leak takes between two looks: kubelet has a whole container killed when one of its processes exceeds the limit (memory.oom.group). */
const KEPT_FREE_BYTES = 8 * MIB;

/** What holds the driver's lock may need a moment to die. */
const KILL_GRACE_MS = 1_000;

/** `oom_score_adj`, the highest there is. */
const FIRST_TO_GO = 1_000;

export function createSmiRunner({ given, run, locate, ownGroup, log, nowMs }: SmiRunnerOptions): SmiRunner {
  let left: { readonly pid: number; readonly wasStarved: boolean } | undefined;

  function leftBehind(): SmiNotEnded | undefined {
    if (left === undefined) return undefined;
    if (left.wasStarved && stateOfOwn(left.pid)?.state === 'R') return STARVED;
    return { kind: 'uninterruptible', pid: left.pid, message: UNINTERRUPTIBLE };
  }

  function leave(result: ChildResult & { readonly kind: 'abandoned' }, wasStarved: boolean): void {
    const { pid } = result;
    left = { pid, wasStarved };
    log.warn({ pid }, 'nvidia-smi cannot be killed; no other is started until it ends');
    void result.ended.finally(() => {
      left = undefined;
      log.info({ pid }, 'the nvidia-smi that could not be killed has ended');
    });
  }

  function late(result: ChildResult & { readonly kind: 'timed-out' | 'abandoned' }, { timeoutMs }: SmiScene, throttledMs: number | undefined): SmiNotEnded {
    const wasStarved = isStarved({ timeoutMs, atDeadline: result.atDeadline, throttledMs });
    if (result.kind === 'abandoned') leave(result, wasStarved);
    if (wasStarved) return STARVED;
    return leftBehind() ?? { kind: 'hung', message: `nvidia-smi did not end within ${timeoutMs} ms and was killed` };
  }

  return {
    leftBehind,
    async ask(scene, args, maxOutputBytes) {
      const stuck = leftBehind();
      if (stuck !== undefined) return stuck;
      const found = locate(scene.root, given);
      if (found.kind === 'missing') return missing(found);
      const { path: command, environment } = found;
      const maxPrivateBytes = mostPrivateBytes(ownGroup.freeMemoryBytes());
      const [startedMs, throttledBeforeMs] = [nowMs(), ownGroup.throttledMs()];
      const result = await run({
        command, args, environment, maxOutputBytes,
        timeoutMs: scene.timeoutMs,
        killGraceMs: KILL_GRACE_MS,
        oomScoreAdj: FIRST_TO_GO,
        maxPrivateBytes,
      });
      if (result.kind === 'exited') {
        return { kind: 'exited', end: result, run: { exitCode: result.code, tookMs: Math.round(nowMs() - startedMs) } };
      }
      if (result.kind === 'failed-to-start') return notStarted(command, result);
      if (result.kind === 'too-large') return { kind: 'untold', message: tooLarge(maxPrivateBytes) };
      if (result.kind !== 'timed-out' && result.kind !== 'abandoned') return { kind: 'untold', message: UNTOLD[result.kind] };
      const throttledMs = throttledBeforeMs === undefined ? undefined : (ownGroup.throttledMs() ?? 0) - throttledBeforeMs;
      return late(result, scene, throttledMs);
    },
  };
}

const STARVED: SmiNotEnded = { kind: 'untold', message: 'nvidia-smi got no CPU time (the CPU limit of this container, or a busy node)' };
const UNTOLD = {
  overflow: 'nvidia-smi wrote without end and was killed',
  cancelled: 'nvidia-smi: nobody waited for the answer',
} as const;
const UNINTERRUPTIBLE = 'nvidia-smi cannot even be killed: it waits in the kernel for the driver; no other is started until it ends';

/** What one may take beside us. */
export function mostPrivateBytes(freeBytes: number | undefined): number {
  if (freeBytes === undefined) return MOST_PRIVATE_BYTES;
  return Math.min(MOST_PRIVATE_BYTES, Math.max(LEAST_PRIVATE_BYTES, freeBytes - KEPT_FREE_BYTES));
}

/** Coarse: the limit differs a little each time, and the message must not. */
const ROUND_PRIVATE_BYTES = [256, 128, 64, 32, 24].map((mebibytes) => mebibytes * MIB);

function tooLarge(maxPrivateBytes: number): string {
  const bytes = ROUND_PRIVATE_BYTES.find((each) => each <= maxPrivateBytes) ?? LEAST_PRIVATE_BYTES;
  const what = `nvidia-smi took more than ${bytes / MIB} MiB of memory`;
  if (bytes === MOST_PRIVATE_BYTES) return `${what} and was killed: likely a leak; restart nvidia-persistenced or update the driver`;
  return `${what} (what the memory limit of this container leaves) and was killed: raise that limit`;
}

function missing({ lookedIn, roots, isPathSearched = false }: MissingSmi): SmiNotEnded {
  const places = lookedIn.join(', ');
  if (roots.length === 0) return { kind: 'missing', message: `no program ${places}` };
  return { kind: 'missing', message: `no nvidia-smi ${isPathSearched ? 'in PATH, nor ' : ''}below ${roots.join(' or ')} in ${places}` };
}

/** With ENOENT of a file that is there, the loader that it names is not: it was built for another system. */
function notStarted(path: FoundSmi['path'], { message, cause }: ChildResult & { readonly kind: 'failed-to-start' }): SmiNotEnded {
  const isShell = message.startsWith('spawn sh ');
  if (codeOf(cause) === 'ENOENT' && !isShell) return { kind: 'missing', message: `${path} cannot be started: it, or the loader that it needs, is not there` };
  return { kind: 'untold', message: `${isShell ? 'sh' : path} cannot be started: ${codeOf(cause) ?? message}` };
}
