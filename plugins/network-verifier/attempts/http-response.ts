import type { HttpAnswer } from '../sources.ts';
import { type Head, parseChunkBytes, parseHead } from './http-head.ts';

/** What has come of a reply so far. */
export type Progress =
  | { readonly kind: 'more' }
  /** `isReusable`: the connection can carry another request. */
  | { readonly kind: 'done'; readonly answer: HttpAnswer; readonly isReusable: boolean }
  /** It is no reply of HTTP/1.1 to a GET, or too long. `message` is stable and quotes nothing of it. */
  | { readonly kind: 'malformed'; readonly message: string };

/** Reads one reply to one GET. Holds state. */
export interface ResponseReader {
  readonly read: (piece: Buffer) => Progress;
  /** The other side has ended the connection. Undefined where nothing had come. */
  readonly end: () => Progress | undefined;
}

/** Bound what a stranger can make us hold. A head of the API server has some 500 bytes. */
const LONGEST_HEAD_BYTES = 16 * 1_024;
const LONGEST_BODY_BYTES = 256 * 1_024;
const LONGEST_CHUNK_LINE_BYTES = 256;

const NO_HTTP = 'no HTTP/1.1 answer';
const LONG_HEAD = 'an HTTP head of more than 16 KiB';
const LONG_BODY = 'an HTTP answer of more than 256 KiB';

/**
 * HTTP/1.1 as RFC 9112 has it, as strict as a client may be: CRLF at the end of lines, no folded lines, one way to tell the length.
 * Interim replies (1xx) are passed over, trailers dropped. Not `node:http`: it says `socket hang up` of half a head and of no answer at
 * all, and `ECONNRESET` of half a body and of a reset, which are reasons of their own here; and it needs no less memory.
 */
export function createResponseReader(): ResponseReader {
  const input: Input = { unread: Buffer.alloc(0), hasEnded: false };
  const reply = takeReply(input);
  let hasBegun = false;
  const advance = (): Progress => {
    try {
      const { done, value } = reply.next();
      // What follows a whole reply was asked for by nobody.
      return done === true ? { kind: 'done', answer: value.answer, isReusable: value.isKept && input.unread.length === 0 } : { kind: 'more' };
    } catch (cause) {
      if (!(cause instanceof Malformed)) throw cause;
      return { kind: 'malformed', message: cause.message };
    }
  };
  return {
    read(piece) {
      hasBegun ||= piece.length > 0;
      input.unread = input.unread.length === 0 ? piece : Buffer.concat([input.unread, piece]);
      return advance();
    },
    end() {
      input.hasEnded = true;
      return hasBegun ? advance() : undefined;
    },
  };
}

interface Input {
  unread: Buffer;
  hasEnded: boolean;
}

/** Thrown and caught in this file. */
class Malformed extends Error {}

/** Reads on as bytes come: each `yield` waits for more of them. */
type Taking<T> = Generator<undefined, T, undefined>;

function* takeReply(input: Input): Taking<{ readonly answer: HttpAnswer; readonly isKept: boolean }> {
  const { status, body, isKept } = yield* takeHead(input);
  const pieces = body === 'chunked' ? yield* takeChunks(input) : body === 'until-close' ? yield* takeAll(input) : yield* takeBytes(input, body.bytes);
  return { answer: { status, body: Buffer.concat(pieces).toString('utf8') }, isKept };
}

function* takeHead(input: Input): Taking<Head> {
  let leftBytes = LONGEST_HEAD_BYTES;
  for (;;) {
    while (!hasStart(input.unread)) yield* more(input);
    const text = yield* takeUntil(input, '\r\n\r\n', leftBytes, LONG_HEAD);
    const head = parseHead(text.split('\r\n'));
    // Nobody asked for another protocol.
    if (head === undefined || head.status === 101) throw new Malformed(NO_HTTP);
    if (head.status >= 200) return head;
    leftBytes -= text.length;
  }
}

function* takeChunks(input: Input): Taking<readonly Buffer[]> {
  const pieces: Buffer[] = [];
  let bodyBytes = 0;
  for (;;) {
    const bytes = parseChunkBytes(yield* takeUntil(input, '\r\n', LONGEST_CHUNK_LINE_BYTES, NO_HTTP));
    if (bytes === undefined) throw new Malformed(NO_HTTP);
    if (bytes === 0) break;
    bodyBytes += bytes;
    if (bodyBytes > LONGEST_BODY_BYTES) throw new Malformed(LONG_BODY);
    pieces.push(...(yield* takeBytes(input, bytes)));
    yield* takeUntil(input, '\r\n', 0, NO_HTTP);
  }
  for (let leftBytes = LONGEST_HEAD_BYTES; ;) {
    const line = yield* takeUntil(input, '\r\n', leftBytes, LONG_HEAD);
    if (line === '') return pieces;
    leftBytes = Math.max(0, leftBytes - line.length);
  }
}

function* takeAll(input: Input): Taking<readonly Buffer[]> {
  while (!input.hasEnded) {
    if (input.unread.length > LONGEST_BODY_BYTES) throw new Malformed(LONG_BODY);
    yield;
  }
  const all = input.unread;
  input.unread = Buffer.alloc(0);
  return [all];
}

function* takeBytes(input: Input, count: number): Taking<readonly Buffer[]> {
  if (count > LONGEST_BODY_BYTES) throw new Malformed(LONG_BODY);
  while (input.unread.length < count) yield* more(input);
  const taken = input.unread.subarray(0, count);
  input.unread = input.unread.subarray(count);
  return [taken];
}

/** Up to `end`, which is taken, too, as Latin-1. */
function* takeUntil(input: Input, end: string, longestBytes: number, complaint: string): Taking<string> {
  for (;;) {
    const at = input.unread.indexOf(end);
    if (at > longestBytes || (at < 0 && input.unread.length >= longestBytes + end.length)) throw new Malformed(complaint);
    if (at >= 0) {
      const text = input.unread.toString('latin1', 0, at);
      input.unread = input.unread.subarray(at + end.length);
      return text;
    }
    yield* more(input);
  }
}

function* more(input: Input): Taking<void> {
  if (input.hasEnded) throw new Malformed('half an HTTP answer');
  yield;
}

const START = Buffer.from('HTTP/1.');

/** So that what is no HTTP is told from its first bytes, and not waited for. */
function hasStart(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, START.length);
  if (!bytes.subarray(0, length).equals(START.subarray(0, length))) throw new Malformed(NO_HTTP);
  return length === START.length;
}
