import type { Clock } from './clock.ts';

/** How often the clock notices that it is awake. */
const TICK_MS = 10_000;

/** A longer silence than this is no late timer: the process was stopped (SIGSTOP, cgroup freezer, a paused machine). */
const LONGEST_SILENCE_MS = 3 * TICK_MS;

/** A clock whose `monotonicMs` stands still while the process cannot run. */
export interface AwakeClock {
  readonly monotonicMs: () => number;
  readonly start: () => void;
  readonly stop: () => void;
}

/**
 * Time in which we could not look is no time of missed looks: after a pause the last known state holds for as long as it
 * would have before it, and the looks that are due come at once. Otherwise each pause of three periods would turn all
 * conditions Unknown for the blink of an eye and lose their transition times, though nothing has changed.
 */
export function awakeClock(clock: Clock): AwakeClock {
  let lastMs = clock.monotonicMs();
  let asleepMs = 0;
  let cancel: (() => void) | undefined;

  function monotonicMs(): number {
    const nowMs = clock.monotonicMs();
    const silenceMs = nowMs - lastMs;
    if (cancel !== undefined && silenceMs > LONGEST_SILENCE_MS) asleepMs += silenceMs - TICK_MS;
    lastMs = nowMs;
    return nowMs - asleepMs;
  }

  function tick(): void {
    monotonicMs();
    cancel = clock.schedule(TICK_MS, tick);
  }

  return {
    monotonicMs,
    start() {
      if (cancel === undefined) tick();
    },
    stop() {
      cancel?.();
      cancel = undefined;
    },
  };
}
