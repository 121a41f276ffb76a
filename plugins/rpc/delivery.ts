import type { ServerHttp2Stream } from 'node:http2';

import { ServerInterceptingCall, status, type ServerInterceptor } from '@grpc/grpc-js';

import type { Reply } from './definitions.ts';
import { streamOf } from './grpc-stream.ts';

/** How long a client may take to acknowledge a reply before it gets its status without counting as having read it. */
const ACKNOWLEDGE_MS = 2_000;

/**
 * Calls `delivered` of a Reply once its reader has it: after the message is flushed, an HTTP/2 PING goes out, and only
 * its acknowledgement, which comes after the client's transport has taken in everything before it (RFC 9113 6.7),
 * counts. The status that ends the call is held back until then. So a client that cancelled, ran out of time, died
 * or stopped reading has not been delivered to, though the kernel took all the bytes; and a client that polls again
 * at once finds its first reply already accounted for.
 */
export const confirmDelivery: ServerInterceptor = (_method, call) => {
  const stream = streamOf(call);
  let delivered: Reply['delivered'];
  return new ServerInterceptingCall(call, {
    sendMessage(reply: Reply, next) {
      delivered = reply.delivered;
      next(reply);
    },
    sendStatus(end, next) {
      if (delivered === undefined || end.code !== status.OK) {
        next(end);
        return;
      }
      const deliver = delivered;
      acknowledged(stream, (isRead) => {
        if (isRead) deliver();
        next(end);
      });
    },
  });
};

/**
 * Whether the peer took in all that was sent on the stream so far, called back exactly once. A stream that was
 * cancelled, or that grpc-js ended at the call's deadline, is closed by then.
 */
function acknowledged(stream: ServerHttp2Stream, done: (isRead: boolean) => void): void {
  const { session } = stream;
  let settled = false;
  const settle = (isPinged: boolean) => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    done(isPinged && !stream.destroyed && !stream.closed);
  };
  const timer = setTimeout(settle, ACKNOWLEDGE_MS, false).unref();
  if (session === undefined || session.destroyed) {
    settle(false);
    return;
  }
  // False when too many pings are under way: as good as no answer.
  if (!session.ping((error) => settle(error === null))) settle(false);
}
