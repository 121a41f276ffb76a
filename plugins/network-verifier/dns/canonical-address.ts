import { SocketAddress, isIPv6 } from 'node:net';

/** An IP address as inet_ntop(3) writes it, so that two texts of one address are the same. */
export function canonicalAddress(address: string): string {
  return isIPv6(address) ? new SocketAddress({ address, family: 'ipv6' }).address : address;
}
