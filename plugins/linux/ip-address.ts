import { endianness } from 'node:os';

/** As the kernel of this machine keeps a word of 32 bits; recordings are of machines like it. */
const IS_LITTLE_ENDIAN = endianness() === 'LE';

/**
 * The address in a table such as /proc/<pid>/net/tcp6: words of 32 bits in network order, each printed as a number of the
 * host, so that on x86 and ARM `0100007F` is 127.0.0.1. Four words make an IPv6 address, written as RFC 5952 has it.
 *
 * @param hex 8 or 32 digits
 */
export function addressOfWords(hex: string, isLittleEndian = IS_LITTLE_ENDIAN): string {
  const bytes = Buffer.from(hex, 'hex');
  if (isLittleEndian) bytes.swap32();
  return bytes.length === 4 ? bytes.join('.') : ipv6Of(bytes);
}

/** `::ffff:0:0/96`: an IPv4 address in the clothes of an IPv6 one. */
const MAPPED = '00000000000000000000ffff';

function ipv6Of(bytes: Buffer): string {
  if (bytes.toString('hex', 0, 12) === MAPPED) return `::ffff:${bytes.subarray(12).join('.')}`;
  const text = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16)).join(':');
  // The longest run of at least two zeros, the first of several.
  const [zeros] = [...text.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)].toSorted((a, b) => b[0].length - a[0].length);
  if (zeros === undefined) return text;
  return `${text.slice(0, zeros.index).replace(/:$/, '')}::${text.slice(zeros.index + zeros[0].length).replace(/^:/, '')}`;
}

/** From where a socket that is bound to this address can be reached: from this machine only, through one address, through all of them. */
export type AddressScope = 'loopback' | 'one' | 'all';

export function scopeOf(address: string): AddressScope {
  const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
  if (plain === '0.0.0.0' || plain === '::') return 'all';
  // The whole of 127.0.0.0/8.
  return plain === '::1' || /^127(?:\.\d+){3}$/.test(plain) ? 'loopback' : 'one';
}
