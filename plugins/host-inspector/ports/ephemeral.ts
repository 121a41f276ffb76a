import { type PortRange, parsePortRange } from '../../linux/proc/port-range.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';

const RANGE_FILE = 'proc/sys/net/ipv4/ip_local_port_range';

/** There in the initial network namespace alone: `arp_init` of net/ipv4/arp.c registers it once. */
const INITIAL_ONLY = 'proc/sys/net/ipv4/neigh/default/gc_thresh3';

/** `inet_init_net` of net/ipv4/af_inet.c. */
const DEFAULT: PortRange = { first: 32_768, last: 60_999 };

/** Ports that the kernel gives to clients. Each network namespace has its own: without hostNetwork only the reader's is to be seen, and the default stands in. */
export interface EphemeralPorts extends PortRange {
  readonly source: string;
}

/** Throws for a range that cannot be read or understood. */
export function readEphemeralPorts(root: string): EphemeralPorts {
  const isHost = readText(root, INITIAL_ONLY).kind === 'ok';
  const text = isHost ? readText(root, RANGE_FILE) : undefined;
  if (text === undefined || text.kind === 'absent') return { ...DEFAULT, source: 'default of Linux' };
  return { ...parsePortRange(valueOrThrow(text), `/${RANGE_FILE}`), source: `/${RANGE_FILE}` };
}

export function isEphemeral({ first, last }: PortRange, port: number): boolean {
  return port >= first && port <= last;
}
