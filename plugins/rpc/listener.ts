import { once } from 'node:events';
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';

import { occupantOf, privatePathOf } from './socket-path.ts';

/** Owner and group may connect: monitor and host program share a group or a user, see the manifests. */
const SOCKET_MODE = 0o660;

/** A socket that listens and stands (or stood) at the public path. */
export interface Listener {
  /** Identity of the socket file, as `occupantOf` gives it. */
  readonly id: string;
  /** Accepts no more connections; those it has go on. */
  readonly close: () => void;
}

/**
 * Binds a private name in the folder of `publicPath` and renames it over whatever socket stands there, so that nobody
 * ever meets a path without a server. Creates the folder. Rejects with the system's error; nothing is left behind.
 */
export async function listenAt(publicPath: string, accept: (socket: Socket) => void): Promise<Listener> {
  await mkdir(dirname(publicPath), { recursive: true });
  const privatePath = privatePathOf(publicPath);
  const server = createServer(accept);
  try {
    await listening(server, privatePath);
    chmodSync(privatePath, SOCKET_MODE);
    const bound = occupantOf(privatePath);
    if (bound.kind !== 'socket') throw new Error(`${privatePath}: taken away while it was bound`);
    renameSync(privatePath, publicPath);
    server.on('error', () => {}); // an accept that failed (EMFILE) concerns that one connection
    return { id: bound.id, close: () => server.close() };
  } catch (error) {
    server.close();
    rmSync(privatePath, { force: true });
    throw error;
  }
}

async function listening(server: Server, path: string): Promise<void> {
  server.listen(path);
  await once(server, 'listening');
}
