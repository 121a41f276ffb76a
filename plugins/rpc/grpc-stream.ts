import type { ServerHttp2Stream } from 'node:http2';

/** grpc-js 1.14 keeps the stream in a private field of the innermost call and offers no other way to it. */
export function streamOf(call: object): ServerHttp2Stream {
  const { stream } = call as { readonly stream?: ServerHttp2Stream };
  if (stream === undefined) throw new Error('this grpc-js keeps its HTTP/2 stream elsewhere');
  return stream;
}
