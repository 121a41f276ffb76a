import { setTimeout as sleep } from 'node:timers/promises';

import { Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';

import type { Logger } from '../core/log.ts';
import type { Monitor } from '../core/status.ts';
import { cutToBytes, oneLine } from '../core/text.ts';
import { claim, type ClaimState } from './claim.ts';
import { connect } from './client.ts';
import { RpcError } from './client-error.ts';
import { createConnections } from './connections.ts';
import { externalMonitorDefinition } from './definitions.ts';
import { confirmDelivery } from './delivery.ts';
import { routeGrpcLog } from './grpc-log.ts';
import { addHealth } from './health.ts';
import { addReflection } from './reflection.ts';
import { boundRequests, LONGEST_REQUEST_BYTES } from './request-limits.ts';
import { externalMonitorService } from './service.ts';

/**
 * One client has one call under way; one that reaches the limit of streams waits. `max_session_memory` (MB) bounds what
 * a client that never reads can make us keep; `request-limits.ts` bounds what one that never ends its requests can. Idle and age limits stay unset: they end connections with GOAWAY, which
 * the host program counts as an error.
 */
const OPTIONS: ServerOptions = {
  'grpc.max_receive_message_length': LONGEST_REQUEST_BYTES,
  'grpc.max_concurrent_streams': 4,
  'grpc-node.max_session_memory': 1,
  'grpc.enable_channelz': 0,
};

/** How long a server that took our socket may take to answer before it counts as dead: starved of CPU it needs seconds. */
const WINNER_ANSWERS_WITHIN_MS = 3_000;

/** The name of the winner comes from outside and goes into our log. */
const LONGEST_NAME_BYTES = 120;

export interface ServeOptions {
  readonly monitor: Monitor;
  /** Absolute path of the public socket. */
  readonly socketPath: string;
  readonly log: Logger;
}

export interface RpcServer extends AsyncDisposable {
  readonly socketPath: string;
  readonly state: () => ClaimState;
  /** For how long the socket has been `lost` by now, in milliseconds. */
  readonly lostForMs: () => number;
  /**
   * Health says NOT_SERVING, the socket goes (if it is still ours), calls under way may end until the deadline, the
   * rest is cut off. Never rejects; a second call waits for the first.
   */
  readonly close: (deadlineMs: number) => Promise<void>;
}

const DISPOSE_DEADLINE_MS = 2_000;

/** Serves a monitor on a Unix socket until closed. Rejects with a ConfigError if it cannot. */
export async function serve({ monitor, socketPath, log }: ServeOptions): Promise<RpcServer> {
  routeGrpcLog(log);
  const connections = createConnections((socket) => injector.injectConnection(socket));
  const server = new Server({ ...OPTIONS, interceptors: [boundRequests, confirmDelivery, connections.interceptor] });
  server.addService(externalMonitorDefinition, externalMonitorService(monitor, log));
  const health = addHealth(server);
  addReflection(server, log);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const held = await claim({ path: socketPath, log, whoAnswers, accept: connections.accept });
  log.info({ socket: socketPath }, 'serving');

  const shutDown = async (deadlineMs: number) => {
    const removed = held.release();
    health.close();
    // Its callback comes too early: Node.js closes an HTTP/2 server's sessions by itself, and grpc-js 1.14 takes those for ended.
    server.tryShutdown(() => {});
    const ended = Promise.all([removed, connections.ended()]);
    const tooLate = new AbortController();
    await Promise.race([ended, sleep(deadlineMs, undefined, { signal: tooLate.signal }).catch(() => {})]);
    tooLate.abort();
    server.forceShutdown();
    connections.destroy();
    log.info({ socket: socketPath }, 'no longer serving');
  };
  let closing: Promise<void> | undefined;
  const close = (deadlineMs: number) => (closing ??= shutDown(deadlineMs));
  return { socketPath, state: held.state, lostForMs: held.lostForMs, close, [Symbol.asyncDispose]: () => close(DISPOSE_DEADLINE_MS) };
}

/** Asks the server at a socket for its name; any answer of a gRPC server will do. */
async function whoAnswers(socketPath: string, signal: AbortSignal): Promise<string | undefined> {
  using client = connect(socketPath);
  try {
    const { name, version } = await client.getMetadata({ timeoutMs: WINNER_ANSWERS_WITHIN_MS, signal });
    return oneLine(cutToBytes(`${name} ${version}`, LONGEST_NAME_BYTES));
  } catch (error) {
    const isAnswer = error instanceof RpcError && (error.code === 'refused' || error.code === 'bad-reply');
    return isAnswer ? 'a gRPC server that is no monitor' : undefined;
  }
}
