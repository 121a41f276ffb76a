import { parseCounter } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

/**
 * What an interface has counted since it was made, or since its driver was loaded; a few drivers count to 2^32 and begin
 * anew. See the kernel's Documentation/networking/statistics.rst.
 */
export interface InterfaceCounters {
  readonly receivedBytes: bigint;
  readonly receivedPackets: bigint;
  /** Packets that arrived broken: checksum, frame, length. */
  readonly receiveErrors: bigint;
  /** Packets in order that nobody took: no buffer, but also protocols and VLANs that this host does not know. */
  readonly receiveDrops: bigint;
  readonly sentBytes: bigint;
  readonly sentPackets: bigint;
  readonly sendErrors: bigint;
  readonly sendDrops: bigint;
}

/** One interface: its name, and its numbers as they stand there, since of thousands only a few are wanted. */
export interface NetDevLine {
  readonly name: string;
  readonly numbers: string;
}

/** IFNAMSIZ of linux/if.h is 16, with the byte that ends it; `dev_valid_name` of net/core/dev.c allows no blank, slash or colon. */
const LINE = /^ *([^\s:/]{1,15}): *(\d{1,20}(?: +\d{1,20}){15})\n$/;

const HEADERS: readonly RegExp[] = [/^Inter-\| +Receive +\| +Transmit\n$/, /^ face \|bytes +packets errs drop fifo frame compressed multicast\|bytes +packets errs drop fifo colls carrier compressed\n$/];

/**
 * Takes one line of /proc/<pid>/net/dev, see proc_pid_net(5) and dev_seq_show() of net/core/net-procfs.c: two headers, and
 * sixteen numbers for each interface, here shortened:
 *
 *     Inter-|   Receive                            ...  |  Transmit
 *      face |bytes    packets errs drop fifo frame ... |bytes    packets errs drop fifo colls ...
 *         lo: 2251906088  508841    0    0    0     0 ...
 *
 * With its newline, without which a number may have been cut off. Undefined for a header. Throws ParseError.
 */
export function parseNetDevLine(line: string, index: number, file: string): NetDevLine | undefined {
  const header = HEADERS[index];
  if (header?.test(line) === true) return undefined;
  const [, name, numbers] = LINE.exec(line) ?? [];
  if (header !== undefined || name === undefined || numbers === undefined) {
    throw new ParseError(`${file}:${index + 1}`, header === undefined ? '"<interface>: <16 numbers>" and a newline' : 'a header "Inter-| ..."', line);
  }
  return { name, numbers };
}

/** The numbers of a line, see `parseNetDevLine`. Throws ParseError. */
export function parseInterfaceCounters(numbers: string, where: string): InterfaceCounters {
  const values = numbers.split(/ +/).map((number) => parseCounter(number, where));
  const at = (index: number): bigint => values[index] ?? 0n;
  return {
    receivedBytes: at(0), receivedPackets: at(1), receiveErrors: at(2), receiveDrops: at(3),
    sentBytes: at(8), sentPackets: at(9), sendErrors: at(10), sendDrops: at(11),
  };
}

/** The whole of it, by interface. A node with thousands of Pods has thousands of lines: for a few of them read it by line. Throws ParseError. */
export function parseNetDev(text: string, file: string): ReadonlyMap<string, InterfaceCounters> {
  const lines = text.split(/(?<=\n)/);
  if (lines.length < HEADERS.length) throw new ParseError(file, 'two headers', text);
  const interfaces = new Map<string, InterfaceCounters>();
  for (const [index, line] of lines.entries()) {
    const found = parseNetDevLine(line, index, file);
    if (found !== undefined) interfaces.set(found.name, parseInterfaceCounters(found.numbers, `${file}:${index + 1}`));
  }
  requireWholeText(text, file);
  return interfaces;
}
