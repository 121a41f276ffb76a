import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

export interface ConnectionLimits {
  /** Connections at once; honest ones last some milliseconds. One that sends nothing costs about 12 KiB. */
  readonly most: number;
  /** After this time every connection is cut off, whatever it does: longer than a scrape takes that gets 50m of CPU. */
  readonly lifeMs: number;
}

/** Bounds what clients of `server` cost. */
export interface Connections {
  /** Notes that a request came; false for a second one on its connection, which is then cut off. */
  readonly asked: (request: IncomingMessage) => boolean;
  /** Cuts off all. */
  readonly destroy: () => void;
}

/**
 * One connection carries one request: a client that sends thousands at once and reads none of the answers could
 * otherwise make us keep them all. A cap alone would let silent connections lock out a probe of the kubelet, which then
 * restarts us: so when there are too many, the oldest goes that has asked for nothing.
 */
export function limitConnections(server: Server, { most, lifeMs }: ConnectionLimits): Connections {
  /** Each in the order in which they came. */
  const silent = new Set<Socket>();
  const asking = new Set<Socket>();

  server.on('connection', (socket: Socket) => {
    silent.add(socket);
    const timer = setTimeout(() => socket.destroy(), lifeMs).unref();
    socket.once('close', () => {
      clearTimeout(timer);
      silent.delete(socket);
      asking.delete(socket);
    });
    if (silent.size + asking.size <= most) return;
    const [oldest = socket] = silent.size > 1 ? silent : asking;
    silent.delete(oldest);
    asking.delete(oldest);
    oldest.destroy();
  });

  return {
    asked({ socket }) {
      const isFirst = silent.delete(socket);
      if (isFirst) asking.add(socket);
      else socket.destroy();
      return isFirst;
    },
    destroy() {
      for (const socket of [...silent, ...asking]) socket.destroy();
    },
  };
}
