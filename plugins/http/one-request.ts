import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

const END_OF_HEAD = '\r\n\r\n';

/**
 * A connection that carries one request without a body: what follows the first empty line, or comes after `longestBytes`,
 * is thrown away. Node.js parses all requests that arrive in one piece before it lets go of any of them: fifty clients
 * that send thousands at once would cost 150 MiB.
 */
export function oneRequest(socket: Socket, longestBytes: number): Duplex {
  let [takenBytes, tail, isWhole] = [0, '', false];

  const connection = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, done),
    final(done) {
      socket.end(done);
      // What the client still sends is taken off the line: closing on unread bytes would be a reset, and lose it our answer.
      socket.resume();
    },
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });

  socket.on('data', (bytes: Buffer) => {
    if (isWhole || connection.destroyed) return;
    const piece = bytes.subarray(0, longestBytes - takenBytes);
    // Latin 1 has one character for each byte, so that places in the text are places in the bytes.
    const text = tail + piece.toString('latin1');
    const at = text.indexOf(END_OF_HEAD);
    const length = at < 0 ? piece.length : at + END_OF_HEAD.length - tail.length;
    takenBytes += length;
    tail = text.slice(1 - END_OF_HEAD.length);
    isWhole = at >= 0 || takenBytes >= longestBytes;
    if (isWhole) socket.pause();
    if (length > 0) connection.push(piece.subarray(0, length));
  });
  socket.once('end', () => void (connection.destroyed || connection.push(null)));
  socket.once('close', () => connection.destroy());
  // A reset by the client is its end, and no error of ours.
  socket.on('error', () => connection.destroy());
  return connection;
}
