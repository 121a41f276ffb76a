import type { Clock } from '../../plugins/core/clock.ts';

/** A clock that moves only when a test says so. */
export interface FakeClock extends Clock {
  /** Lets `ms` pass: timers run in the order they are due, and after each all promises settle. */
  readonly advance: (ms: number) => Promise<void>;
  /** What a person or a time daemon does to the wall clock; no duration may notice. */
  readonly jumpWall: (byMs: number) => void;
  /** Timers that were neither run nor cancelled. */
  readonly pendingCount: () => number;
}

interface Timer {
  readonly dueMs: number;
  readonly task: () => void;
}

/** 2026-01-31T03:00:00Z, at a monotonic time that is neither 0 nor the wall clock's. */
export const FAKE_START_WALL_MS = Date.UTC(2026, 0, 31, 3);

export function fakeClock(): FakeClock {
  let monotonicMs = 5_000;
  let wallOffsetMs = FAKE_START_WALL_MS - monotonicMs;
  const timers = new Set<Timer>();

  /** The earliest timer due by `limitMs`; of several at one moment the one that was set first. */
  function next(limitMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (timer.dueMs <= limitMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer;
    }
    return first;
  }

  return {
    wallMs: () => monotonicMs + wallOffsetMs,
    monotonicMs: () => monotonicMs,
    schedule(delayMs, task) {
      const timer: Timer = { dueMs: monotonicMs + Math.max(0, delayMs), task };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const endMs = monotonicMs + ms;
      await promisesSettled();
      for (let timer = next(endMs); timer !== undefined; timer = next(endMs)) {
        timers.delete(timer);
        monotonicMs = Math.max(monotonicMs, timer.dueMs);
        timer.task();
        await promisesSettled();
      }
      monotonicMs = endMs;
    },
    jumpWall(byMs) {
      wallOffsetMs += byMs;
    },
    pendingCount: () => timers.size,
  };
}

/** Node.js drains all microtasks, also those they queue, before it runs an immediate. */
export function promisesSettled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
