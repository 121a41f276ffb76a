import type { Check, Look } from '../../../plugins/core/check.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { type Sampler, createSampler } from '../../../plugins/core/sampler.ts';
import { healthy } from '../../../plugins/core/verdict.ts';
import { type FakeClock, fakeClock } from '../../support/fake-clock.ts';

export const FINE: Look = { verdicts: [healthy] };

interface Seen {
  readonly atMs: number;
  readonly check: string;
  /** The message of an unknown, or `fine`. */
  readonly told: string;
}

/** A sampler and what it was told, with times since its making. */
interface Bench {
  readonly clock: FakeClock;
  readonly sampler: Sampler;
  readonly seen: Seen[];
  readonly told: () => readonly string[];
}

/** A check that looks each 30 s and has 5 s for it. */
export function checkOf(look: Check<undefined>['look'], change: Partial<Check<undefined>> = {}): Check<undefined> {
  return { name: 'a', condition: 'C', periodMs: 30_000, timeoutMs: 5_000, look, ...change };
}

/** `random` of 0 means no jitter at all. */
export function samplerBench(checks: readonly Check<undefined>[], random: () => number = () => 0): Bench {
  const clock = fakeClock();
  const startMs = clock.monotonicMs();
  const seen: Seen[] = [];
  const sampler = createSampler({
    checks, clock, random,
    log: silentLogger,
    scene: () => ({ root: '/', settings: undefined, memo: undefined }),
    onLook(check, { verdicts: [verdict] }) {
      seen.push({ atMs: clock.monotonicMs() - startMs, check: check.name, told: verdict?.kind === 'unknown' ? verdict.message : 'fine' });
    },
  });
  return { clock, sampler, seen, told: () => seen.map(({ told }) => told) };
}

/** A look that ends when the test says so. */
export function heldLook(): { look: () => Promise<Look>; signals: AbortSignal[]; count: () => number; end: (look?: Look) => void; fail: (cause: unknown) => void } {
  const signals: AbortSignal[] = [];
  let count = 0;
  let held = Promise.withResolvers<Look>();
  return {
    look(...args: readonly unknown[]) {
      count++;
      signals.push((args[0] as { signal: AbortSignal }).signal);
      held = Promise.withResolvers<Look>();
      return held.promise;
    },
    signals,
    count: () => count,
    end: (look = FINE) => held.resolve(look),
    fail: (cause) => held.reject(cause),
  };
}
