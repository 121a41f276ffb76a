import { once } from 'node:events';
import { connect as connectHttp2, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';

import { encodeRequest } from '../../plugins/rpc/wire.ts';

/** An HTTP/2 connection of which the test decides, byte by byte, what is sent and what is read. */
export interface RawClient extends Disposable {
  readonly session: ClientHttp2Session;
  readonly socket: Socket;
  /** While held back, what the session writes is collected, to be sent as one piece. */
  readonly holdBack: () => void;
  readonly held: () => Buffer;
  readonly send: () => void;
  /** A deaf client reads nothing from its socket, not even acknowledges a ping. */
  readonly deafen: () => void;
  readonly hear: () => void;
}

export async function rawClient(socketPath: string): Promise<RawClient> {
  const socket = connect(socketPath);
  await once(socket, 'connect');
  let held: Buffer[] | undefined;
  const wire = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      if (held === undefined) socket.write(chunk);
      else held.push(chunk);
      done();
    },
  });
  socket.on('data', (chunk) => wire.push(chunk));
  socket.on('close', () => wire.destroy());
  socket.on('error', () => {});
  const session = connectHttp2('http://localhost', { createConnection: () => wire });
  session.on('error', () => {});
  return {
    session,
    socket,
    holdBack: () => {
      held = [];
    },
    held: () => Buffer.concat(held ?? []),
    send: () => {
      socket.write(Buffer.concat(held ?? []));
      held = undefined;
    },
    deafen: () => socket.pause(),
    hear: () => socket.resume(),
    [Symbol.dispose]: () => {
      session.destroy();
      socket.destroy();
    },
  };
}

/** Opens a call; nothing is sent of its request yet. */
export function openCall(session: ClientHttp2Session, method: string, headers: Readonly<Record<string, string>> = {}): ClientHttp2Stream {
  const stream = session.request({ ':method': 'POST', ':path': method, te: 'trailers', 'content-type': 'application/grpc', ...headers });
  stream.on('error', () => {});
  return stream;
}

/** A gRPC message: one byte "not compressed", four bytes of length, the message. */
export function grpcFrame(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

export const CHECK_HEALTH = '/npd.external.v1.ExternalMonitor/CheckHealth';

export function pollRequest(parameters: Readonly<Record<string, string>> = {}): Buffer {
  return grpcFrame(encodeRequest({ parameters, sequence: 1n }));
}

/** The gRPC status with which a call ended, from its trailers or, without a message, its headers. */
export function statusOf(stream: ClientHttp2Stream): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const note = (headers: Readonly<Record<string, unknown>>) => {
    if (headers['grpc-status'] !== undefined) resolve(Number(headers['grpc-status']));
  };
  stream.on('response', note);
  stream.on('trailers', note);
  stream.on('close', () => reject(new Error(`call closed without a status, code ${stream.rstCode}`)));
  stream.resume();
  promise.catch(() => {}); // it may end before anybody waits for it
  return promise;
}
