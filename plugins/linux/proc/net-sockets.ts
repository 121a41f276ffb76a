import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { addressOfWords } from '../ip-address.ts';

/** One line of a table of sockets. */
export interface SocketLine {
  /** `TCP_LISTEN` and others of include/net/tcp_states.h, for UDP as well. */
  readonly state: number;
  /** Its own, that it is bound to. */
  readonly address: string;
  readonly port: number;
  /** Who opened it, by its number in the reader's user namespace. */
  readonly uid: number;
  /** The number in `socket:[2740]`, to which descriptors of processes link; 0 where no process can have it open any more. */
  readonly inode: number;
}

/** include/net/tcp_states.h. A UDP socket is `close` until it is connected to somebody. */
export const SOCKET_STATE = { established: 1, synReceived: 3, close: 7, listen: 10 } as const;

const WORDS = '(?:[0-9A-F]{8}|[0-9A-F]{32})';
const LINE = new RegExp(`^ *\\d+: (${WORDS}):([0-9A-F]{4}) ${WORDS}:[0-9A-F]{4} ([0-9A-F]{2}) [0-9A-F]{8}:[0-9A-F]{8} [0-9A-F]{2}:[0-9A-F]{8,16} [0-9A-F]{8} +(-?\\d{1,10}) +-?\\d+ (\\d{1,16}) .*\\n$`);
const HEADER = /^ *sl +local_address +rem(?:ote)?_address +st .*\n$/;

/**
 * Parses one line of /proc/<pid>/net/{tcp,tcp6,udp,udp6}, see proc_pid_net(5) and Documentation/networking/proc_net_tcp.rst;
 * tcp4_seq_show() of net/ipv4/tcp_ipv4.c and its like write them. A header, and a line for each socket, here shortened:
 *
 *       sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
 *        0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000   112        0 21040 1 00000000f8a3043e 100 0 0 10 0
 *
 * Addresses of IPv6 have 32 digits. With its newline, without which a number may have been cut off. Throws ParseError.
 *
 * @param file and number of the line, for the message
 */
export function parseSocketLine(line: string, where: string): SocketLine {
  const [, address = '', port = '', state = '', uid = '', inode = ''] = LINE.exec(line) ?? [];
  if (address === '') throw new ParseError(where, '"<n>: <address>:<port> <address>:<port> <state> ... <uid> <timeout> <inode> ...", and a newline', line);
  return {
    state: Number.parseInt(state, 16),
    address: addressOfWords(address),
    port: Number.parseInt(port, 16),
    // Before Linux 4.x a number of 32 bits with a sign.
    uid: Number(uid) >>> 0,
    inode: parseCount(inode, where),
  };
}

/** The first line of such a table: without it, it is no such table. Throws ParseError. */
export function requireSocketHeader(line: string, file: string): void {
  if (!HEADER.test(line)) throw new ParseError(`${file}:1`, 'a header "sl local_address ..."', line);
}
