import type { AddressScope } from '../../linux/ip-address.ts';
import type { ListeningSocket, Protocol } from './listening.ts';

/** All sockets of one port that can be reached from equally far: what is judged and told as one. */
export interface OpenPort {
  readonly protocol: Protocol;
  readonly port: number;
  readonly scope: AddressScope;
  readonly sockets: readonly ListeningSocket[];
}

/** Over time it is the same by this, e.g. `tcp/22@all`. */
export function keyOf({ protocol, port, scope }: Pick<OpenPort, 'protocol' | 'port' | 'scope'>): string {
  return `${protocol}/${port}@${scope}`;
}

/** By protocol, port and scope. Pure. */
export function openPortsOf(sockets: readonly ListeningSocket[]): readonly OpenPort[] {
  return [...Map.groupBy(sockets, keyOf).values()].flatMap((same) => {
    const [first] = same;
    return first === undefined ? [] : [{ protocol: first.protocol, port: first.port, scope: first.scope, sockets: same }];
  });
}

/** `TCP port 22 on all addresses`, `UDP port 53 on 192.0.2.7 and others`; stable as long as the sockets are. */
export function describePort({ protocol, port, scope, sockets }: OpenPort): string {
  const [address = '', ...more] = [...new Set(sockets.map((socket) => socket.address))].toSorted();
  const place = scope === 'all' ? 'all addresses' : `${address}${more.length > 0 ? ' and others' : ''}`;
  return `${protocol.toUpperCase()} port ${port} on ${place}`;
}
