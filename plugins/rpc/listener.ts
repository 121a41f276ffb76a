import { once } from 'node:events';
import { chmodSync, renameSync, rmSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';

import { codeOf } from '../core/errors.ts';
import { occupantOf, privatePathOf } from './socket-path.ts';

/** Owner and group may connect: a monitor and the host program share a user or a group. */
const SOCKET_MODE = 0o660;

/** A socket that listens and stands, or stood, at the public path. */
export interface Listener {
  /** Identity of the socket file, as `occupantOf` gives it. */
  readonly id: string;
  /** Accepts no more connections; those it has go on. */
  readonly close: () => void;
}

/**
 * Binds a private name in the folder of `publicPath` and renames it over whatever socket stands there, so that nobody
 * ever meets a path without a server. Creates the folder. Rejects with the system's error, or when it is no longer
 * wanted at the moment of the rename; then nothing is left behind.
 */
export async function listenAt(publicPath: string, accept: (socket: Socket) => void, isWanted: () => boolean): Promise<Listener> {
  await makeFolder(dirname(publicPath));
  const privatePath = privatePathOf(publicPath);
  const server = createServer(accept);
  try {
    server.listen(privatePath);
    await once(server, 'listening');
    chmodSync(privatePath, SOCKET_MODE);
    const bound = occupantOf(privatePath);
    if (bound.kind !== 'socket') throw new Error(`${privatePath} was taken away while it was bound`);
    if (!isWanted()) throw new Error('no longer wanted');
    renameSync(privatePath, publicPath);
    // A connection that could not be accepted (EMFILE) is that client's trouble and not our end.
    server.on('error', () => {});
    return { id: bound.id, close: () => server.close() };
  } catch (error) {
    server.close();
    rmSync(privatePath, { force: true });
    throw error;
  }
}

/** As `mkdir -p`. Node's own never ends below /proc, where every name that cannot be made does not exist either. */
async function makeFolder(path: string): Promise<void> {
  const parent = dirname(path);
  const failure = await failureToMake(path);
  if (failure === undefined) return;
  if (codeOf(failure) !== 'ENOENT' || parent === path) throw failure;
  await makeFolder(parent);
  const again = await failureToMake(path);
  if (again !== undefined) throw again;
}

/** What the system says; undefined where it is there. */
async function failureToMake(path: string): Promise<unknown> {
  try {
    await mkdir(path);
    return undefined;
  } catch (cause) {
    const isThere = codeOf(cause) === 'EEXIST' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    return isThere ? undefined : cause;
  }
}
