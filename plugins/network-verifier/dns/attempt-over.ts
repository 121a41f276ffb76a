import { codeOf, messageOf } from '../../core/errors.ts';
import type { AttemptLimits, Fault, Outcome } from '../attempt.ts';

/** How an attempt ends. The first call counts, the others are ignored. */
export interface Ends<T> {
  readonly ok: (value: T) => void;
  /** The network or the other side: `message` is byte-stable, see `Outcome`. */
  readonly failed: (fault: Fault, message: string, cause?: unknown) => void;
  /** What a socket's error comes to. */
  readonly error: (cause: unknown) => void;
}

export interface Begun {
  /** Frees everything; called once, however the attempt ends. */
  readonly close: () => void;
  /** What it means that the time is over. */
  readonly late: () => readonly [fault: Fault, message: string];
}

/**
 * One attempt over a socket. Ends at its deadline and when its signal is aborted, and never rejects.
 *
 * @param begin opens the socket; may throw, and may end the attempt at once
 */
export async function attemptOver<T>({ timeoutMs, signal }: AttemptLimits, begin: (ends: Ends<T>) => Begun): Promise<Outcome<T>> {
  if (signal.aborted) return ABORTED;
  const startMs = performance.now();
  const { promise, resolve } = Promise.withResolvers<Outcome<T>>();
  const failed: Ends<T>['failed'] = (fault, message, cause) => {
    resolve({ kind: 'failed', fault, message, tookMs: performance.now() - startMs, ...(cause !== undefined && { cause }) });
  };
  const abort = (): void => resolve(ABORTED);
  const ends: Ends<T> = {
    failed,
    ok: (value) => resolve({ kind: 'ok', value, tookMs: performance.now() - startMs }),
    error: (cause) => resolve(outcomeOfError(cause, performance.now() - startMs)),
  };
  signal.addEventListener('abort', abort, { once: true });
  let begun: Begun | undefined;
  const timer = setTimeout(() => begun !== undefined && failed(...begun.late()), Math.max(0, timeoutMs));
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

const ABORTED = { kind: 'local', message: 'given up, the look is over' } as const satisfies Outcome<never>;

/**
 * By error code, see errno(3). A firewall or network policy of this node that drops what is sent comes back as EPERM (netfilter and
 * BPF programs alike; Cilium also says so of a Service without endpoints), and a route that prohibits as EACCES.
 */
const FAULTS: ReadonlyMap<string, readonly [fault: Fault, message: string]> = new Map([
  ['ECONNREFUSED', ['refused', 'nobody listens there']],
  ['ECONNRESET', ['reset', 'the connection was cut off']],
  ['EPIPE', ['reset', 'the connection was cut off']],
  ['ETIMEDOUT', ['timeout', 'no connection']],
  ['EHOSTUNREACH', ['unreachable', 'no way there (host unreachable)']],
  ['EHOSTDOWN', ['unreachable', 'no way there (host is down)']],
  ['ENETUNREACH', ['unreachable', 'no way there (network unreachable)']],
  ['ENETDOWN', ['unreachable', 'no way there (network is down)']],
  ['EADDRNOTAVAIL', ['unreachable', 'no way there (no address of our own to ask from)']],
  // A blackhole route, or a zone that is no interface of this network namespace.
  ['EINVAL', ['unreachable', 'no way there (invalid route or zone)']],
  ['EPERM', ['unreachable', 'this node does not let it out (firewall, network policy, or a Service without endpoints)']],
  ['EACCES', ['unreachable', 'this node does not let it out (prohibited by a route or a policy)']],
]);

/** Calls that make a socket, before anything is sent: what fails there fails here. */
const LOCAL_CALLS = new Set(['socket', 'bind', 'open']);

function outcomeOfError(cause: unknown, tookMs: number): Outcome<never> {
  const code = codeOf(cause) ?? '';
  const isLocal = cause instanceof Error && 'syscall' in cause && LOCAL_CALLS.has(String(cause.syscall));
  const [fault, message] = (isLocal ? undefined : FAULTS.get(code)) ?? [];
  if (fault === undefined || message === undefined) return { kind: 'local', message: `this process cannot ask (${code || messageOf(cause)})`, cause };
  return { kind: 'failed', fault, message, tookMs, cause };
}
