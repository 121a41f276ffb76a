import { normalize } from 'node:path';

import { Client, credentials, type ClientOptions, type MethodDefinition } from '@grpc/grpc-js';

import { ParseError } from '../core/errors.ts';
import type { MonitorMetadata, MonitorStatus } from '../core/status.ts';
import { RpcError, toRpcError } from './client-error.ts';
import { externalMonitorDefinition as monitor } from './definitions.ts';
import { healthDefinition } from './health.ts';
import { checkConnectPath } from './socket-path.ts';
import { decodeMetadata, decodeStatus, encodeRequest } from './wire.ts';

const OPTIONS: ClientOptions = {
  // Channels of one process share connections otherwise, and closing one client would not end its connection.
  'grpc.use_local_subchannel_pool': 1,
  // A local socket is there or it is not: no reason for the usual two minutes of back-off.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.enable_retries': 0,
  // What the host program accepts (grpc-go's default): a longer reply must fail here as it fails there.
  'grpc.max_receive_message_length': 4 * 1_024 * 1_024,
};

export interface CallOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Talks to a monitor as the host program does. All calls reject with RpcError. */
export interface MonitorClient extends Disposable {
  readonly checkHealth: (parameters: Readonly<Record<string, string>>, sequence: number, options: CallOptions) => Promise<MonitorStatus>;
  readonly getMetadata: (options: CallOptions) => Promise<MonitorMetadata>;
  readonly stop: (options: CallOptions) => Promise<void>;
  /** grpc.health.v1 for a service; `''` is the whole server. */
  readonly health: (service: string, options: CallOptions) => Promise<string>;
  readonly close: () => void;
}

/** Connects with the first call. Throws a ConfigError for a path that cannot be a socket's. */
export function connect(socketPath: string): MonitorClient {
  checkConnectPath(socketPath);
  // `unix:` and not `unix://`, which takes the first part of a relative path for a host.
  const client = new Client(`unix:${normalize(socketPath)}`, credentials.createInsecure(), OPTIONS);
  const call = async <Request, Answer>(method: MethodDefinition<Request, Answer>, request: Request, options: CallOptions): Promise<Answer> => {
    if (options.signal?.aborted === true) throw new RpcError('cancelled', `${socketPath}: call cancelled`);
    try {
      return await unary(client, method, request, options);
    } catch (error) {
      throw await toRpcError(error, socketPath, options.timeoutMs);
    }
  };
  return {
    async checkHealth(parameters, sequence, options) {
      const { bytes } = await call(monitor.CheckHealth, encodeRequest({ parameters, sequence: BigInt(sequence) }), options);
      return understood(socketPath, () => decodeStatus(bytes));
    },
    async getMetadata(options) {
      const { bytes } = await call(monitor.GetMetadata, EMPTY, options);
      return understood(socketPath, () => decodeMetadata(bytes));
    },
    async stop(options) {
      await call(monitor.Stop, EMPTY, options);
    },
    async health(service, options) {
      return (await call(healthDefinition.check, { service }, options)).status;
    },
    close: () => client.close(),
    [Symbol.dispose]: () => client.close(),
  };
}

const EMPTY = Buffer.alloc(0);

async function unary<Request, Answer>(client: Client, method: MethodDefinition<Request, Answer>, request: Request, options: CallOptions): Promise<Answer> {
  const { timeoutMs, signal } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { path, requestSerialize, responseDeserialize } = method;
  const call = client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, { deadline: Date.now() + timeoutMs }, (error, answer) => {
    if (error !== null) reject(error);
    else if (answer === undefined) reject(new Error('neither an answer nor an error'));
    else resolve(answer);
  });
  const cancel = () => call.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

function understood<T>(socketPath: string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new RpcError('bad-reply', `${socketPath}: ${cause.message}`, { cause });
  }
}
