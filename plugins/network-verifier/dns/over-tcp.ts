import { connect } from 'node:net';
import { attemptOver } from '../attempts/attempt-over.ts';
import { cutOffIn, lateIn } from '../attempts/failures.ts';
import { type Answered, type SendQuestion, malformed, misfit } from './exchange.ts';

/** The length before each message, RFC 1035 section 4.2.2. */
const LENGTH_BYTES = 2;

/** One question over a connection of its own; each message has its length in two bytes before it. */
export const sendOverTcp: SendQuestion = ({ server: { address, port }, question, limits, toldMs, read }) => {
  return attemptOver<Answered>(limits, 'answer', (ends) => {
    const socket = connect({ host: address, port, noDelay: true });
    let isConnected = false;
    let unread: Buffer = Buffer.alloc(0);
    socket.on('error', ends.error);
    socket.once('connect', () => {
      isConnected = true;
      // In one piece: some servers expect the length and the message in one segment, RFC 7766 section 8.
      socket.write(Buffer.concat([lengthOf(question), question]));
    });
    socket.on('data', (bytes: Buffer) => {
      unread = Buffer.concat([unread, bytes]);
      const whole = wholeMessage(unread);
      const message = whole && read(whole);
      if (message?.kind === 'answer') ends.ok(message);
      if (message?.kind === 'malformed') ends.failed(malformed);
      // Nobody else can write here, so what fits will not come.
      if (message?.kind === 'misfit') ends.failed(misfit);
    });
    socket.once('end', () => {
      ends.failed(unread.length > 0 ? malformed : (tookMs) => cutOffIn('answer', tookMs));
    });
    return {
      close() {
        socket.removeAllListeners().on('error', () => {});
        socket.destroy();
      },
      late: (tookMs) => ({ ...lateIn(isConnected ? 'answer' : 'connecting', toldMs), tookMs }),
    };
  });
};

function lengthOf(message: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt16BE(message.length);
  return length;
}

/** The first message, once all of it is there. */
function wholeMessage(bytes: Buffer): Buffer | undefined {
  if (bytes.length < LENGTH_BYTES) return undefined;
  const length = bytes.readUInt16BE();
  return bytes.length < LENGTH_BYTES + length ? undefined : bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
}
