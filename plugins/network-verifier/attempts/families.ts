import { isIPv6 } from 'node:net';

/**
 * The addresses of one name, IPv4 and IPv6 in turns (RFC 8305, section 4), each family in the order that it has: so a node that has only one
 * of them comes to it, however few are tried. Pure.
 */
export function familiesInTurns(addresses: readonly string[]): readonly string[] {
  const [four, six] = [addresses.filter((address) => !isIPv6(address)), addresses.filter((address) => isIPv6(address))];
  return Array.from({ length: Math.max(four.length, six.length) }, (_, index) => [...four.slice(index, index + 1), ...six.slice(index, index + 1)]).flat();
}
