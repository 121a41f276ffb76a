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

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
