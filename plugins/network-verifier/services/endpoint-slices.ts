import { isIP } from 'node:net';
import { isRecord } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { type ServicePort, listOf, parseObject, portOf } from './service.ts';

/** Who is behind a Service. */
export interface Endpoints {
  readonly ready: readonly ReadyEndpoint[];
  /** False where the API server has more slices than it has given. */
  readonly isWhole: boolean;
}

export interface ReadyEndpoint {
  readonly address: string;
  /** Of TCP, as the Pods listen on them; names are those of the Service's ports. */
  readonly ports: readonly ServicePort[];
}

/**
 * Parses a list of EndpointSlices, see k8s.io/api/discovery/v1 of Kubernetes 1.34:
 *
 *     {"kind":"EndpointSliceList","metadata":{},"items":[{"addressType":"IPv4",
 *      "endpoints":[{"addresses":["192.0.2.10"],"conditions":{"ready":true}}],"ports":[{"name":"https","port":6443,"protocol":"TCP"}]}]}
 *
 * An endpoint of which nobody says whether it is ready counts as ready, as that document has it. Throws ParseError.
 */
export function parseEndpointSlices(body: string, where: string): Endpoints {
  const { kind, metadata, items } = parseObject(body, where);
  if (kind !== 'EndpointSliceList' || !isRecord(metadata)) throw new ParseError(where, 'a list of EndpointSlices', body);
  const rest = metadata['continue'] ?? '';
  return { ready: listOf(items, where).flatMap((slice) => readyIn(slice, where)), isWhole: rest === '' };
}

function readyIn(slice: unknown, where: string): readonly ReadyEndpoint[] {
  if (!isRecord(slice) || typeof slice['addressType'] !== 'string') throw new ParseError(where, 'an EndpointSlice', JSON.stringify(slice) ?? '');
  // A port of null is any, of which nobody can say where to connect to.
  const ports = listOf(slice['ports'], where).flatMap((port) => (isRecord(port) && (port['port'] ?? null) === null ? [] : portOf(port, where)));
  const endpoints = listOf(slice['endpoints'], where);
  return endpoints.flatMap((endpoint) => {
    const addresses = isRecord(endpoint) ? listOf(endpoint['addresses'], where) : [];
    const [address] = addresses;
    const conditions = isRecord(endpoint) ? (endpoint['conditions'] ?? {}) : undefined;
    if (typeof address !== 'string' || !isRecord(conditions)) throw new ParseError(where, 'an endpoint', JSON.stringify(endpoint) ?? '');
    if (slice['addressType'] !== 'FQDN' && isIP(address) === 0) throw new ParseError(where, 'an address', JSON.stringify(address));
    const ready = conditions['ready'] ?? true;
    if (typeof ready !== 'boolean') throw new ParseError(where, 'ready as true or false', JSON.stringify(ready));
    return ready ? [{ address, ports }] : [];
  });
}
