import type { Check, Look, Scene } from './check.ts';
import type { Clock } from './clock.ts';
import { withContributors } from './contributors.ts';
import type { Logger } from './log.ts';
import { runCheck } from './run-check.ts';
import { type Problem, unknown } from './verdict.ts';

/**
 * Each look comes up to this share of its period early, so that the nodes of a cluster do not beat in time. Never late:
 * then two failed looks in a row could use up the three periods for which the last known state holds.
 */
const JITTER = 0.1;

/** A look that wants to come again sooner than this waits so long, lest it is all that this process does. */
const SOONEST_AGAIN_MS = 1_000;

/** By then the first answer was given, unless there is hardly any CPU. */
const OTHERS_AFTER_MS = 1_000;

/** Who contributes to a new problem is found by then, or not told. */
const MOST_CONTRIBUTORS_MS = 2_500;

export interface SamplerOptions<S> {
  readonly checks: readonly Check<S>[];
  readonly clock: Clock;
  readonly log: Logger;
  /** In [0, 1), e.g. Math.random. */
  readonly random: () => number;
  /** What the check may touch at this moment; called once per look. */
  readonly scene: (check: Check<S>) => Omit<Scene<S>, 'signal' | 'log'>;
  /** Will this problem be told for the first time, should its look end within `inMs`? Then it is asked who contributes. */
  readonly isNews?: (check: Check<S>, problem: Problem, inMs: number) => boolean;
  /** Told of every look that ended in time, with how long it took, and of every deadline or period that passed without an end of it. */
  readonly onLook: (check: Check<S>, look: Look, tookMs: number | undefined) => void;
}

export interface Sampler {
  /**
   * Looks with every check at once, then each on its own timer, or the one that it shares with others. Settles when all have
   * looked, at the latest after the longest deadline. With `slowLater` the slow ones begin a second later and are not waited for.
   */
  readonly start: (slowLater?: boolean) => Promise<void>;
  /** Looks with every check that has no look under way now, e.g. since a threshold changed. */
  readonly lookNow: () => void;
  /** No further looks; those under way are aborted and their results dropped. */
  readonly stop: () => void;
}

/**
 * Samples on timers of its own, whoever polls how often. A check that is late is abandoned for this round and
 * never started twice: while its look has not ended, every period tells the same "no answer" again.
 */
export function createSampler<S>(options: SamplerOptions<S>): Sampler {
  const { checks } = options;
  const runners = checks.map((check) => createRunner(check, options));
  const groups = groupsOf(checks, runners).map((group) => createGroup(group, options));
  return {
    async start(slowLater = false) {
      const [slow, first] = [groups.filter(({ isSlow }) => isSlow && slowLater), groups.filter(({ isSlow }) => !isSlow || !slowLater)];
      for (const { beginAfter, startSpreadMs } of slow) beginAfter(OTHERS_AFTER_MS + startSpreadMs * options.random());
      await Promise.all(first.map(({ begin }) => begin()));
    },
    lookNow: () => groups.forEach((group) => void group.look()),
    stop() {
      for (const { stop } of [...groups, ...runners]) stop();
    },
  };
}

/** Checks that look at the same moments. */
interface Group {
  readonly isSlow: boolean;
  readonly startSpreadMs: number;
  readonly begin: () => Promise<void>;
  readonly beginAfter: (waitMs: number) => void;
  /** With each of them that has no look under way. */
  readonly look: () => Promise<void>;
  readonly stop: () => void;
}

interface Members {
  readonly periodMs: number;
  readonly isSlow: boolean;
  /** Of the first member. */
  readonly startSpreadMs: number;
  readonly runners: readonly Runner[];
}

function groupsOf<S>(checks: readonly Check<S>[], runners: readonly Runner[]): readonly Members[] {
  const groups = new Map<string, Members>();
  for (const [index, { name, together, periodMs, isSlow = false, startSpreadMs = 0 }] of checks.entries()) {
    const key = together === undefined ? `alone ${name}` : `together ${together} ${periodMs}`;
    const before = groups.get(key);
    groups.set(key, {
      periodMs, isSlow: before?.isSlow ?? isSlow, startSpreadMs: before?.startSpreadMs ?? startSpreadMs, runners: [...before?.runners ?? [], ...runners.slice(index, index + 1)],
    });
  }
  return [...groups.values()];
}

