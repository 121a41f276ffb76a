import { isIP, isIPv6 } from 'node:net';
import { quote } from '../../core/errors.ts';
import { isDomainName } from '../dns/fqdn.ts';

/** Something that is declared to be reachable from here. */
export interface Target {
  /** As messages call it, and by which it is told from others: `tcp://db.example:5432`, `https://registry.example/v2/`. */
  readonly text: string;
  readonly kind: 'tcp' | 'http';
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Scheme, host and the rest; user info is caught so that it can be refused. */
const ENTRY = /^(?:(?<scheme>tcp|https?):\/\/)?(?<user>[^/?#]*@)?(?<host>\[[^\]/?#]*\]|[^:/?#[\]]*)(?::(?<port>\d{0,5}))?(?<rest>[/?].*)?$/;

const DEFAULT_PORTS: Readonly<Record<string, number | undefined>> = { http: 80, https: 443 };

/**
 * One entry of the setting `targets`: a TCP port, or an HTTP URL of RFC 9110, section 4.2. IPv6 addresses stand in brackets (RFC 3986,
 * section 3.2.2). Pure.
 *
 * @returns what is wrong with it where it is none
 */
export function readTarget(entry: string): Target | string {
  const { scheme = 'tcp', user, host: written = '', port: digits, rest = '' } = ENTRY.exec(entry)?.groups ?? {};
  if (user !== undefined) return 'a user name or password may not stand in a URL here: conditions show it to everybody';
  const host = hostOf(written);
  const port = portOf(scheme, digits);
  if (host === undefined || port === undefined) return none(entry);
  if (isUnspecified(host)) return `${quote(written)} is no address of anybody (RFC 1122, section 3.2.1.3)`;
  if (scheme !== 'tcp') return isUrl(entry, rest) ? { text: entry, kind: 'http', host, port } : none(entry);
  return rest === '' ? { text: `tcp://${written}:${port}`, kind: 'tcp', host, port } : none(entry);
}

function portOf(scheme: string, digits: string | undefined): number | undefined {
  const port = digits === undefined ? DEFAULT_PORTS[scheme] ?? 0 : Number(digits);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function none(entry: string): string {
  return `expected HOST:PORT, tcp://HOST:PORT, http://HOST[:PORT]/PATH or https://HOST[:PORT]/PATH, got ${quote(entry)}`;
}

/** It stands in messages of 1,024 bytes, beside what is wrong with it. */
const LONGEST_URL = 512;

/** A path and query of what RFC 3986, section 2, allows; and no zone of an address, which URLs cannot hold. */
function isUrl(entry: string, rest: string): boolean {
  return entry.length <= LONGEST_URL && /^[!$&-;=?-Z_a-z~%]*$/.test(rest) && URL.canParse(entry);
}

/** Without brackets; undefined for what is neither a name nor an address. */
function hostOf(written: string): string | undefined {
  if (!written.startsWith('[')) return isIP(written) === 4 || isHostName(written) ? written : undefined;
  const address = written.slice(1, -1);
  return isIPv6(address) ? address : undefined;
}

/** May this be the name of a host? With or without a dot at its end; with a last label of digits alone it is an address gone wrong. Pure. */
export function isHostName(text: string): boolean {
  return isDomainName(text) && !/(?:^|\.)\d+\.?$/.test(text);
}

/** 0.0.0.0 and ::, also in the clothes of one another. */
const UNSPECIFIED = /^(?:[0:.]+|[0:]*:ffff:(?:0\.0\.0\.0|0+:0+))(?:%.*)?$/i;

/** Is it an address that leads to this very machine, whatever was meant? Pure. */
export function isUnspecified(address: string): boolean {
  return isIP(address) !== 0 && UNSPECIFIED.test(address);
}
