import { type Socket, connect, isIP } from 'node:net';
import type { Failed, Local, Outcome } from '../attempt.ts';
import type { ConnectTcp } from '../sources.ts';
import { ABORTED, cutOffIn, failureIn, lateIn } from './failures.ts';

/**
 * A load balancer without a healthy target, and a Service's proxy without an endpoint, accept and cut off. Whoever does not
 * do so within this time has meant it.
 */
const SETTLED_MS = 100;

/**
 * Connects, and sees whether the connection is still there 100 ms later, or something was said. `tookMs` is the time until it was
 * established. Only addresses, never names: those would be looked up by libuv's threads, which may hang. Never rejects.
 */
export const connectTcp: ConnectTcp = async ({ address, port }, { timeoutMs, signal }) => {
  if (signal.aborted) return ABORTED;
  if (isIP(address) === 0) return { kind: 'local', message: `${address} is no IP address` };
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return { kind: 'local', message: `${port} is no port` };
  const startedMs = performance.now();
  const socket = connect({ host: address, port });
  try {
    return await watch(socket, { timeoutMs, signal, startedMs });
  } finally {
    socket.destroy();
  }
};

interface Limits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly startedMs: number;
}

async function watch(socket: Socket, { timeoutMs, signal, startedMs }: Limits): Promise<Outcome<undefined>> {
  const { promise, resolve } = Promise.withResolvers<Outcome<undefined>>();
  const tookMs = (): number => performance.now() - startedMs;
  const fail = (cause: unknown): Failed | Local => failureIn('connecting', cause, tookMs());
  const abort = (): void => resolve(ABORTED);
  let onDeadline = (): void => resolve(lateIn('connecting', timeoutMs));
  const deadline = setTimeout(() => onDeadline(), timeoutMs);
  let settling: NodeJS.Timeout | undefined;
  signal.addEventListener('abort', abort, { once: true });
  socket
    .on('error', (cause) => resolve(fail(cause)))
    .once('connect', () => {
      const reached = { kind: 'ok', tookMs: tookMs(), value: undefined } as const;
      const accept = (): void => resolve(reached);
      onDeadline = accept;
      settling = setTimeout(accept, SETTLED_MS);
      socket.once('data', accept).once('end', () => resolve(cutOffIn('connecting', tookMs())));
    });
  try {
    return await promise;
  } finally {
    clearTimeout(deadline);
    clearTimeout(settling);
    signal.removeEventListener('abort', abort);
  }
}
