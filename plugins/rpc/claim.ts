import { unlinkSync } from 'node:fs';
import type { Socket } from 'node:net';

import { ConfigError, messageOf } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { listenAt, type Listener } from './listener.ts';
import { checkSocketPath, occupantOf, type Occupant } from './socket-path.ts';
import { sweepStale } from './stale-sockets.ts';

/** A deleted socket is noticed within this time. NPD polls every 30 s and looks for the path only after three errors. */
const LOOK_MS = 1_000;

/** Longest pause between two tries to get the path back, e.g. while its file system is read-only. */
const LONGEST_PAUSE_MS = 8_000;

/**
 * - `held`: the public path is our socket.
 * - `lost`: it is not and nobody else's server answers there; we try to get it back.
 * - `yielded`: another server took the path and answers; we serve the connections we have and watch.
 */
export type ClaimState = 'held' | 'lost' | 'yielded' | 'released';

export interface ClaimOptions {
  readonly path: string;
  readonly log: Logger;
  readonly accept: (socket: Socket) => void;
  /** Who answers at this path: a name for the log, or undefined when nobody does. Has a deadline of its own. */
  readonly whoAnswers: (path: string) => Promise<string | undefined>;
}

/** Our hold on a public socket path over time. */
export interface Claim {
  readonly state: () => ClaimState;
  /** Stops accepting and removes the socket, if it is still ours. Does not touch connections. */
  readonly release: () => void;
}

/**
 * Takes the public path, also from another live server (which then yields, as we would), and keeps it: a deleted or
 * dead socket is replaced, one that was replaced by a server that answers is left to it until it stops answering.
 * Throws a ConfigError if no socket can stand there, and the system's error if it cannot be bound.
 */
export async function claim({ path, log, accept, whoAnswers }: ClaimOptions): Promise<Claim> {
  checkSocketPath(path);
  const obstacle = occupantOf(path);
  if (obstacle.kind === 'other') throw new ConfigError('socket', `${path}: is ${obstacle.what}, not a socket; remove it or choose another path`);
  let listener = await listenAt(path, accept);
  await sweepStale(path, log);

  let state: ClaimState = 'held';
  let failures = 0;
  let timer: NodeJS.Timeout;

  const enter = (next: ClaimState, level: 'info' | 'warn', fields: object, message: string) => {
    if (state === 'released' || state === next) return;
    state = next;
    log[level]({ path, ...fields }, message);
  };

  const takeBack = async () => {
    const fresh = await listenAt(path, accept);
    if (state === 'released') {
      removeOurs(path, fresh);
      return;
    }
    listener.close();
    listener = fresh;
    failures = 0;
    enter('held', 'info', {}, 'socket is ours again');
  };

  const look = async () => {
    const occupant = occupantOf(path);
    if (occupant.kind === 'socket' && occupant.id === listener.id) {
      enter('held', 'info', {}, 'socket is ours again');
      return;
    }
    const winner = occupant.kind === 'socket' ? await whoAnswers(path) : undefined;
    if (winner !== undefined) {
      enter('yielded', 'warn', { winner }, 'another server took the socket and answers; leaving it to that one');
      return;
    }
    enter('lost', 'warn', { found: describe(occupant) }, 'socket lost; taking it back');
    if (occupant.kind === 'other') throw new ConfigError('socket', `${path}: is ${occupant.what}, not a socket`);
    await takeBack();
  };

  const again = async () => {
    try {
      await look();
    } catch (error) {
      failures += 1;
      if (failures === 1) log.error({ path, err: error, reason: messageOf(error) }, 'could not take the socket back; trying on');
    }
    if (state !== 'released') schedule(Math.min(LOOK_MS * 2 ** failures, LONGEST_PAUSE_MS));
  };

  const schedule = (delayMs: number) => {
    timer = setTimeout(() => void again(), delayMs).unref();
  };
  schedule(LOOK_MS);

  return {
    state: () => state,
    release() {
      if (state === 'released') return;
      state = 'released';
      clearTimeout(timer);
      removeOurs(path, listener);
    },
  };
}

/** The socket file is removed before the listener is closed: until then the kernel does not give its inode to another. */
function removeOurs(path: string, listener: Listener): void {
  const occupant = occupantOf(path);
  if (occupant.kind === 'socket' && occupant.id === listener.id) unlinkSync(path);
  listener.close();
}

function describe(occupant: Occupant): string {
  if (occupant.kind === 'absent') return 'nothing';
  return occupant.kind === 'other' ? occupant.what : 'a socket nobody answers on';
}
