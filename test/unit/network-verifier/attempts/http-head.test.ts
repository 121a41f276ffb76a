import { assert } from 'chai';
import * as fc from 'fast-check';
import { type Head, parseChunkBytes, parseHead } from '../../../../plugins/network-verifier/attempts/http-head.ts';

const heads: readonly { name: string; lines: readonly string[]; want: Head | undefined }[] = [
  { name: 'a length', lines: ['HTTP/1.1 200 OK', 'Content-Length: 2'], want: { status: 200, body: { bytes: 2 }, isKept: true } },
  { name: 'names of fields in any case, spaces around values', lines: ['HTTP/1.1 200 OK', 'cOnTeNt-LeNgTh:\t 2 '], want: { status: 200, body: { bytes: 2 }, isKept: true } },
  { name: 'a line of status without a reason', lines: ['HTTP/1.1 503', 'Content-Length: 0'], want: { status: 503, body: { bytes: 0 }, isKept: true } },
  { name: 'a reason in Latin-1', lines: ['HTTP/1.1 503 \xfcberlastet', 'Content-Length: 0'], want: { status: 503, body: { bytes: 0 }, isKept: true } },
  { name: 'chunks', lines: ['HTTP/1.1 200 OK', 'Transfer-Encoding: Chunked'], want: { status: 200, body: 'chunked', isKept: true } },
  { name: 'neither: until the connection ends', lines: ['HTTP/1.1 200 OK'], want: { status: 200, body: 'until-close', isKept: false } },
  { name: 'that it will be closed', lines: ['HTTP/1.1 200 OK', 'Content-Length: 0', 'Connection: X-This, Close'], want: { status: 200, body: { bytes: 0 }, isKept: false } },
  { name: 'HTTP/1.0', lines: ['HTTP/1.0 200 OK', 'Content-Length: 0', 'Connection: keep-alive'], want: { status: 200, body: { bytes: 0 }, isKept: false } },
  { name: 'that there is nothing', lines: ['HTTP/1.1 204 No Content'], want: { status: 204, body: { bytes: 0 }, isKept: true } },
  { name: 'that nothing has changed, with the length of what has not', lines: ['HTTP/1.1 304 Not Modified', 'Content-Length: 9'], want: { status: 304, body: { bytes: 0 }, isKept: true } },
  { name: 'an interim reply', lines: ['HTTP/1.1 103 Early Hints', 'Link: </a.css>'], want: { status: 103, body: { bytes: 0 }, isKept: true } },
  { name: 'nothing', lines: [], want: undefined },
  { name: 'a line that is empty', lines: [''], want: undefined },
  { name: 'another version', lines: ['HTTP/2 200', 'Content-Length: 0'], want: undefined },
  { name: 'another protocol', lines: ['RTSP/1.0 200 OK'], want: undefined },
  { name: 'a status of two digits', lines: ['HTTP/1.1 20 OK'], want: undefined },
  { name: 'a status that there is not', lines: ['HTTP/1.1 600 What'], want: undefined },
  { name: 'a request', lines: ['GET / HTTP/1.1'], want: undefined },
  { name: 'a space before the colon', lines: ['HTTP/1.1 200 OK', 'Content-Length : 2'], want: undefined },
  { name: 'a folded line', lines: ['HTTP/1.1 200 OK', 'X-Long: a', ' b'], want: undefined },
  { name: 'a line without a colon', lines: ['HTTP/1.1 200 OK', 'nonsense'], want: undefined },
  { name: 'a line feed within a line', lines: ['HTTP/1.1 200 OK', 'X-A: b\nContent-Length: 2'], want: undefined },
  { name: 'a NUL', lines: ['HTTP/1.1 200 OK', 'X-A: b\0'], want: undefined },
  { name: 'two lengths', lines: ['HTTP/1.1 200 OK', 'Content-Length: 2', 'Content-Length: 2'], want: undefined },
  { name: 'a list of lengths', lines: ['HTTP/1.1 200 OK', 'Content-Length: 2, 2'], want: undefined },
  { name: 'a length below nothing', lines: ['HTTP/1.1 200 OK', 'Content-Length: -2'], want: undefined },
  { name: 'a length that is none', lines: ['HTTP/1.1 200 OK', 'Content-Length:'], want: undefined },
  { name: 'a length and chunks', lines: ['HTTP/1.1 200 OK', 'Content-Length: 2', 'Transfer-Encoding: chunked'], want: undefined },
  { name: 'a coding that nobody asked for', lines: ['HTTP/1.1 200 OK', 'Transfer-Encoding: gzip, chunked'], want: undefined },
];

describe('a head of HTTP that tells', () => {
  for (const { name, lines, want } of heads) {
    it(`${name} is ${want === undefined ? 'refused' : 'read'}`, () => assert.deepEqual(parseHead(lines), want));
  }

  it('anything at all does not throw', () => {
    const anyLine = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('HTTP/1.1 200 OK', 'Content-Length: 2', 'Transfer-Encoding: chunked', 'Connection: close'));
    fc.assert(fc.property(fc.array(anyLine, { maxLength: 6 }), (lines) => {
      const head = parseHead(lines);
      assert(head === undefined || lines[0]?.startsWith('HTTP/1.'));
    }));
  });
});

describe('the line of a chunk', () => {
  const lines: readonly (readonly [string, number | undefined])[] = [
    ['0', 0], ['1a', 26], ['FF', 255], ['00000007', 7], ['7;a=b', 7], ['7 ;a="b c"', 7], ['7 ', 7],
    ['', undefined], ['g', undefined], ['-1', undefined], ['0x7', undefined], [' 7', undefined], ['7 a', undefined], ['123456789', undefined], ['7;\n', undefined],
  ];
  for (const [line, want] of lines) {
    it(`${JSON.stringify(line)} is ${want ?? 'refused'}`, () => assert.equal(parseChunkBytes(line), want));
  }
});
