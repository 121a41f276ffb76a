import { isIP } from 'node:net';

/**
 * Parses /etc/hosts, see hosts(5): addresses by name, in lower case, in the order of the file.
 *
 *     127.0.0.1   localhost
 *     10.0.0.7    db.example.com db   # until it has a record
 *
 * Lines that do not begin with an address are ignored, as libc does. Never throws.
 */
export function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const addresses = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*$/, '').split(/\s+/).filter((word) => word !== '');
    if (isIP(address) === 0) continue;
    for (const name of names.map((one) => one.toLowerCase())) {
      const known = addresses.get(name);
      if (known === undefined) addresses.set(name, [address]);
      else if (!known.includes(address)) known.push(address);
    }
  }
  return addresses;
}
