import type { Endpoint } from '../attempt.ts';
import type { Endpoints } from './endpoint-slices.ts';
import type { ServiceEntry } from './entry.ts';
import type { Told } from './ask.ts';
import type { Service } from './service.ts';

/** Where a connection through a Service goes. */
export type Way =
  /** To each of them. `isPicked`: it stands for many, so messages do not name it. */
  | { readonly kind: 'try'; readonly endpoints: readonly Endpoint[]; readonly isPicked: boolean }
  /** There is none to be tried, and this is no fault. */
  | { readonly kind: 'none'; readonly why: string }
  /** It cannot be known because of another part of the Service, which is told. */
  | { readonly kind: 'hidden' }
  /** The Service has no such TCP port. */
  | { readonly kind: 'no-port' };

export interface WayParts {
  readonly entry: ServiceEntry;
  /** Undefined where we may not read it. */
  readonly service: Service | undefined;
  readonly endpoints: Told<Endpoints>;
  /** What its name leads to. */
  readonly resolved: readonly string[];
  /** In [0, 1). */
  readonly random: () => number;
}

/** IPv4 and IPv6. */
const MOST_ADDRESSES = 2;

/** Pure but for `random`. */
export function wayOf({ entry, service, endpoints, resolved, random }: WayParts): Way {
  if (service === undefined) return wayByName(entry, resolved);
  if (service.kind === 'external-name') return none('an ExternalName');
  // It would be refused.
  if (endpoints.kind === 'ok' && endpoints.value.isWhole && endpoints.value.ready.length === 0) return { kind: 'hidden' };
  const port = entry.port === undefined ? service.ports[0] : service.ports.find((one) => one.port === entry.port);
  if (port === undefined) return entry.port === undefined ? none('no TCP port') : { kind: 'no-port' };
  if (service.kind === 'cluster-ip') return { kind: 'try', endpoints: service.clusterIps.map((address) => ({ address, port: port.port })), isPicked: false };
  if (endpoints.kind === 'denied') return none(`needs the right to list EndpointSlices in ${entry.namespace}`);
  if (endpoints.kind !== 'ok') return { kind: 'hidden' };
  const candidates = endpoints.value.ready.flatMap(({ address, ports }) => ports.filter(({ name }) => name === port.name).map((one) => ({ address, port: one.port })));
  const picked = candidates[Math.floor(random() * candidates.length)];
  return picked === undefined ? none('its endpoints have no such port') : { kind: 'try', endpoints: [picked], isPicked: true };
}

/** Without the right to read the Service: if the setting gives the port, its name leads there all the same. */
function wayByName({ namespace, port }: ServiceEntry, resolved: readonly string[]): Way {
  if (port === undefined) return none(`needs the right to get Services in ${namespace}, or a port in the setting services`);
  if (resolved.length === 0) return { kind: 'hidden' };
  return { kind: 'try', endpoints: resolved.slice(0, MOST_ADDRESSES).map((address) => ({ address, port })), isPicked: false };
}

function none(why: string): Way {
  return { kind: 'none', why };
}
