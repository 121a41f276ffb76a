import { messageOf } from '../core/errors.ts';
import { type Logger, silentLogger } from '../core/log.ts';
import { type ChildResult, type RunChild, runChild } from './child.ts';
import { errorTextOf, explainFailure } from './child-failure.ts';
import type { FilesystemAnswer, NoNumbers } from './filesystem-answer.ts';
import { askFilesystems, type ProbeTarget } from './filesystem-ask.ts';
import { describePath } from './read.ts';

/** Asks file systems for their numbers, so that a dead one costs one child and never this process. */
export interface FilesystemProbe {
  /** Settles within about 1.5 times `timeoutMs`, plus `timeoutMs` for each further four mounts that do not answer. Never rejects. */
  readonly probe: (target: ProbeTarget) => Promise<FilesystemAnswer>;
}

export interface FilesystemProbeOptions {
  /** How long one file system may take. */
  readonly timeoutMs: number;
  readonly log?: Logger;
  readonly run?: RunChild;
  /** Milliseconds since 1970. */
  readonly nowMs?: () => number;
}

/** Asked at once, each by a child of its own. */
const MOST_AT_ONCE = 4;

/**
 * Children left behind in the kernel, 0.2 MiB each. From half of it on only mounts that answered last time are
 * asked, so that a node full of dead network mounts still watches its disks.
 */
const MOST_LEFT_BEHIND = 32;

/**
 * A `stat` costs 3.5 ms of CPU, nearly all of it to start it: what answered last time is asked together, and gets this
 * share of the deadline, so that there is time left to find the one that hangs.
 */
const TOGETHER_SHARE = 0.5;

/** Mounts of which something is kept. */
const MOST_REMEMBERED = 1_024;

