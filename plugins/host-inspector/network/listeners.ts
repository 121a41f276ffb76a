import { ParseError } from '../../core/errors.ts';
import { readLines } from '../../linux/read.ts';

/** TCP_LISTEN of include/net/tcp_states.h. */
const LISTEN = '0A';

/** `<n>: <address>:<port> <address>:<port> <state> <tx_queue>:<rx_queue> ...` */
const LINE = /^ *\d+: [0-9A-F]{8,32}:([0-9A-F]{4}) [0-9A-F]{8,32}:[0-9A-F]{4} ([0-9A-F]{2}) [0-9A-F]{8}:([0-9A-F]{8}) /;

const MOST_LISTENERS = 4_096;

class EndOfListeners extends Error {}

/**
 * Connections that wait to be accepted, by port of the host, only ports where some wait. For a listening socket that is its
 * rx_queue, see tcp_get_info and get_tcp4_sock() of net/ipv4/tcp_ipv4.c. Listening sockets stand first in /proc/<pid>/net/tcp,
 * so the connections behind them, which may be a million, are not read. Throws ParseError.
 */
export function readWaiting(root: string): ReadonlyMap<number, number> {
  const waiting = new Map<number, number>();
  for (const path of ['proc/1/net/tcp', 'proc/1/net/tcp6']) {
    let index = 0;
    const take = (line: string): void => {
      if (index++ === 0) return;
      const [, port = '', state, queue = ''] = LINE.exec(line) ?? [];
      if (state === undefined) throw new ParseError(`/${path}:${index}`, '"<n>: <address>:<port> ..."', line);
      if (state !== LISTEN || index > MOST_LISTENERS) throw new EndOfListeners();
      const count = Number.parseInt(queue, 16);
      if (count > 0) waiting.set(Number.parseInt(port, 16), (waiting.get(Number.parseInt(port, 16)) ?? 0) + count);
    };
    try {
      readLines(root, path, Infinity, take);
    } catch (thrown) {
      if (!(thrown instanceof EndOfListeners)) throw thrown;
    }
  }
  return waiting;
}
