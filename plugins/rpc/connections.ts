import { once } from 'node:events';
import type { Socket } from 'node:net';

import type { ServerInterceptor } from '@grpc/grpc-js';
import { ServerInterceptingCall } from '@grpc/grpc-js';

export interface ConnectionLimits {
  /** Connections kept for long. The host program needs one; health probes, `poll` and other tools one each. */
  readonly most: number;
  /** Within this time after it came a connection is not closed for having got no answer yet. */
  readonly graceMs: number;
  /** Connections kept even for the time of the grace: so many may come before an honest one gets its answer. */
  readonly mostAtOnce: number;
}

/** An idle connection costs about 20 KiB. */
const LIMITS: ConnectionLimits = { most: 16, graceMs: 1_000, mostAtOnce: 128 };

/** Bounds the connections of one server without ever locking out whoever asks properly. */
export interface Connections {
  readonly accept: (socket: Socket) => void;
  /** Notes for each connection when it got an answer. */
  readonly interceptor: ServerInterceptor;
  /** Resolves when all that are there now have ended. */
  readonly ended: () => Promise<void>;
  /** Cuts off all that are left and all that still come. */
  readonly destroy: () => void;
}

/** A client's preface and the head of its SETTINGS, RFC 9113 3.4 and 4.1, with which every client begins at once. */
const LEAST_BYTES = 24 + 9;

interface Newcomer {
  readonly socket: Socket;
  readonly sinceMs: number;
}

/**
 * A cap alone would let idle connections lock an honest client out. So when there are too many, those that never got
 * an answer go first, the longest silent one before all others, and of far too many those that have not even begun to ask;
 * only among clients that did get answers, the one that has asked for nothing for the longest time goes.
 */
export function createConnections(inject: (socket: Socket) => void, limits: ConnectionLimits = LIMITS): Connections {
  const newcomers = new Map<string, Newcomer>();
  /** In the order of their last answer. */
  const answered = new Map<string, Socket>();
  let named = 0;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  const drop = (name: string) => {
    const socket = newcomers.get(name)?.socket ?? answered.get(name);
    newcomers.delete(name);
    answered.delete(name);
    socket?.destroy();
  };

  const trim = () => {
    clearTimeout(timer);
    // Too many at once are squatters: those that say nothing go before whoever has begun to ask.
    for (const [name, { socket }] of newcomers) {
      if (newcomers.size + answered.size <= limits.mostAtOnce) break;
      if (socket.bytesRead < LEAST_BYTES) drop(name);
    }
    for (const [name, { sinceMs }] of newcomers) {
      const all = newcomers.size + answered.size;
      if (all <= limits.most) return;
      if (all <= limits.mostAtOnce && performance.now() - sinceMs < limits.graceMs) break;
      drop(name);
    }
    for (const name of answered.keys()) {
      if (answered.size <= limits.most) break;
      drop(name);
    }
    if (newcomers.size + answered.size > limits.most) timer = setTimeout(trim, limits.graceMs).unref();
  };

  return {
    accept(socket) {
      if (isOver) {
        socket.destroy();
        return;
      }
      named += 1;
      const name = `connection ${named}`;
      // A Unix peer has no address; with this one grpc-js can tell us by `getPeer` on which connection a call came.
      Object.defineProperty(socket, 'remoteAddress', { value: name });
      newcomers.set(name, { socket, sinceMs: performance.now() });
      socket.once('close', () => {
        newcomers.delete(name);
        answered.delete(name);
      });
      inject(socket);
      trim();
    },
    interceptor(_method, call) {
      return new ServerInterceptingCall(call, {
        sendMessage(message, next) {
          next(message);
          const name = call.getPeer();
          const socket = newcomers.get(name)?.socket ?? answered.get(name);
          if (socket === undefined) return;
          newcomers.delete(name);
          answered.delete(name);
          answered.set(name, socket);
          trim();
        },
      });
    },
    async ended() {
      const sockets = [...[...newcomers.values()].map(({ socket }) => socket), ...answered.values()];
      await Promise.allSettled(sockets.map((socket) => once(socket, 'close')));
    },
    destroy() {
      isOver = true;
      clearTimeout(timer);
      for (const name of [...newcomers.keys(), ...answered.keys()]) drop(name);
    },
  };
}
