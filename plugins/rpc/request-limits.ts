import { constants } from 'node:http2';

import type { ServerInterceptingCall, ServerInterceptor } from '@grpc/grpc-js';

import { streamOf } from './grpc-stream.ts';
import { wholeMessages, type WholeMessages } from './whole-messages.ts';

/** An honest request has a few hundred bytes; 256 parameters of 60 bytes each still fit. */
export const LONGEST_REQUEST_BYTES = 16 * 1_024;

/** Time for a request to come in whole, and for a call of many requests to send the next one. */
const REQUEST_WITHIN_MS = 5_000;

/** Reflection is asked one thing after the other; a piece of 16 KiB could hold three thousand empty requests. */
const MOST_REQUESTS_AT_ONCE = 128;

/**
 * Bounds what a request under way costs: it is kept in one buffer of its own, and a stream on which nothing whole came
 * for five seconds is closed with CANCEL. Must be the first of the interceptors, which alone gets the call of grpc-js.
 */
export const boundRequests: ServerInterceptor = (_method, call) => {
  const stream = streamOf(call);
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), REQUEST_WITHIN_MS).unref();
  const over = () => clearTimeout(timer);
  stream.once('end', over);
  stream.once('close', over);
  const messages = wholeMessages({ longestBytes: LONGEST_REQUEST_BYTES, mostAtOnce: MOST_REQUESTS_AT_ONCE });
  replaceDecoder(call, {
    write(data) {
      const whole = messages.write(data);
      if (whole.length > 0) timer.refresh();
      return whole;
    },
  });
  // The call itself, unwrapped, so that the next interceptor gets what this one got.
  return call as ServerInterceptingCall;
};

/** grpc-js 1.14 keeps its decoder in a private field and cannot be told to use another. */
function replaceDecoder(call: object, decoder: WholeMessages): void {
  const inside = call as { decoder?: WholeMessages };
  if (typeof inside.decoder?.write !== 'function') throw new Error('this grpc-js keeps its decoder elsewhere');
  inside.decoder = decoder;
}
