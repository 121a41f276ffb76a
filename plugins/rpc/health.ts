import type { MethodDefinition, Server, ServerWritableStream, handleServerStreamingCall } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';

import { EXTERNAL_MONITOR } from './definitions.ts';
import { grpc } from './generated/messages.js';

const wire = grpc.health.v1;

/** What the package grpc-health-check passes around. */
interface NamedStatus {
  readonly status: keyof typeof wire.HealthCheckResponse.ServingStatus;
}

export interface Health {
  /** Tells all watchers that we stop serving, and ends their calls, which would otherwise hold up a graceful shutdown. */
  readonly close: () => void;
}

type Watch = ServerWritableStream<{ service: string }, NamedStatus>;
type WatchHandler = handleServerStreamingCall<{ service: string }, NamedStatus>;

/** Serves grpc.health.v1 for the whole server (`""`) and for npd.external.v1.ExternalMonitor; SERVING until closed. */
export function addHealth(server: Server): Health {
  const names = ['', EXTERNAL_MONITOR];
  const health = new HealthImplementation(Object.fromEntries(names.map((name) => [name, 'SERVING'])));
  const watches = new Set<Watch>();
  const following = (watch: WatchHandler) => (call: Watch) => {
    watches.add(call);
    call.once('cancelled', () => watches.delete(call));
    // The package remembers for ever each name that was ever watched.
    if (names.includes(call.request.service)) watch(call);
    else call.write({ status: 'SERVICE_UNKNOWN' });
  };
  health.addToServer({
    // The package's own definition is read from a .proto file at start, which costs more memory than ours.
    addService: (_definition, methods) => server.addService(healthDefinition, { ...methods, watch: following(methods['watch'] as WatchHandler) }),
  });
  return {
    close() {
      for (const name of names) health.setStatus(name, 'NOT_SERVING');
      for (const call of watches) call.end();
    },
  };
}

const checkMethod: Omit<MethodDefinition<{ service: string }, NamedStatus>, 'path' | 'responseStream'> = {
  requestStream: false,
  requestSerialize: (request) => Buffer.from(wire.HealthCheckRequest.encode(request).finish()),
  requestDeserialize: (bytes) => wire.HealthCheckRequest.decode(bytes),
  responseSerialize: (response) => Buffer.from(wire.HealthCheckResponse.encode(toWire(response)).finish()),
  responseDeserialize: (bytes) => fromWire(wire.HealthCheckResponse.decode(bytes)),
};

const listMethod: MethodDefinition<object, { statuses: Record<string, NamedStatus> }> = {
  path: '/grpc.health.v1.Health/List',
  requestStream: false,
  responseStream: false,
  requestSerialize: (request) => Buffer.from(wire.HealthListRequest.encode(request).finish()),
  requestDeserialize: (bytes) => wire.HealthListRequest.decode(bytes),
  responseSerialize: ({ statuses }) => Buffer.from(wire.HealthListResponse.encode({ statuses: mapValues(statuses, toWire) }).finish()),
  responseDeserialize: (bytes) => ({ statuses: mapValues(wire.HealthListResponse.decode(bytes).statuses, fromWire) }),
};

export const healthDefinition = {
  check: { ...checkMethod, path: '/grpc.health.v1.Health/Check', responseStream: false },
  watch: { ...checkMethod, path: '/grpc.health.v1.Health/Watch', responseStream: true },
  list: listMethod,
};

function toWire({ status }: NamedStatus): grpc.health.v1.IHealthCheckResponse {
  return { status: wire.HealthCheckResponse.ServingStatus[status] };
}

/** A value that a newer protocol may add says nothing: UNKNOWN. */
function fromWire({ status }: grpc.health.v1.IHealthCheckResponse): NamedStatus {
  const name = Object.entries(wire.HealthCheckResponse.ServingStatus).find(([, value]) => value === status)?.[0];
  return { status: (name ?? 'UNKNOWN') as NamedStatus['status'] };
}

function mapValues<From, To>(record: Record<string, From>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