/** What is known of hangs is kept here; make one probe and share it between all checks. */
export function createFilesystemProbe(options: FilesystemProbeOptions): FilesystemProbe {
  const { timeoutMs, log = silentLogger, run = runChild, nowMs = Date.now } = options;
  /** What is answered as long as the child that was left behind is there. */
  const outstanding = new Map<string, FilesystemAnswer>();
  const stuckSinceMs = new Map<string, number>();
  const answering = new Set<string>();
  const underWay = new Map<string, Promise<FilesystemAnswer>>();
  let leftBehind = 0;
  let nextRound: Map<ProbeTarget, (answer: FilesystemAnswer) => void> | undefined;

  async function countedRun(request: Parameters<RunChild>[0]): Promise<ChildResult> {
    const result = await run(request);
    if (result.kind === 'abandoned') {
      leftBehind++;
      void result.ended.finally(() => leftBehind--);
    }
    return result;
  }

  async function askAlone(target: ProbeTarget): Promise<FilesystemAnswer> {
    const key = keyOf(target);
    if (leftBehind >= (answering.has(key) ? MOST_LEFT_BEHIND : MOST_LEFT_BEHIND / 2)) {
      return { kind: 'failed', message: `${whereOf(target)}: not asked, too many other file systems do not answer` };
    }
    const askedMs = nowMs();
    const { answers, last } = await askFilesystems([target], timeoutMs, countedRun);
    const answer = answers.get(target) ?? explain(target, last, askedMs);
    if (last.kind === 'abandoned') {
      outstanding.set(key, answer);
      void last.ended.finally(() => outstanding.delete(key));
    }
    return answer;
  }

  function explain(target: ProbeTarget, last: ChildResult, askedMs: number): FilesystemAnswer {
    const key = keyOf(target);
    const failure = failureOf(target, last, timeoutMs);
    if (failure !== 'hung') return failure;
    const sinceMs = stuckSinceMs.get(key) ?? askedMs;
    if (!stuckSinceMs.has(key)) log.warn({ path: target.mountPoint, timeoutMs }, 'a file system does not answer');
    // Volumes come and go: what nobody asks about any more must not stay for ever.
    if (stuckSinceMs.size >= MOST_REMEMBERED) stuckSinceMs.clear();
    stuckSinceMs.set(key, sinceMs);
    return { kind: 'stuck', sinceMs };
  }

  /** Leaves out what has to be asked alone, since one of them hangs or is missing. */
  async function askTogether(targets: readonly ProbeTarget[]): Promise<Answers> {
    if (targets.length < 2 || leftBehind >= MOST_LEFT_BEHIND) return new Map();
    const deadlineMs = timeoutMs * TOGETHER_SHARE;
    const { answers, last } = await askFilesystems(targets, deadlineMs, countedRun);
    if (last.kind === 'exited') return answers;
    const failures = targets.map((target) => [target, failureOf(target, last, deadlineMs)] as const);
    // Without CPU time for one child there is none for many.
    return new Map(failures.flatMap(([target, failure]) => (failure === 'hung' ? [] : [[target, failure]])));
  }

  /** Each answer is told as it comes: who looks at a disk does not wait for the dead shares that somebody else asked for. */
  async function askRound(targets: readonly ProbeTarget[], tell: (target: ProbeTarget, answer: FilesystemAnswer) => void): Promise<void> {
    const together = await askTogether(targets.filter((target) => answering.has(keyOf(target))));
    for (const [target, answer] of together) tell(target, answer);
    // From the front: the caller names first what matters most, and dead ones may use up the children.
    const rest = targets.filter((target) => !together.has(target));
    await Promise.all(
      Array.from({ length: MOST_AT_ONCE }, async () => {
        for (let target = rest.shift(); target !== undefined; target = rest.shift()) tell(target, await askAlone(target));
      }),
    );
  }

  function remember(target: ProbeTarget, { kind }: FilesystemAnswer): void {
    const key = keyOf(target);
    if (answering.size >= MOST_REMEMBERED) answering.clear();
    if (kind === 'ok' || kind === 'not-visible') answering.add(key);
    else answering.delete(key);
    if (kind === 'stuck' || kind === 'failed') return;
    if (stuckSinceMs.delete(key)) log.info({ path: target.mountPoint }, 'the file system answers again');
  }

  async function startRound(): Promise<void> {
    const waiting: NonNullable<typeof nextRound> = nextRound ?? new Map();
    nextRound = undefined;
    try {
      await askRound([...waiting.keys()], (target, answer) => {
        remember(target, answer);
        waiting.get(target)?.(answer);
      });
    } catch (cause) {
      // A bug; nobody may wait for ever because of it.
      for (const [target, resolve] of waiting) resolve({ kind: 'failed', message: `${whereOf(target)}: not asked: ${messageOf(cause)}`, cause });
    }
  }

  /** All that is asked within one turn of the event loop goes into one round. */
  async function joinRound(target: ProbeTarget): Promise<FilesystemAnswer> {
    if (nextRound === undefined) {
      nextRound = new Map();
      void Promise.resolve().then(startRound);
    }
    const { promise, resolve } = Promise.withResolvers<FilesystemAnswer>();
    nextRound.set(target, resolve);
    return await promise;
  }

  return {
    async probe(target) {
      const key = keyOf(target);
      const already = outstanding.get(key) ?? underWay.get(key);
      if (already !== undefined) return await already;
      const asked = joinRound(target).finally(() => underWay.delete(key));
      underWay.set(key, asked);
      return await asked;
    },
  };
}

type Answers = ReadonlyMap<ProbeTarget, FilesystemAnswer>;

function failureOf(target: ProbeTarget, result: ChildResult, deadlineMs: number): NoNumbers | 'hung' {
  const failure = explainFailure(whereOf(target), 'stat', result, deadlineMs);
  if (failure === 'hung' || failure.kind !== 'failed' || result.kind !== 'exited') return failure;
  const refusal = errorTextOf(result.stderr);
  return refusal === '' ? failure : { ...failure, refusal };
}

function whereOf({ root, mountPoint }: ProbeTarget): string {
  return describePath(root, mountPoint);
}

/** With the device, so that a new mount at the place of a dead one is asked. */
function keyOf({ root, mountPoint, device }: ProbeTarget): string {
  return `${device.major}:${device.minor} ${root} ${mountPoint}`;
}
