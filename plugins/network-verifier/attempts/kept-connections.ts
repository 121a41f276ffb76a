import type { Socket } from 'node:net';

/**
 * So long a connection may lie unused: a load balancer on the way forgets it after four minutes (Azure) or six (AWS) without
 * telling, and a request over it would then wait in vain.
 */
const LONGEST_IDLE_MS = 120_000;

/**
 * A connection that stands proves neither that a certificate is still good nor that a new one would get there (conntrack of the node keeps
 * it alive), and balances no load. As often as the kubelet replaces a token, after which there is a new one anyway.
 */
const LONGEST_LIFE_MS = 3_600_000;

/** The right to use what is kept under one word. */
export interface Turn {
  /** There and idle since the last request, or undefined. */
  readonly socket: Socket | undefined;
  /** Ends the turn, and keeps this connection for the next. What is not given back is the caller's to destroy. */
  readonly end: (socket?: Socket) => void;
}

/** One connection per word that stays open between requests, for one request at a time. Holds state. */
export interface KeptConnections {
  /**
   * Waits until nobody else uses it. Undefined where that takes longer than `patienceMs` or is aborted, so that one request that
   * gets no answer does not take the time of all others: then the caller connects by itself.
   *
   * @param identity where to and who we are; one that was kept under another identity is destroyed
   */
  readonly take: (word: string, identity: string, patience: Patience) => Promise<Turn | undefined>;
  /** Destroys all that are idle, and keeps none any longer. */
  readonly close: () => void;
}

export interface Patience {
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

interface Slot {
  isTaken: boolean;
  idle: { readonly socket: Socket; readonly identity: string; readonly sinceMs: number; readonly forget: () => void } | undefined;
  readonly waiting: (() => void)[];
}

export function createKeptConnections(nowMs: () => number = () => performance.now()): KeptConnections {
  const slots = new Map<string, Slot>();
  const firstKeptMs = new WeakMap<Socket, number>();
  let isClosed = false;

  const keep = (slot: Slot, socket: Socket, identity: string): void => {
    // Closed by the other side, or something said that nobody asked for: not to be used again.
    const drop = (): void => {
      forget();
      socket.destroy();
    };
    const forget = (): void => {
      slot.idle = undefined;
      socket.off('data', drop).off('end', drop).off('close', drop);
    };
    socket.on('data', drop).on('end', drop).on('close', drop);
    if (!firstKeptMs.has(socket)) firstKeptMs.set(socket, nowMs());
    slot.idle = { socket, identity, sinceMs: nowMs(), forget };
  };

  const idleOf = (slot: Slot, identity: string): Socket | undefined => {
    const { idle } = slot;
    if (idle === undefined) return undefined;
    idle.forget();
    const lifeMs = nowMs() - (firstKeptMs.get(idle.socket) ?? nowMs());
    const isGood = nowMs() - idle.sinceMs <= LONGEST_IDLE_MS && lifeMs <= LONGEST_LIFE_MS;
    if (!idle.socket.destroyed && idle.identity === identity && isGood) return idle.socket;
    idle.socket.destroy();
    return undefined;
  };

  return {
    async take(word, identity, patience) {
      const slot = slots.get(word) ?? { isTaken: false, idle: undefined, waiting: [] };
      slots.set(word, slot);
      if (slot.isTaken && !(await isOurTurn(slot, patience))) return undefined;
      slot.isTaken = true;
      return {
        socket: idleOf(slot, identity),
        end(socket) {
          if (socket !== undefined && !isClosed) keep(slot, socket, identity);
          else socket?.destroy();
          const next = slot.waiting.shift();
          // Handed over at once, so that nobody comes between.
          if (next === undefined) slot.isTaken = false;
          else next();
        },
      };
    },
    close() {
      isClosed = true;
      for (const slot of slots.values()) idleOf(slot, '');
    },
  };
}

async function isOurTurn({ waiting }: Slot, { patienceMs, signal }: Patience): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const take = (): void => resolve(true);
  const leave = (): void => {
    const at = waiting.indexOf(take);
    if (at < 0) return;
    waiting.splice(at, 1);
    resolve(false);
  };
  waiting.push(take);
  const timer = setTimeout(leave, patienceMs);
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
  }
}
