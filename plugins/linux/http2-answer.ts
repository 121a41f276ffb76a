import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { codeOf, messageOf } from '../core/errors.ts';

/** What came of a question to whoever may listen on a Unix socket. */
export type SocketAnswer =
  | { readonly kind: 'answers' }
  /** No such socket. */
  | { readonly kind: 'absent' }
  /** Nobody listens on it: its process was killed. */
  | { readonly kind: 'refused' }
  /** Connections are taken, or queue up, and nothing is said: its process is stopped or hangs. */
  | { readonly kind: 'silent' }
  /** Something else than HTTP/2 is said. */
  | { readonly kind: 'stranger' }
  /** Its mode and ours do not fit. */
  | { readonly kind: 'denied' }
  | { readonly kind: 'failed'; readonly message: string; readonly cause: unknown };

/** RFC 9113: a frame is 9 bytes and its payload; 24 bits of length, type, flags, 32 bits of stream. */
const HEADER_BYTES = 9;
const [SETTINGS, GOAWAY, ACK] = [4, 7, 1];

/** The preface of a client and its first frame, a SETTINGS without any. */
const HELLO = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(SETTINGS, 0)]);
/** The server's settings are taken, and we go: last stream 0, NO_ERROR. */
const FAREWELL = Buffer.concat([frame(SETTINGS, ACK), frame(GOAWAY, 0, Buffer.alloc(8))]);

/** Within it a server that answered ends the connection by itself; then we do. */
const FAREWELL_MS = 500;

/**
 * Does an HTTP/2 server, such as one of gRPC, answer on this socket? Only its first frame is waited for, so the kernel's
 * willingness to connect proves nothing, and no call is made. One descriptor, closed at the end. Never rejects.
 *
 * @param path of the socket, up to 107 bytes
 */
export async function askHttp2(path: string, { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<SocketAnswer> {
  const socket = connect(path);
  // Heard again once nobody waits for anything of it.
  socket.on('error', () => {});
  const deadline = setTimeout(() => socket.destroy(TOO_LATE), timeoutMs);
  const abort = (): void => void socket.destroy(TOO_LATE);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await once(socket, 'connect');
    socket.write(HELLO);
    const header = await firstBytes(socket, HEADER_BYTES);
    if (header === undefined) return { kind: 'silent' };
    if (!isServerHello(header)) return { kind: 'stranger' };
    await takeLeave(socket);
    return { kind: 'answers' };
  } catch (cause) {
    return answerTo(cause);
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', abort);
    socket.destroy();
  }
}

function frame(type: number, flags: number, payload = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  return Buffer.concat([header, payload]);
}

/** Undefined where the connection ends before there are so many. */
async function firstBytes(socket: Socket, count: number): Promise<Buffer | undefined> {
  let bytes = Buffer.alloc(0);
  return await new Promise((resolve, reject) => {
    socket.once('error', reject).once('close', () => resolve(undefined)).on('data', (piece: Buffer) => {
      if (bytes.length >= count) return;
      bytes = Buffer.concat([bytes, piece.subarray(0, count)]);
      if (bytes.length >= count) resolve(bytes.subarray(0, count));
    });
  });
}

/** SETTINGS that acknowledge nothing, of whole entries, on stream 0. */
function isServerHello(header: Buffer): boolean {
  return header.readUIntBE(0, 3) % 6 === 0 && header.readUInt8(3) === SETTINGS && header.readUInt8(4) === 0 && header.readUInt32BE(5) === 0;
}

/** A server to which nothing is owed closes without a word to its log. */
async function takeLeave(socket: Socket): Promise<void> {
  const timer = setTimeout(() => socket.destroy(), FAREWELL_MS);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.end(FAREWELL);
  await closed;
  clearTimeout(timer);
}

const TOO_LATE = new Error('no answer');

const KINDS: Readonly<Record<string, 'absent' | 'refused' | 'silent' | 'denied'>> = {
  ENOENT: 'absent',
  ENOTDIR: 'absent',
  ECONNREFUSED: 'refused',
  // Its process was killed while we waited, or cut us off.
  ECONNRESET: 'refused',
  EPIPE: 'refused',
  // So many connections wait to be taken that there is no room for one more.
  EAGAIN: 'silent',
  EACCES: 'denied',
  EPERM: 'denied',
};

function answerTo(cause: unknown): SocketAnswer {
  if (cause === TOO_LATE) return { kind: 'silent' };
  const kind = KINDS[codeOf(cause) ?? ''];
  return kind === undefined ? { kind: 'failed', message: messageOf(cause), cause } : { kind };
}
