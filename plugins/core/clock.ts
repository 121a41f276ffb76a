/**
 * Time as an argument. Durations are measured with `monotonicMs`, which no time daemon can set back;
 * `wallMs` is only for what people read.
 */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  /** Milliseconds since some fixed moment; never goes back. */
  readonly monotonicMs: () => number;
  /** Runs `task` once after `delayMs`; the result cancels it. */
  readonly schedule: (delayMs: number, task: () => void) => () => void;
}

/** 24.8 days. Node.js runs a longer timer after 1 ms. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule(delayMs, task) {
    const timer = setTimeout(task, Math.min(delayMs, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};
