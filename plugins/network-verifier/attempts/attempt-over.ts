import { codeOf, messageOf } from '../../core/errors.ts';
import type { AttemptLimits, Failed, Local, Outcome } from '../attempt.ts';
import { ABORTED, type Phase, failureIn } from './failures.ts';

/** How an attempt ends. The first call counts, the others are ignored. */
export interface Ends<T> {
  readonly ok: (value: T, tookMs?: number) => void;
  /** By the network or the other side. @param how given the time it took */
  readonly failed: (how: (tookMs: number) => Failed) => void;
  /** By an error of the socket. */
  readonly error: (cause: unknown) => void;
  /** Since it began. */
  readonly tookMs: () => number;
}

export interface Begun<T> {
  /** Frees everything; called once, however the attempt ends. */
  readonly close: () => void;
  /** What it means that the time is over. */
  readonly late: (tookMs: number) => Outcome<T>;
}

/**
 * One attempt over a socket of its own. Ends at its deadline and when its signal is aborted, and never rejects.
 *
 * @param phase what it is busy with when the socket fails
 * @param begin opens the socket; may throw, and may end the attempt at once
 */
export async function attemptOver<T>({ timeoutMs, signal }: AttemptLimits, phase: Phase, begin: (ends: Ends<T>) => Begun<T>): Promise<Outcome<T>> {
  if (signal.aborted) return ABORTED;
  const startMs = performance.now();
  const tookMs = (): number => performance.now() - startMs;
  const { promise, resolve } = Promise.withResolvers<Outcome<T>>();
  const abort = (): void => resolve(ABORTED);
  const ends: Ends<T> = {
    ok: (value, afterMs = tookMs()) => resolve({ kind: 'ok', value, tookMs: afterMs }),
    failed: (how) => resolve(how(tookMs())),
    error: (cause) => resolve(failureOf(phase, cause, tookMs())),
    tookMs,
  };
  signal.addEventListener('abort', abort, { once: true });
  let begun: Begun<T> | undefined;
  const timer = setTimeout(() => begun !== undefined && resolve(begun.late(tookMs())), Math.max(0, timeoutMs));
  try {
    begun = begin(ends);
    return await promise;
  } catch (cause) {
    return { kind: 'local', message: messageOf(cause), cause };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    begun?.close();
  }
}

/** What fails while a socket is made, bind(2) included, fails in this process. */
function failureOf(phase: Phase, cause: unknown, tookMs: number): Failed | Local {
  const isBound = !(cause instanceof Error && 'syscall' in cause && cause.syscall === 'bind');
  return isBound ? failureIn(phase, cause, tookMs) : { kind: 'local', message: `no socket could be made (${codeOf(cause) ?? messageOf(cause)})`, cause };
}
