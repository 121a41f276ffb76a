import { connect, isIP } from 'node:net';
import type { Outcome } from '../attempt.ts';
import type { ConnectTcp } from '../sources.ts';
import { attemptOver } from './attempt-over.ts';
import { ABORTED, cutOffIn, lateIn } from './failures.ts';

/**
 * A load balancer without a healthy target, and a Service's proxy without an endpoint, accept and cut off. Whoever does not
 * do so within this time has meant it.
 */
const SETTLED_MS = 100;

/**
 * Connects, and sees whether the connection is still there 100 ms later, or something was said. `tookMs` is the time until it was
 * established. Only addresses, never names: those would be looked up by libuv's threads, which may hang. Never rejects.
 */
export const connectTcp: ConnectTcp = async ({ address, port }, limits) => {
  if (limits.signal.aborted) return ABORTED;
  if (isIP(address) === 0) return { kind: 'local', message: `${address} is no IP address` };
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return { kind: 'local', message: `${port} is no port` };
  return await attemptOver<undefined>(limits, 'connecting', (ends) => {
    const socket = connect({ host: address, port });
    let reached: Outcome<undefined> | undefined;
    let settling: NodeJS.Timeout | undefined;
    socket.on('error', ends.error).once('connect', () => {
      const tookMs = ends.tookMs();
      const accept = (): void => ends.ok(undefined, tookMs);
      reached = { kind: 'ok', value: undefined, tookMs };
      settling = setTimeout(accept, SETTLED_MS);
      socket.once('data', accept).once('end', () => ends.failed((afterMs) => cutOffIn('connecting', afterMs)));
    });
    return {
      close() {
        clearTimeout(settling);
        socket.destroy();
      },
      late: () => reached ?? lateIn('connecting', limits.timeoutMs),
    };
  });
};
