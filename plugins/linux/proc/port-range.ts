import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';

/** Ports from `first` to `last`, both among them. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Parses /proc/sys/net/ipv4/ip_local_port_range, see ip(7): the ports that the kernel gives to sockets which ask for none.
 *
 *     32768	60999
 *
 * Throws ParseError.
 */
export function parsePortRange(text: string, file: string): PortRange {
  const [, from = '', to = ''] = /^(\d{1,5})\s+(\d{1,5})\n$/.exec(text) ?? [];
  if (from === '') throw new ParseError(file, '"<first> <last>" and a newline', text);
  const [first, last] = [parseCount(from, file), parseCount(to, file)];
  if (last < first || last > 65_535) throw new ParseError(file, 'the lower port first', text);
  return { first, last };
}
