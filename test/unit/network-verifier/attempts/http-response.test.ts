import { assert } from 'chai';
import * as fc from 'fast-check';
import { type Progress, createResponseReader } from '../../../../plugins/network-verifier/attempts/http-response.ts';
import { replyBytes } from '../../../support/fault-server-http.ts';

/** Reads these pieces, and the end of the connection where nothing was decided before it. */
function read(...pieces: readonly (Buffer | string)[]): Progress | undefined {
  const reader = createResponseReader();
  for (const piece of pieces) {
    const progress = reader.read(Buffer.from(piece));
    if (progress.kind !== 'more') return progress;
  }
  return reader.end();
}

function done(status: number, body: string, isReusable: boolean): Progress {
  return { kind: 'done', answer: { status, body }, isReusable };
}

function malformed(message: string): Progress {
  return { kind: 'malformed', message };
}

const OK = 'HTTP/1.1 200 OK\r\n';
const HALF = malformed('half an HTTP answer');
const NO_HTTP = malformed('no HTTP/1.1 answer');
const LONG_BODY = malformed('an HTTP answer of more than 256 KiB');
const LONG_HEAD = malformed('an HTTP head of more than 16 KiB');

const table: readonly { name: string; reply: string; want: Progress | undefined }[] = [
  { name: 'nothing', reply: '', want: undefined },
  { name: 'a length and a body of it', reply: `${OK}Content-Length: 2\r\n\r\nok`, want: done(200, 'ok', true) },
  { name: 'a body of no length', reply: `${OK}Content-Length: 0\r\n\r\n`, want: done(200, '', true) },
  { name: 'more than its length', reply: `${OK}Content-Length: 2\r\n\r\nokHTTP/1.1`, want: done(200, 'ok', false) },
  { name: 'less than its length', reply: `${OK}Content-Length: 3\r\n\r\nok`, want: HALF },
  { name: 'a body until the end', reply: `${OK}\r\nok`, want: done(200, 'ok', false) },
  { name: 'chunks', reply: `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n1;x=y\r\n!\r\n0\r\n\r\n`, want: done(200, 'ok!', true) },
  { name: 'chunks and trailers', reply: `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nX-A: b\r\nX-C: d\r\n\r\n`, want: done(200, '', true) },
  { name: 'chunks without their end', reply: `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n`, want: HALF },
  { name: 'chunks longer than they say', reply: `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok!\r\n0\r\n\r\n`, want: NO_HTTP },
  { name: 'chunks without a length', reply: `${OK}Transfer-Encoding: chunked\r\n\r\nok\r\n`, want: NO_HTTP },
  { name: 'no body where there may be none', reply: 'HTTP/1.1 204 No Content\r\n\r\n', want: done(204, '', true) },
  { name: 'interim replies, and a last one', reply: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${OK}Content-Length: 2\r\n\r\nok`, want: done(200, 'ok', true) },
  { name: 'interim replies, and no last one', reply: 'HTTP/1.1 100 Continue\r\n\r\n', want: HALF },
  { name: 'interim replies without an end', reply: 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1_000), want: LONG_HEAD },
  { name: 'another protocol', reply: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n', want: NO_HTTP },
  { name: 'lines that end otherwise', reply: `HTTP/1.1 200 OK\nContent-Length: 2\n\nok`, want: HALF },
  { name: 'half of the first word', reply: 'HTT', want: HALF },
  { name: 'another first word', reply: 'HTTQ', want: NO_HTTP },
  { name: 'HTTP/2', reply: '\0\0\x18\x04\0\0\0\0\0', want: NO_HTTP },
  { name: 'a long head', reply: `${OK}X-A: ${'x'.repeat(16 * 1_024)}\r\n\r\n`, want: LONG_HEAD },
  { name: 'a long head without an end', reply: `${OK}X-A: ${'x'.repeat(17 * 1_024)}`, want: LONG_HEAD },
  { name: 'long trailers', reply: `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n${`X-A: ${'x'.repeat(1_000)}\r\n`.repeat(20)}\r\n`, want: LONG_HEAD },
  { name: 'the longest body', reply: `${OK}Content-Length: 262144\r\n\r\n${'x'.repeat(262_144)}`, want: done(200, 'x'.repeat(262_144), true) },
  { name: 'a body that will be too long', reply: `${OK}Content-Length: 262145\r\n\r\n`, want: LONG_BODY },
  { name: 'a body until the end that is too long', reply: `${OK}\r\n${'x'.repeat(262_145)}`, want: LONG_BODY },
  { name: 'a chunk that will be too long', reply: `${OK}Transfer-Encoding: chunked\r\n\r\n40001\r\n`, want: LONG_BODY },
  { name: 'chunks that are too long together', reply: `${OK}Transfer-Encoding: chunked\r\n\r\n${`20000\r\n${'x'.repeat(0x20000)}\r\n`.repeat(3)}`, want: LONG_BODY },
];

/** The bytes cut at these places. */
function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const ends = [...new Set([...places.map((place) => place % (bytes.length + 1)), bytes.length])].toSorted((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const places = fc.array(fc.nat(2_000), { maxLength: 8 });

describe('a reply of HTTP of', () => {
  for (const { name, reply, want } of table) {
    it(`${name} is ${want === undefined ? 'none' : want.kind}`, () => assert.deepEqual(read(Buffer.from(reply, 'latin1')), want));
  }

  it('any content is read as it was sent, however it comes in pieces', () => {
    const reply = fc.record({ status: fc.constantFrom(200, 401, 404, 503), body: fc.string({ unit: 'grapheme', maxLength: 60 }) });
    fc.assert(fc.property(reply, fc.constantFrom('told' as const, 'chunks' as const, 'close' as const), places, (sent, length, where) => {
      assert.deepEqual(read(...cut(replyBytes(sent, length), where)), done(sent.status, sent.body, length !== 'close'));
    }));
  });

  it('which the end is missing is never taken for a whole one', () => {
    fc.assert(fc.property(fc.string({ maxLength: 60 }), fc.constantFrom('told' as const, 'chunks' as const), fc.nat(), (body, length, place) => {
      const bytes = replyBytes({ status: 200, body }, length);
      const progress = read(bytes.subarray(0, place % bytes.length));
      assert(progress === undefined || progress.kind === 'malformed');
    }));
  });

  it('any bytes comes to the same in whatever pieces, and never to an answer unless it begins as HTTP does', () => {
    const words = fc.constantFrom('HTTP/1.1 ', '200', ' OK', '\r\n', '\r\n\r\n', 'Content-Length: 3', 'Transfer-Encoding: chunked', '0', '3', 'abc', ';', ':', ' ', '\n', '\0');
    const anyBytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.array(words, { maxLength: 20 }).map((list) => Buffer.from(list.join(''))),
      fc.array(words, { maxLength: 20 }).map((list) => Buffer.from(`${OK}${list.join('')}`)),
    );
    fc.assert(fc.property(anyBytes, places, (bytes, where) => {
      const whole = read(bytes);
      assert(whole?.kind !== 'done' || bytes.toString('latin1').startsWith('HTTP/1.'));
      const pieces = read(...cut(bytes, where));
      // What follows a whole reply may not have come yet.
      assert.deepEqual(pieces && { ...pieces, isReusable: false }, whole && { ...whole, isReusable: false });
    }), { numRuns: 500 });
  });
});
