import { isIPv4, isIPv6 } from 'node:net';
import { resolve } from 'node:path';

import { parseCount } from '../core/decode.ts';
import { ConfigError, quote } from '../core/errors.ts';

/** Where to listen: a TCP port of one address, or a Unix socket. */
export type HttpAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** What is told of the node is for the node alone unless somebody asks for more. */
const DEFAULT_HOST = '127.0.0.1';

const HIGHEST_PORT = 65_535;

/** sun_path of sockaddr_un holds 108 bytes, the last of them the closing zero, see unix(7). */
const LONGEST_PATH_BYTES = 107;

const FORMS = 'expected PORT (on 127.0.0.1), IPv4:PORT, localhost:PORT, [IPv6]:PORT or unix:PATH';

/**
 * Reads `20281`, `0.0.0.0:20281`, `localhost:20281`, `[::]:20281` or `unix:/run/npd.http`. Port 0 is any free one. Names
 * other than localhost are refused: what they resolve to is not known before it is asked for. Throws ConfigError naming `where`.
 */
export function parseHttpAddress(text: string, where: string): HttpAddress {
  if (text.startsWith('unix:')) return unixAddress(text.slice('unix:'.length), where);
  const [, bracketed, plain, port] = /^(?:(?:\[([^\]]*)\]|([^:]*)):)?([0-9]+)$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? DEFAULT_HOST;
  const isKnown = bracketed === undefined ? isIPv4(host) || host === 'localhost' : isIPv6(host);
  if (port === undefined || !isKnown) throw new ConfigError(where, `${FORMS}, got ${quote(text)}`);
  if (port.length > 5 || parseCount(port, where) > HIGHEST_PORT) throw new ConfigError(where, `expected a port from 0 to ${HIGHEST_PORT}, got ${quote(port)}`);
  // Not looked up: it must not depend on /etc/hosts, which many an image lacks.
  return { kind: 'tcp', host: host === 'localhost' ? DEFAULT_HOST : host, port: Number(port) };
}

function unixAddress(given: string, where: string): HttpAddress {
  if (given === '' || given.includes('\0')) throw new ConfigError(where, `${FORMS}, got ${quote(`unix:${given}`)}`);
  const path = resolve(given);
  const bytes = Buffer.byteLength(path);
  if (bytes > LONGEST_PATH_BYTES) {
    throw new ConfigError(where, `${path} is too long: it has ${bytes} bytes and a Unix socket's path at most ${LONGEST_PATH_BYTES}; take a shorter folder`);
  }
  return { kind: 'unix', path };
}

/** The address as people write it: `http://[::1]:20281`, `unix:/run/npd.http`. */
export function addressText(address: HttpAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return `http://${isIPv6(address.host) ? `[${address.host}]` : address.host}:${address.port}`;
}