function createGroup<S>({ periodMs, isSlow, startSpreadMs, runners }: Members, { clock, random }: SamplerOptions<S>): Group {
  let isStopped = false;
  let cancelTimer: (() => void) | undefined;
  let nextMs = Infinity;

  async function look(): Promise<void> {
    const wanted = await Promise.all(runners.map((runner) => runner.look()));
    const inMs = Math.max(SOONEST_AGAIN_MS, Math.min(...wanted.map((ms) => ms ?? Infinity)));
    if (clock.monotonicMs() + inMs < nextMs) schedule(inMs);
  }

  function schedule(inMs: number): void {
    beginAfter(inMs * (1 - JITTER * random()));
  }

  function beginAfter(waitMs: number): void {
    if (isStopped) return;
    cancelTimer?.();
    nextMs = clock.monotonicMs() + waitMs;
    cancelTimer = clock.schedule(waitMs, () => void begin());
  }

  async function begin(): Promise<void> {
    schedule(periodMs);
    await look();
  }

  return {
    isSlow,
    startSpreadMs,
    begin,
    beginAfter,
    look,
    stop() {
      isStopped = true;
      cancelTimer?.();
    },
  };
}

interface Runner {
  /** Gives how soon the next one is wanted, if sooner than the period. */
  readonly look: () => Promise<number | undefined>;
  readonly stop: () => void;
}

function createRunner<S>(check: Check<S>, { clock, log, scene, onLook, isNews }: SamplerOptions<S>): Runner {
  let isStopped = false;
  let state: 'idle' | 'looking' | 'abandoned' = 'idle';
  let abort: (() => void) | undefined;
  let againInMs: number | undefined;
  const late: Look = { verdicts: [unknown(`${check.name}: no answer within ${check.timeoutMs} ms`)] };

  async function look(): Promise<number | undefined> {
    if (isStopped || state === 'looking') return undefined;
    if (state === 'abandoned') {
      onLook(check, late, undefined);
      return undefined;
    }
    againInMs = undefined;
    state = 'looking';
    let asked: AbortController | undefined;
    // Most checks read and are done: making one takes as long as reading a file.
    const controller = (): AbortController => (asked ??= new AbortController());
    const deadline = Promise.withResolvers<void>();
    abort = () => {
      controller().abort(new Error('stopped'));
      deadline.resolve();
    };
    const cancelDeadline = clock.schedule(check.timeoutMs, deadline.resolve);
    await Promise.race([finish(controller), deadline.promise]);
    cancelDeadline();
    if (isStillLooking()) abandon(controller());
    return againInMs;
  }

  /** Waits for the look itself, however long that takes: the signal only asks it to end. */
  async function finish(controller: () => AbortController): Promise<void> {
    const startMs = clock.monotonicMs();
    const looked = await runCheck(check, {
      ...scene(check),
      get signal() {
        return controller().signal;
      },
      log,
    });
    const tookMs = clock.monotonicMs() - startMs;
    // Never so long that the look itself would come late.
    const limitMs = Math.min(MOST_CONTRIBUTORS_MS, (check.timeoutMs - tookMs) / 2);
    const isWanted = (problem: Problem): boolean => limitMs > 0 && isNews?.(check, problem, limitMs) === true;
    const found = looked.contributorsTo === undefined ? looked : await withContributors(looked, { isWanted, limitMs, clock, signal: controller().signal, log });
    const wasAbandoned = state === 'abandoned';
    state = 'idle';
    if (isStopped) return;
    if (!wasAbandoned) {
      againInMs = found.againInMs;
      onLook(check, found, tookMs);
    } else log.info({ check: check.name }, 'the look that was left behind has ended');
  }

  function isStillLooking(): boolean {
    return state === 'looking' && !isStopped;
  }

  function abandon(controller: AbortController): void {
    state = 'abandoned';
    log.warn({ check: check.name, timeoutMs: check.timeoutMs }, 'no answer in time, look left behind');
    onLook(check, late, undefined);
    controller.abort(new Error(`no answer within ${check.timeoutMs} ms`));
  }

  return {
    look,
    stop() {
      isStopped = true;
      abort?.();
    },
  };
}
