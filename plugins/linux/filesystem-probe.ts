import { type Logger, silentLogger } from '../core/log.ts';
import { type ChildResult, type RunChild, runChild } from './child.ts';
import { explainFailure } from './child-failure.ts';
import type { FilesystemAnswer } from './filesystem-answer.ts';
import { askFilesystems, type ProbeTarget } from './filesystem-ask.ts';
import { describePath } from './read.ts';

/** Asks file systems for their numbers, so that a dead one costs one child and never this process. */
export interface FilesystemProbe {
  /** Settles within about `timeoutMs` plus one second per four mounts that do not answer. Never rejects. */
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
 * Children left behind in the kernel, about 0.3 MiB each. From half of it on only mounts that answered last time are
 * asked, so that a node full of dead network mounts still watches its disks.
 */
const MOST_LEFT_BEHIND = 32;

/** A `stat` costs 3.5 ms of CPU, nearly all of it to start it: what answered last time is asked together, and must be quick. */
const TOGETHER_TIMEOUT_MS = 1_000;

/** Mounts of which something is kept. */
const MOST_REMEMBERED = 1_024;

interface Hang {
  readonly sinceMs: number;
  /** Its child is still there: it is not asked again until that ends. */
  readonly isOutstanding: boolean;
}

/** What is known of hangs is kept here; make one probe and share it between all checks. */
export function createFilesystemProbe(options: FilesystemProbeOptions): FilesystemProbe {
  const { timeoutMs, log = silentLogger, run = runChild, nowMs = Date.now } = options;
  const hangs = new Map<string, Hang>();
  const answering = new Set<string>();
  const underWay = new Map<string, Promise<FilesystemAnswer>>();
  let leftBehind = 0;
  let nextRound: { readonly targets: ProbeTarget[]; readonly answers: Promise<Answers> } | undefined;

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
    const where = describePath(target.root, target.mountPoint);
    if (leftBehind >= (answering.has(key) ? MOST_LEFT_BEHIND : MOST_LEFT_BEHIND / 2)) {
      return { kind: 'failed', message: `${where}: not asked, too many other file systems do not answer` };
    }
    const askedMs = nowMs();
    const { answers, last } = await askFilesystems([target], timeoutMs, countedRun);
    const answer = answers.get(target) ?? explainFailure(where, 'stat', last, timeoutMs);
    if (answer !== 'hung') return answer;
    const hang = { sinceMs: hangs.get(key)?.sinceMs ?? askedMs, isOutstanding: last.kind === 'abandoned' };
    if (!hangs.has(key)) log.warn({ path: target.mountPoint, timeoutMs }, 'a file system does not answer');
    if (hangs.size >= MOST_REMEMBERED) forgetEnded();
    hangs.set(key, hang);
    if (last.kind === 'abandoned') {
      void last.ended.then(() => hangs.set(key, { ...hang, isOutstanding: false }));
    }
    return { kind: 'stuck', sinceMs: hang.sinceMs };
  }

  /** Volumes come and go: a hang that is over, of a mount that nobody asks about any more, must not stay for ever. */
  function forgetEnded(): void {
    for (const [key, { isOutstanding }] of hangs) if (!isOutstanding) hangs.delete(key);
  }

  async function askRound(targets: readonly ProbeTarget[]): Promise<Answers> {
    const together = targets.filter((target) => answering.has(keyOf(target)));
    const { answers: early } =
      together.length > 1 ? await askFilesystems(together, Math.min(timeoutMs, TOGETHER_TIMEOUT_MS), countedRun) : { answers: new Map() };
    const answers = new Map<ProbeTarget, FilesystemAnswer>(early);
    const rest = targets.filter((target) => !answers.has(target));
    await Promise.all(
      Array.from({ length: MOST_AT_ONCE }, async () => {
        for (let target = rest.pop(); target !== undefined; target = rest.pop()) answers.set(target, await askAlone(target));
      }),
    );
    for (const [target, answer] of answers) remember(target, answer);
    return answers;
  }

  function remember(target: ProbeTarget, { kind }: FilesystemAnswer): void {
    const key = keyOf(target);
    if (answering.size >= MOST_REMEMBERED) answering.clear();
    if (kind === 'ok' || kind === 'not-visible') answering.add(key);
    else answering.delete(key);
    if (kind === 'stuck' || kind === 'failed') return;
    if (hangs.delete(key)) log.info({ path: target.mountPoint }, 'the file system answers again');
  }

  /** All that is asked within one turn of the event loop goes into one round. */
  async function joinRound(target: ProbeTarget): Promise<FilesystemAnswer> {
    if (nextRound === undefined) {
      const targets: ProbeTarget[] = [];
      const start = async (): Promise<Answers> => {
        nextRound = undefined;
        return await askRound(targets);
      };
      nextRound = { targets, answers: Promise.resolve().then(start) };
    }
    nextRound.targets.push(target);
    const answer = (await nextRound.answers).get(target);
    return answer ?? { kind: 'failed', message: `${describePath(target.root, target.mountPoint)}: not asked` };
  }

  return {
    async probe(target) {
      const key = keyOf(target);
      const hang = hangs.get(key);
      if (hang?.isOutstanding) return { kind: 'stuck', sinceMs: hang.sinceMs };
      const already = underWay.get(key);
      if (already !== undefined) return await already;
      const asked = joinRound(target).finally(() => underWay.delete(key));
      underWay.set(key, asked);
      return await asked;
    },
  };
}

type Answers = ReadonlyMap<ProbeTarget, FilesystemAnswer>;

/** With the device, so that a new mount at the place of a dead one is asked. */
function keyOf({ root, mountPoint, device }: ProbeTarget): string {
  return `${device.major}:${device.minor} ${root} ${mountPoint}`;
}
