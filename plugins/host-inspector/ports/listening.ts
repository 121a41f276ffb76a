import { messageOf } from '../../core/errors.ts';
import { type AddressScope, scopeOf } from '../../linux/ip-address.ts';
import { SOCKET_STATE, type SocketLine, parseSocketLine, requireSocketHeader } from '../../linux/proc/net-sockets.ts';
import { type Unread, readLines } from '../../linux/read.ts';

export type Protocol = 'tcp' | 'udp';

/** Where packets for a port are taken in: a TCP socket that listens, a UDP socket that is connected to nobody. */
export interface ListeningSocket {
  readonly protocol: Protocol;
  /** An IPv6 socket on `::` mostly takes IPv4 as well; the kernel's table does not tell whether. */
  readonly family: 4 | 6;
  /** As RFC 5952 writes it; `0.0.0.0` or `::` for all. */
  readonly address: string;
  readonly port: number;
  readonly scope: AddressScope;
  /** Who opened it. */
  readonly uid: number;
  /** Of the first of `inodes`. */
  readonly inode: number;
  /** Of all sockets that share the port (SO_REUSEPORT), which is told once; at most 64. */
  readonly inodes: readonly number[];
}

/** One of the tables that could not be read. */
export interface SocketGap {
  readonly path: string;
  readonly kind: Unread['kind'];
  readonly message: string;
}

export interface Listening {
  /** By protocol, port, family and address. */
  readonly sockets: readonly ListeningSocket[];
  readonly gaps: readonly SocketGap[];
}

interface SocketTable {
  readonly protocol: Protocol;
  readonly family: 4 | 6;
  readonly path: string;
}

/**
 * Of PID 1, whose network namespace is the host's; `/proc/net` is the reader's. Both of one family are made at once, and
 * without IPv6 there are none of it.
 */
const TABLES: readonly SocketTable[] = [
  { protocol: 'tcp', family: 4, path: 'proc/1/net/tcp' },
  { protocol: 'tcp', family: 6, path: 'proc/1/net/tcp6' },
  { protocol: 'udp', family: 4, path: 'proc/1/net/udp' },
  { protocol: 'udp', family: 6, path: 'proc/1/net/udp6' },
];

/** 150 bytes a line, 190 with IPv6: some 300,000 UDP sockets. */
const MOST_BYTES = 64 * 2 ** 20;

/** A line or two. Behind the last listening socket the kernel looks for connections in a table of up to 500,000 places, until what is read at once is full. */
const TCP_AT_ONCE_BYTES = 256;

/** A server has as many as CPUs, and more are no news. */
const MOST_INODES = 64;

/**
 * The listening sockets of the host's network namespace, from within any other. What cannot be read or understood is a gap,
 * and of such a table nothing is told.
 *
 * Synchronous: it reads as far as TCP sockets listen, which come first, and all UDP sockets.
 */
export function readListening(root: string): Listening {
  const gaps: SocketGap[] = [];
  const sockets = TABLES.flatMap((table) => {
    try {
      const found = readTable(root, table);
      if (Array.isArray(found)) return found;
      if (!isWithoutFamily(table, found, gaps)) gaps.push({ path: `/${table.path}`, kind: found.kind, message: found.message });
    } catch (cause) {
      gaps.push({ path: `/${table.path}`, kind: 'failed', message: messageOf(cause) });
    }
    return [];
  });
  return { sockets: sockets.toSorted(inOrder), gaps };
}

/** Where there is a table of IPv4 and none of IPv6, this kernel or its command line has no IPv6. */
function isWithoutFamily({ family, protocol }: SocketTable, { kind }: Unread, gaps: readonly SocketGap[]): boolean {
  return family === 6 && kind === 'absent' && !gaps.some(({ path }) => path === `/proc/1/net/${protocol}`);
}

/** Thrown by a reader of lines that has seen enough. */
const ENOUGH = new Error('enough');

function readTable(root: string, { protocol, family, path }: SocketTable): ListeningSocket[] | Unread {
  const found = new Map<string, SocketLine & { readonly inodes: number[] }>();
  const state = protocol === 'tcp' ? SOCKET_STATE.listen : SOCKET_STATE.close;
  let number = 0;
  const take = (line: string): void => {
    number += 1;
    if (number === 1) return requireSocketHeader(line, `/${path}`);
    const socket = parseSocketLine(line, `/${path}:${number}`);
    // "It will first list all listening TCP sockets" (proc_net_tcp.rst); before Linux 4.4 also those who knock there. A node may have
    // 100,000 others.
    if (protocol === 'tcp' && socket.state !== state && socket.state !== SOCKET_STATE.synReceived) throw ENOUGH;
    if (socket.state !== state) return;
    const key = `${socket.address} ${socket.port}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { ...socket, inodes: [socket.inode] });
    else if (known.inodes.length < MOST_INODES) known.inodes.push(socket.inode);
  };
  try {
    const read = readLines(root, path, MOST_BYTES, take, ...(protocol === 'tcp' ? [TCP_AT_ONCE_BYTES] : []));
    if (read.kind !== 'ok') return read;
  } catch (cause) {
    if (cause !== ENOUGH) throw cause;
  }
  if (number === 0) requireSocketHeader('', `/${path}`);
  return [...found.values()].map(({ address, port, uid, inode, inodes }) => ({ protocol, family, address, port, scope: scopeOf(address), uid, inode, inodes }));
}

function inOrder(a: ListeningSocket, b: ListeningSocket): number {
  const rank = ({ protocol, family }: ListeningSocket): number => (protocol === 'tcp' ? 0 : 10) + family;
  return a.protocol === b.protocol ? a.port - b.port || rank(a) - rank(b) || (a.address < b.address ? -1 : 1) : rank(a) - rank(b);
}
