import type { Socket } from 'node:net';
import { codeOf, messageOf } from '../../core/errors.ts';
import type { AttemptLimits, Local, Outcome } from '../attempt.ts';
import type { GetHttp, HttpAnswer } from '../sources.ts';
import { ABORTED } from './failures.ts';
import { openConnection } from './http-connect.ts';
import { type Ending, exchange } from './http-exchange.ts';
import { type HttpPlan, planRequest } from './http-request.ts';
import { createKeptConnections } from './kept-connections.ts';

export interface Http {
  readonly getHttp: GetHttp;
  /** Destroys the connections that are kept; requests after it keep none. */
  readonly close: () => void;
}

/** One part of the timeout that a request waits for the kept connection; after it a connection of its own is made. */
const PATIENCE = 1 / 4;

/**
 * Asks over HTTP/1.1, in plain text or TLS. Holds what is kept open for requests with a `connection`: one connection per word, origin
 * and credentials. The deadline of a request begins when the kept connection is free, at most a quarter of it later.
 */
export function createHttp(): Http {
  const kept = createKeptConnections();
  return {
    close: kept.close,
    async getHttp(request, limits) {
      const plan = planRequest(request);
      if ('kind' in plan) return plan;
      const patience = { patienceMs: limits.timeoutMs * PATIENCE, signal: limits.signal };
      const turn = request.connection === undefined ? undefined : await kept.take(`${request.connection} ${plan.origin}`, plan.identity, patience);
      let asked: Asked | undefined;
      try {
        asked = await ask(plan, turn?.socket, limits);
        return asked.outcome;
      } finally {
        if (turn === undefined) asked?.socket?.destroy();
        else turn.end(asked?.socket);
      }
    },
  };
}

/**
 * Whoever answers so is not well, and behind one address there may be others that are: a load balancer sends new connections there and
 * leaves those that stand where they are.
 */
const SERVER_ERROR = 500;

interface Asked {
  readonly outcome: Outcome<HttpAnswer>;
  /** Still open, and good for another request. */
  readonly socket: Socket | undefined;
}

async function ask(plan: HttpPlan, reused: Socket | undefined, limits: AttemptLimits): Promise<Asked> {
  const startedMs = performance.now();
  if (reused === undefined) return await askAnew(plan, startedMs, limits);
  const ending = await exchange({ socket: reused, readyEvent: undefined, text: plan.text, startedMs, ...limits });
  // RFC 9112, 9.3.1 and 9.5: it may be closed as a request is on its way; a GET may then be repeated.
  if (ending.kind !== 'failed' || ending.fault !== 'reset' || !ending.isUnheard) return concluded(ending, reused);
  reused.destroy();
  return await askAnew(plan, startedMs, limits);
}

async function askAnew(plan: HttpPlan, startedMs: number, limits: AttemptLimits): Promise<Asked> {
  if (limits.signal.aborted) return { outcome: ABORTED, socket: undefined };
  try {
    const { socket, readyEvent } = await openConnection(plan);
    return concluded(await exchange({ socket, readyEvent, text: plan.text, startedMs, ...limits }), socket);
  } catch (cause) {
    return { outcome: unusable(cause), socket: undefined };
  }
}

function concluded(ending: Ending, socket: Socket): Asked {
  const isReusable = ending.kind === 'ok' && ending.isReusable && ending.value.status < SERVER_ERROR;
  if (!isReusable) socket.destroy();
  return { outcome: outcomeOf(ending), socket: isReusable ? socket : undefined };
}

function outcomeOf(ending: Ending): Outcome<HttpAnswer> {
  if (ending.kind === 'local') return ending;
  if (ending.kind === 'ok') return { kind: 'ok', tookMs: ending.tookMs, value: ending.value };
  const { isUnheard: _, ...failed } = ending;
  return failed;
}

/** Thrown before a packet goes out: PEM that is none, a key that does not belong to its certificate. */
function unusable(cause: unknown): Local {
  return { kind: 'local', message: `CA, client certificate or key cannot be used: ${codeOf(cause) ?? messageOf(cause)}`, cause };
}
