import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { oneRequest } from './one-request.ts';

export interface ConnectionLimits {
  /** Connections at once; honest ones last some milliseconds. One that sends nothing costs about 12 KiB. */
  readonly most: number;
  /** After this time every connection is cut off, whatever it does: longer than a scrape takes that gets 50m of CPU. */
  readonly lifeMs: number;
  readonly longestHeadBytes: number;
}

/** Bounds what clients cost. */
export interface Connections {
  readonly accept: (socket: Socket) => void;
  /** Notes that a request came on its connection. */
  readonly asked: (request: IncomingMessage) => void;
  /** Cuts off all. */
  readonly destroy: () => void;
}

/**
 * Hands connections to `server`, one request each. A cap alone would let silent connections lock out a probe of the
 * kubelet, which then restarts us: so when there are too many, the oldest goes that has asked for nothing.
 */
export function createConnections(server: HttpServer, { most, lifeMs, longestHeadBytes }: ConnectionLimits): Connections {
  /** Each in the order in which they came. */
  const silent = new Set<Duplex>();
  const asking = new Set<Duplex>();

  const drop = (connection: Duplex): void => {
    silent.delete(connection);
    asking.delete(connection);
    connection.destroy();
  };

  return {
    accept(socket) {
      const connection = oneRequest(socket, longestHeadBytes);
      const timer = setTimeout(drop, lifeMs, connection).unref();
      connection.once('close', () => {
        clearTimeout(timer);
        drop(connection);
      });
      const [oldest] = silent.size > 0 ? silent : asking;
      if (oldest !== undefined && silent.size + asking.size >= most) drop(oldest);
      silent.add(connection);
      server.emit('connection', connection);
    },
    asked({ socket }) {
      if (silent.delete(socket)) asking.add(socket);
    },
    destroy() {
      for (const connection of [...silent, ...asking]) drop(connection);
    },
  };
}
