import { isIP } from 'node:net';
import { ConfigError, quote } from '../../core/errors.ts';
import type { Endpoint } from '../attempt.ts';
import { isDomainName } from './fqdn.ts';
import { canonicalAddress } from './canonical-address.ts';
import { parseServerAddress } from './server-address.ts';

/** One entry of `dnsNames`. */
export type NameEntry =
  /** `expected`: addresses that it is to have; empty where any will do. */
  | { readonly kind: 'name'; readonly name: string; readonly expected: readonly string[] }
  /** An IP address is no name: it is asked as a name server. */
  | { readonly kind: 'server'; readonly server: Endpoint };

/** Reads `example.com`, `db.example.com=192.0.2.1|2001:db8::1` or `192.0.2.53`. Throws ConfigError naming the path. */
export function parseNameEntry(text: string, path: string): NameEntry {
  const server = isIP(text) === 0 ? undefined : parseServerAddress(text);
  if (server !== undefined) return { kind: 'server', server };
  const [name = '', ...rest] = text.split('=');
  if (!isDomainName(name) || rest.length > 1) throw new ConfigError(path, `expected a name, NAME=ADDRESS[|ADDRESS], or the address of a name server, got ${quote(text)}`);
  const expected = rest.flatMap((addresses) => addresses.split('|'));
  const wrong = expected.find((address) => isIP(address) === 0);
  if (wrong !== undefined) throw new ConfigError(path, `expected IP addresses after "${name}=", got ${quote(wrong)}`);
  return { kind: 'name', name, expected: expected.map(canonicalAddress) };
}
