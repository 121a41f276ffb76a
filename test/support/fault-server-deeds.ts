import type { Socket } from 'node:net';
import { type Reply, replyBytes } from './fault-server-http.ts';

/** What a server does to who has sent a request. */
export type RequestDeed =
  | 'answer' | 'answer-and-close' | 'answer-in-chunks' | 'answer-until-close'
  | 'hang' | 'hang-in-head' | 'hang-in-body' | 'drip'
  | 'reset-on-request' | 'close-on-request' | 'half-head' | 'half-body' | 'reset-in-body'
  | 'garbage' | 'too-long' | 'endless-body' | 'endless-head';

export interface Asked {
  readonly reply: Reply;
  /** What the words go through. */
  readonly stream: Socket;
  /** The connection beneath it, which can be reset. */
  readonly socket: Socket;
}

const PROMISED = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n';
const HALF_HEAD = PROMISED.slice(0, 30);
const HALF_BODY = `${PROMISED}half`;

export const REQUEST_DEEDS: Readonly<Record<RequestDeed, (asked: Asked) => void>> = {
  'answer': ({ reply, stream }) => stream.write(replyBytes(reply)),
  'answer-and-close': ({ reply, stream }) => stream.end(replyBytes({ ...reply, headers: { ...reply.headers, Connection: 'close' } })),
  'answer-in-chunks': ({ reply, stream }) => stream.write(replyBytes(reply, 'chunks')),
  'answer-until-close': ({ reply, stream }) => stream.end(replyBytes(reply, 'close')),
  'hang': () => {},
  'hang-in-head': ({ stream }) => stream.write(HALF_HEAD),
  'hang-in-body': ({ stream }) => stream.write(HALF_BODY),
  'drip': ({ stream }) => drip(stream),
  'reset-on-request': ({ socket }) => socket.resetAndDestroy(),
  'close-on-request': ({ stream }) => stream.end(),
  'half-head': ({ stream }) => stream.end(HALF_HEAD),
  'half-body': ({ stream }) => stream.end(HALF_BODY),
  'reset-in-body': ({ stream, socket }) => stream.write(HALF_BODY, () => socket.resetAndDestroy()),
  'garbage': ({ stream }) => stream.write('SSH-2.0-OpenSSH_9.2\r\n'),
  'too-long': ({ stream }) => stream.write(replyBytes({ status: 200, body: 'x'.repeat(300 * 1_024) })),
  'endless-body': ({ stream }) => endlessly(stream, 'HTTP/1.1 200 OK\r\n\r\n', 'x'.repeat(1_024)),
  'endless-head': ({ stream }) => endlessly(stream, 'HTTP/1.1 200 OK\r\n', `X-More: ${'x'.repeat(1_000)}\r\n`),
};

/** As fast as it is read. */
function endlessly(stream: Socket, start: string, more: string): void {
  const pour = (): void => {
    while (stream.writable && stream.write(more));
  };
  stream.write(start);
  stream.on('drain', pour);
  pour();
}

/** A byte of a head every few milliseconds: something is always heard, and it never ends. */
function drip(stream: Socket): void {
  stream.write('HTTP/1.1 200 OK\r\nX-More: ');
  const timer = setInterval(() => stream.write('x'), 5);
  stream.once('close', () => clearInterval(timer));
}
