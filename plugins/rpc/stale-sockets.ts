import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';

import { codeOf } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { isPrivateNameOf, occupantOf } from './socket-path.ts';

/**
 * Removes private names that a killed predecessor left beside this public path: sockets with our pattern of name on
 * which nobody listens. Another server that is about to rename its own is not disturbed: its socket takes connections.
 * What cannot be removed is logged and left.
 */
export async function sweepStale(publicPath: string, log: Logger): Promise<void> {
  try {
    await sweep(publicPath, log);
  } catch (error) {
    log.warn({ path: publicPath, err: error }, 'cannot remove what killed servers left beside the socket');
  }
}

async function sweep(publicPath: string, log: Logger): Promise<void> {
  const folder = dirname(publicPath);
  for (const name of readdirSync(folder)) {
    if (!isPrivateNameOf(publicPath, name)) continue;
    const path = join(folder, name);
    if (occupantOf(path).kind !== 'socket' || (await takesConnections(path))) continue;
    rmSync(path, { force: true });
    log.info({ path }, 'removed a socket that a killed server had left behind');
  }
}

/** A connect on a Unix socket is decided at once: taken, or refused because nobody listens. */
async function takesConnections(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    return codeOf(error) !== 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}
