import { isIP } from 'node:net';
import { quote } from '../../core/errors.ts';
import type { AddressScope } from '../../linux/ip-address.ts';
import type { ListeningSocket, Protocol } from './listening.ts';

/** One entry of a list of ports. */
export interface PortEntry {
  readonly protocol: Protocol;
  readonly first: number;
  readonly last: number;
  /** It may be reached from no further than this; absent for any. */
  readonly scope?: AddressScope;
  /** Only this address. */
  readonly address?: string;
}

const FORM = '"tcp/22", "udp/30000-32767", "tcp/10248@loopback" or "tcp/2379@192.0.2.7"';

/** How far each reaches. */
export const SCOPES: readonly AddressScope[] = ['loopback', 'one', 'all'];

/**
 * Reads one entry: protocol, port or range of ports, and from where they may be reached: `@loopback`, `@one` (through a single
 * address, or loopback), `@all` (as without), or `@` and an address.
 *
 * @returns the entry, or what is wrong with it
 */
export function readPortEntry(text: string): PortEntry | string {
  const [, protocol, from = '', to = from, place] = /^(tcp|udp)\/([0-9]{1,5})(?:-([0-9]{1,5}))?(?:@(.+))?$/.exec(text) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (protocol === undefined) return `expected ${FORM}, got ${quote(text)}`;
  if (first < 1 || last > 65_535 || last < first) return `expected ports from 1 to 65535, the lower one first, got ${quote(text)}`;
  const entry: PortEntry = { protocol: protocol as Protocol, first, last };
  if (place === undefined) return entry;
  const scope = SCOPES.find((known) => known === place);
  if (scope !== undefined) return { ...entry, scope };
  const address = canonical(place);
  return address === undefined ? `expected @loopback, @one, @all or @ and an IP address, got ${quote(text)}` : { ...entry, address };
}

/** As `ListeningSocket.address` has it, or undefined. */
function canonical(address: string): string | undefined {
  const kind = isIP(address);
  if (kind === 4) return address;
  if (kind !== 6 || address.includes('%')) return undefined;
  const [, ipv4] = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address) ?? [];
  // Writes it as RFC 5952 has it, but for those of IPv4.
  return ipv4 === undefined ? new URL(`http://[${address}]`).hostname.slice(1, -1) : `::ffff:${ipv4}`;
}

type Place = Pick<ListeningSocket, 'protocol' | 'port' | 'scope' | 'address'>;

/** Does an entry of the list stand for this socket? */
export function isListed(entries: readonly PortEntry[], { protocol, port, scope, address }: Place): boolean {
  return entries.some((entry) =>
    entry.protocol === protocol && port >= entry.first && port <= entry.last
      && (entry.scope === undefined || SCOPES.indexOf(scope) <= SCOPES.indexOf(entry.scope))
      && (entry.address === undefined || entry.address === address));
}

/**
 * Reads a file of such entries, one a line; what follows a `#` is a comment, and empty lines are none.
 *
 * @returns the entries, or what is wrong with the file: then nobody can tell which port was meant
 */
export function readPortFile(text: string, file: string): readonly PortEntry[] | string {
  const entries: PortEntry[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.replace(/#.*$/, '').trim();
    if (words === '') continue;
    const entry = readPortEntry(words);
    if (typeof entry === 'string') return `${file}:${index + 1}: ${entry}`;
    entries.push(entry);
  }
  // No node listens nowhere: a file that lost its lines would make everything unexpected.
  return entries.length > 0 ? entries : `${file}: holds no port; list them, or remove the file`;
}
