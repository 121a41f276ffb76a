import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { attemptOver } from '../attempts/attempt-over.ts';
import { failed, secondsText } from '../attempts/failures.ts';
import { type Answered, type SendQuestion, malformed, misfit } from './exchange.ts';

/**
 * One datagram from a socket that is connected, so that only the name server's own answers reach it, and the kernel tells when
 * nobody listens there (ICMP). What does not fit is left aside: it may be forged, and the right one may yet come.
 */
export const sendOverUdp: SendQuestion = ({ server: { address, port }, question, limits, toldMs, read }) => {
  return attemptOver<Answered>(limits, 'answer', (ends) => {
    const family = isIPv6(address) ? 6 : 4;
    // Without a lookup of its own the socket loads node:dns; what it looks up is an address already.
    const socket = createSocket({ type: `udp${family}`, lookup: (host, _options, done) => done(null, host, family) });
    let hasMisfit = false;
    socket.on('error', ends.error);
    socket.on('message', (bytes) => {
      const message = read(bytes);
      if (message.kind === 'answer') ends.ok(message);
      else if (message.kind === 'malformed') ends.failed(malformed);
      else hasMisfit = true;
    });
    socket.once('connect', () => socket.send(question, (cause) => cause && ends.error(cause)));
    socket.connect(port, address);
    return {
      close() {
        // Closing it does not stop a datagram that is being handed over.
        socket.removeAllListeners('message').removeAllListeners('connect').removeAllListeners('error').on('error', () => {});
        socket.close();
      },
      late: (tookMs) => (hasMisfit ? misfit(tookMs) : failed('timeout', `no answer within ${secondsText(toldMs)}`, tookMs)),
    };
  });
};
