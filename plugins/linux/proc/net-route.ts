import { parseInteger } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { addressOfWords } from '../ip-address.ts';
import { type Outcome, readLines } from '../read.ts';

/** Where packets for some addresses go. */
export interface Route {
  /** `0.0.0.0/0` or `::/0` is the way to everywhere else. */
  readonly destination: string;
  readonly interface: string;
  /** Undefined for addresses that are reached without one. */
  readonly gateway: string | undefined;
  /** The lowest of several to the same destination is taken. */
  readonly metric: number;
  /** False for one that is down, or that refuses packets. */
  readonly isUsable: boolean;
}

/** RTF_UP, RTF_GATEWAY and RTF_REJECT of linux/route.h. */
const FLAGS = { up: 0x1, gateway: 0x2, reject: 0x200 } as const;

const HEADER = /^Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t+MTU\tWindow\tIRTT *\n$/;
const IPV4 = /^([^\s/]{1,15})\t([0-9A-F]{8})\t([0-9A-F]{8})\t([0-9A-F]{4})\t-?\d+\t\d+\t(-?\d{1,10})\t([0-9A-F]{8})\t\d+\t\d+\t\d+ *\n$/;
const IPV6 = /^([0-9a-f]{32}) ([0-9a-f]{2}) [0-9a-f]{32} [0-9a-f]{2} ([0-9a-f]{32}) ([0-9a-f]{8}) [0-9a-f]{8} [0-9a-f]{8} ([0-9a-f]{8}) +([^\s/]{1,15})\n$/;

/**
 * Parses one line of /proc/<pid>/net/route, the main table of IPv4; fib_route_seq_show() of net/ipv4/fib_trie.c writes it.
 * Addresses are words of 32 bits in the order of bytes of the host. Undefined for the header. Throws ParseError.
 *
 *     Iface  Destination  Gateway   Flags  RefCnt  Use  Metric  Mask      MTU  Window  IRTT
 *     eth0   00000000     010200C0  0003   0       0    0       00000000  0    0       0
 */
export function parseRouteLine(line: string, index: number, file: string): Route | undefined {
  if (index === 0 && HEADER.test(line)) return undefined;
  const [, name = '', destination = '', gateway = '', flags = '', metric = '', mask = ''] = (index === 0 ? null : IPV4.exec(line)) ?? [];
  if (name === '') throw new ParseError(`${file}:${index + 1}`, index === 0 ? 'a header "Iface Destination ..."' : 'a route of eleven fields and a newline', line);
  const bits = Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length;
  return routeOf(`${addressOfWords(destination)}/${bits}`, name, addressOfWords(gateway), { flags, metric: parseInteger(metric, file) });
}

/**
 * Parses one line of /proc/<pid>/net/ipv6_route; rt6_info_route of net/ipv6/route.c writes it. All tables stand in it: the last
 * field but one are the flags, and addresses are in network order. Throws ParseError.
 *
 *     00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000003 00000000 00000003     eth0
 */
export function parseIpv6RouteLine(line: string, index: number, file: string): Route {
  const [, destination = '', length = '', gateway = '', metric = '', flags = '', name = ''] = IPV6.exec(line) ?? [];
  if (name === '') throw new ParseError(`${file}:${index + 1}`, 'a route of ten fields and a newline', line);
  const prefix = `${addressOfWords(destination, false)}/${Number.parseInt(length, 16)}`;
  return routeOf(prefix, name, addressOfWords(gateway, false), { flags, metric: Number.parseInt(metric, 16) });
}

function routeOf(destination: string, name: string, gateway: string, { flags, metric }: { readonly flags: string; readonly metric: number }): Route {
  const set = Number.parseInt(flags, 16);
  return {
    destination, interface: name, metric,
    gateway: (set & FLAGS.gateway) === 0 ? undefined : gateway,
    isUsable: (set & FLAGS.up) !== 0 && (set & FLAGS.reject) === 0,
  };
}

/** A router that takes in the routes of the whole Internet has a million. */
const LONGEST_TABLE_BYTES = 256 * 1024 * 1024;

const MOST_DEFAULTS = 16;

const TABLES = [
  { name: 'route', parse: parseRouteLine, everywhere: '0.0.0.0/0' },
  { name: 'ipv6_route', parse: parseIpv6RouteLine, everywhere: '::/0' },
] as const;

/**
 * The ways of the host to everywhere else, at most sixteen, in the order of the tables; read by line, since there may be very
 * many other routes. Without IPv6 there is no second table. Throws ParseError.
 *
 * @param of the process in whose network namespace they are: PID 1 of the host, or `self`
 */
export function readDefaultRoutes(root: string, of: '1' | 'self' = '1'): Outcome<readonly Route[]> {
  const found: Route[] = [];
  for (const { name, parse, everywhere } of TABLES) {
    const file = `proc/${of}/net/${name}`;
    let index = 0;
    const read = readLines(root, file, LONGEST_TABLE_BYTES, (line) => {
      const route = parse(line, index++, `/${file}`);
      if (route?.destination === everywhere && route.isUsable && found.length < MOST_DEFAULTS) found.push(route);
    });
    if (read.kind !== 'ok' && (read.kind !== 'absent' || name === TABLES[0].name)) return read;
  }
  return { kind: 'ok', value: found };
}
