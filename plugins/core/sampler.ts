import type { Check, Look, Scene } from './check.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';
import { runCheck } from './run-check.ts';
import { unknown } from './verdict.ts';

/**
 * Each look comes up to this share of its period early, so that the nodes of a cluster do not beat in time. Never late:
 * then two failed looks in a row could use up the three periods for which the last known state holds.
 */
const JITTER = 0.1;

/** By then the first answer was given, unless there is hardly any CPU. */
const OTHERS_AFTER_MS = 1_000;

export interface SamplerOptions<S> {
  readonly checks: readonly Check<S>[];
  readonly clock: Clock;
  readonly log: Logger;
  /** In [0, 1), e.g. Math.random. */
  readonly random: () => number;
  /** What the check may touch at this moment; called once per look. */
  readonly scene: (check: Check<S>) => Omit<Scene<S>, 'signal' | 'log'>;
  /** Told of every look that ended in time, with how long it took, and of every deadline or period that passed without an end of it. */
  readonly onLook: (check: Check<S>, look: Look, tookMs: number | undefined) => void;
}

export interface Sampler {
  /**
   * Looks with every check at once, then each on its own timer. Settles when all with at most this period have looked, at the
   * latest after the longest deadline of these; the others, which cost more, begin a second later.
   */
  readonly start: (longestPeriodMs?: number) => Promise<void>;
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
  return {
    async start(longestPeriodMs = Infinity) {
      const isAwaited = (index: number): boolean => (checks[index]?.periodMs ?? 0) <= longestPeriodMs;
      const first = Promise.all(runners.filter((_, index) => isAwaited(index)).map((runner) => runner.begin()));
      const others = runners.filter((_, index) => !isAwaited(index));
      options.clock.schedule(OTHERS_AFTER_MS, () => others.forEach((runner) => void runner.begin()));
      await first;
    },
    lookNow: () => runners.forEach((runner) => void runner.look()),
    stop: () => runners.forEach((runner) => runner.stop()),
  };
}

interface Runner {
  readonly begin: () => Promise<void>;
  readonly look: () => Promise<void>;
  readonly stop: () => void;
}

function createRunner<S>(check: Check<S>, { clock, log, random, scene, onLook }: SamplerOptions<S>): Runner {
  let isStopped = false;
  let state: 'idle' | 'looking' | 'abandoned' = 'idle';
  let cancelTimer: (() => void) | undefined;
  let abort: (() => void) | undefined;
  const late: Look = { verdicts: [unknown(`${check.name}: no answer within ${check.timeoutMs} ms`)] };

  async function look(): Promise<void> {
    if (isStopped || state === 'looking') return;
    if (state === 'abandoned') {
      onLook(check, late, undefined);
      return;
    }
    state = 'looking';
    const controller = new AbortController();
    const deadline = Promise.withResolvers<void>();
    abort = () => {
      controller.abort(new Error('stopped'));
      deadline.resolve();
    };
    const cancelDeadline = clock.schedule(check.timeoutMs, deadline.resolve);
    await Promise.race([finish(controller.signal), deadline.promise]);
    cancelDeadline();
    if (isStillLooking()) abandon(controller);
  }

  /** Waits for the look itself, however long that takes: the signal only asks it to end. */
  async function finish(signal: AbortSignal): Promise<void> {
    const startMs = clock.monotonicMs();
    const found = await runCheck(check, { ...scene(check), signal, log });
    const tookMs = clock.monotonicMs() - startMs;
    const wasAbandoned = state === 'abandoned';
    state = 'idle';
    if (isStopped) return;
    if (!wasAbandoned) onLook(check, found, tookMs);
    else log.info({ check: check.name }, 'the look that was left behind has ended');
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

  function schedule(): void {
    if (isStopped) return;
    const delayMs = check.periodMs * (1 - JITTER * random());
    cancelTimer = clock.schedule(delayMs, () => {
      void look();
      schedule();
    });
  }

  return {
    look,
    async begin() {
      schedule();
      await look();
    },
    stop() {
      isStopped = true;
      cancelTimer?.();
      abort?.();
    },
  };
}
