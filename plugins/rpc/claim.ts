import { unlinkSync } from 'node:fs';
import type { Socket } from 'node:net';

import { ConfigError, messageOf } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { listenAt, type Listener } from './listener.ts';
import { checkSocketPath, occupantOf, type Occupant } from './socket-path.ts';
import { sweepStale } from './stale-sockets.ts';

/**
 * A deleted socket is noticed within this time; the host program looks for the path after three failed polls. Each look wakes an
 * otherwise idle process, of all that does so the most often.
 */
const LOOK_WHILE_HELD_MS = 2_000;

/** While it is not clear whose the path is. */
const LOOK_MS = 1_000;

/** Asking the server that took our place whether it still answers costs it and us a call. */
const LOOK_WHILE_YIELDED_MS = 3_000;

/** Longest pause between two tries to get the path back, e.g. while its file system is read-only. */
const LONGEST_PAUSE_MS = 8_000;

/** Another server's socket is taken only after so many looks at which nobody answered: it may be starved of CPU for a while. */
const MISSES_TO_TAKE_OVER = 2;

/**
 * - `held`: the public path is our socket.
 * - `lost`: it is not, and no other server answers there; we try to get it back.
 * - `yielded`: another server took the path and answers; we serve the connections we have, and watch.
 * - `released`: given up for good.
 */
export type ClaimState = 'held' | 'lost' | 'yielded' | 'released';

export interface ClaimOptions {
  readonly path: string;
  readonly log: Logger;
  readonly accept: (socket: Socket) => void;
  /** Who answers at this path: a name for the log, or undefined when nobody does. Has a deadline of its own. */
  readonly whoAnswers: (path: string, signal: AbortSignal) => Promise<string | undefined>;
}

/** Our hold on a public socket path over time. */
export interface Claim {
  readonly state: () => ClaimState;
  /** For how long it has been `lost` by now, in milliseconds; 0 in every other state. */
  readonly lostForMs: () => number;
  /** Stops accepting and removes the socket, if it is still ours. Leaves connections alone. Never rejects. */
  readonly release: () => Promise<void>;
}

/**
 * Takes the public path, also from another live server (which then yields, as we would), and keeps it: a deleted or
 * dead socket is replaced; one that was replaced by a server that answers is left to it until it stops answering.
 * Throws a ConfigError if no socket can stand there or it cannot be bound.
 */
export async function claim({ path, log, accept, whoAnswers }: ClaimOptions): Promise<Claim> {
  checkSocketPath(path);
  refuseObstacle(path, occupantOf(path));
  const released = new AbortController();
  const isReleased = () => released.signal.aborted;
  const listen = () => listenAt(path, accept, () => !isReleased());

  let listener = await listen().catch((cause: unknown) => {
    throw new ConfigError('socket', `cannot serve on ${path}: ${messageOf(cause)}`, { cause });
  });
  await sweepStale(path, log);
  let state: ClaimState = 'held';
  let enteredMs = performance.now();
  let misses = 0;
  let failures = 0;

  const enter = (next: ClaimState, fields: object, message: string) => {
    if (isReleased() || state === next) return;
    state = next;
    enteredMs = performance.now();
    if (next === 'held') log.info({ path, ...fields }, message);
    else log.warn({ path, ...fields }, message);
  };

  /** Whether the socket that stands at the path, not ours, is to be left alone for now. */
  const belongsToAnother = async (): Promise<boolean> => {
    const winner = await whoAnswers(path, released.signal);
    if (winner !== undefined) {
      misses = 0;
      enter('yielded', { winner }, 'another server took the socket and answers; leaving it to that one');
      return true;
    }
    misses += 1;
    return misses < MISSES_TO_TAKE_OVER;
  };

  const look = async () => {
    const occupant = occupantOf(path);
    if (occupant.kind !== 'socket' || occupant.id !== listener.id) {
      if (occupant.kind === 'socket' && (await belongsToAnother())) return;
      enter('lost', { found: describe(occupant) }, 'socket lost; taking it back');
      refuseObstacle(path, occupant);
      const fresh = await listen();
      listener.close();
      listener = fresh;
    }
    misses = 0;
    enter('held', {}, 'socket is ours again');
  };

  const lookAgain = async () => {
    try {
      await look();
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures === 1 && !isReleased()) log.error({ path, err: error }, 'cannot take the socket back; trying on');
    }
  };

  const pauseMs = () => {
    if (failures > 0) return Math.min(LOOK_MS * 2 ** failures, LONGEST_PAUSE_MS);
    if (misses > 0) return LOOK_MS;
    return state === 'yielded' ? LOOK_WHILE_YIELDED_MS : state === 'held' ? LOOK_WHILE_HELD_MS : LOOK_MS;
  };

  let looking: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;
  const schedule = () => {
    timer = setTimeout(() => {
      looking = lookAgain().then(() => (isReleased() ? undefined : schedule()));
    }, pauseMs()).unref();
  };
  schedule();

  return {
    state: () => state,
    lostForMs: () => (state === 'lost' ? performance.now() - enteredMs : 0),
    async release() {
      if (isReleased()) return;
      released.abort();
      state = 'released';
      clearTimeout(timer);
      removeOurs(path, listener, log);
      await looking;
    },
  };
}

function refuseObstacle(path: string, occupant: Occupant): void {
  if (occupant.kind !== 'other') return;
  throw new ConfigError('socket', `${path} is ${occupant.what}, not a socket; remove it or choose another path`);
}

/** The file goes before the listener is closed: until then the kernel gives its inode number to nobody else. */
function removeOurs(path: string, listener: Listener, log: Logger): void {
  try {
    const occupant = occupantOf(path);
    if (occupant.kind === 'socket' && occupant.id === listener.id) unlinkSync(path);
  } catch (error) {
    log.warn({ path, err: error }, 'cannot remove our socket');
  }
  listener.close();
}

function describe(occupant: Occupant): string {
  if (occupant.kind === 'absent') return 'nothing';
  return occupant.kind === 'other' ? occupant.what : 'a socket nobody answers on';
}
