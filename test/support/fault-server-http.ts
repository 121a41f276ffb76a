import { STATUS_CODES } from 'node:http';
import type { Readable } from 'node:stream';

export interface SeenRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Common name of a client certificate that `testCa` has signed. */
  readonly clientName: string | undefined;
  /** Which connection it came over, from 1. */
  readonly connection: number;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Calls `onRequest` for each head of an HTTP/1.1 request without a body. */
export function readRequests(stream: Readable, onRequest: (head: Pick<SeenRequest, 'method' | 'path' | 'headers'>) => void): void {
  let text = '';
  stream.on('data', (piece: Buffer) => {
    text += piece.toString('latin1');
    for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
      const [first = '', ...lines] = text.slice(0, end).split('\r\n');
      text = text.slice(end + 4);
      const [method = '', path = ''] = first.split(' ');
      onRequest({ method, path, headers: Object.fromEntries(lines.map((line) => fieldOf(line))) });
    }
  });
}

function fieldOf(line: string): [string, string] {
  const at = line.indexOf(':');
  return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
}

/** The reply as it goes over the wire. */
export function replyBytes({ status, headers = {}, body = '' }: Reply, length: 'told' | 'chunks' | 'close' = 'told'): Buffer {
  const content = Buffer.from(body);
  const told = { told: { 'Content-Length': `${content.length}` }, chunks: { 'Transfer-Encoding': 'chunked' }, close: {} }[length];
  const lines = Object.entries({ ...told, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`, 'latin1');
  return Buffer.concat([head, ...(length === 'chunks' ? chunksOf(content) : [content])]);
}

/** Chunks of seven bytes, with an extension as RFC 9112, 7.1.1 allows it, and a trailer. */
function chunksOf(content: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < content.length; at += 7) {
    const piece = content.subarray(at, at + 7);
    pieces.push(Buffer.from(`${piece.length.toString(16)};of=seven\r\n`), piece, Buffer.from('\r\n'));
  }
  return [...pieces, Buffer.from('0\r\nX-Trailer: of no use\r\n\r\n')];
}
