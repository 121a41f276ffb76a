import { once } from 'node:events';
import { statSync } from 'node:fs';
import { connect } from 'node:net';

import { status } from '@grpc/grpc-js';

import { codeOf, messageOf } from '../core/errors.ts';

/**
 * - `no-socket`: nothing stands at the path, or what does is none. `nobody-listens`: a socket without a server. `denied`: no permission.
 * - `no-grpc`: connected, but the other side hung up or does not speak gRPC.
 * - `deadline`: no answer in time. `cancelled`: the caller's signal. `bad-reply`: an answer that is not of our contract.
 * - `refused`: the server answered with an error.
 */
export type RpcErrorCode = 'no-socket' | 'nobody-listens' | 'denied' | 'no-grpc' | 'deadline' | 'cancelled' | 'bad-reply' | 'refused';

export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: RpcErrorCode;

  constructor(code: RpcErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Words what went wrong with one call; asks the socket itself when gRPC only knows `unavailable`. */
export async function toRpcError(cause: unknown, socketPath: string, timeoutMs: number): Promise<RpcError> {
  const fail = (code: RpcErrorCode, what: string) => new RpcError(code, `${socketPath}: ${what}`, { cause });
  const { code, details } = cause as { code?: unknown; details?: unknown };
  switch (code) {
    case status.DEADLINE_EXCEEDED:
      return fail('deadline', `no answer within ${timeoutMs} ms`);
    case status.UNAVAILABLE:
      return await unavailable(fail, socketPath);
    case status.CANCELLED:
      return fail('cancelled', 'call cancelled');
    default:
  }
  return fail('refused', typeof code === 'number' ? `${status[code] ?? code}: ${String(details)}` : messageOf(cause));
}

async function unavailable(fail: (code: RpcErrorCode, what: string) => RpcError, socketPath: string): Promise<RpcError> {
  const code = await connectErrorOf(socketPath);
  switch (code) {
    case undefined:
      return fail('no-grpc', 'takes connections, but what answers is not a gRPC server, or it ends them');
    case 'ENOENT':
      return fail('no-socket', 'no such socket; is the monitor running, and is this its socket?');
    case 'ECONNREFUSED':
      // connect(2) says the same of what is no socket at all.
      if (!isSocket(socketPath)) return fail('no-socket', 'is not a socket; another path is meant, or it was made in its place');
      return fail('nobody-listens', 'nobody listens on this socket; the server that made it is gone');
    case 'EACCES':
    case 'EPERM':
      return fail('denied', 'permission denied; the socket is open to its owner and group');
    default:
      return fail('nobody-listens', `cannot connect: ${code}`);
  }
}

function isSocket(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() === true;
}

/** The system's error code of a plain connect, or undefined if it succeeds. Decided at once on a Unix socket. */
async function connectErrorOf(path: string): Promise<string | undefined> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return undefined;
  } catch (error) {
    return codeOf(error) ?? messageOf(error);
  } finally {
    socket.destroy();
  }
}
