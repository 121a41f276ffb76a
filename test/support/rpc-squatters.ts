import { connect } from 'node:net';

/**
 * Holds so many connections to a socket, begins to talk on each and never asks for anything; each that is sent away comes
 * back at once. A program of its own: in the process of an honest client it would take the CPU that this one asks with.
 *
 *     node test/support/rpc-squatters.ts SOCKET COUNT
 */
const [path = '', count] = process.argv.slice(2);

/** First bytes of every HTTP/2 connection, RFC 9113 3.4. */
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** Comings between two lines. */
const EACH = 500;

let comings = 0;

function squat(): void {
  const socket = connect(path, () => {
    socket.write(PREFACE);
    comings += 1;
    if (comings % EACH === 0) process.stdout.write(`${JSON.stringify({ message: 'came', comings })}\n`);
  });
  socket.resume().on('error', () => {}).once('close', squat);
}

for (let index = 0; index < Number(count); index++) squat();
