import { isIP, isIPv6 } from 'node:net';
import type { Endpoint } from '../attempt.ts';

/** RFC 1035 section 4.2. */
const DNS_PORT = 53;

/** Reads `10.96.0.10`, `10.96.0.10:5353`, `fd00::a`, `[fd00::a]:5353`; an IPv6 address may have its `%zone`. Undefined for all else. */
export function parseServerAddress(text: string): Endpoint | undefined {
  if (isIP(text) !== 0) return { address: text, port: DNS_PORT };
  const [, six, four, digits = ''] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = six ?? four ?? '';
  const port = digits === '' ? DNS_PORT : Number(digits);
  const isRight = isIP(address) !== 0 && isIPv6(address) === (six !== undefined) && port >= 1 && port <= 65_535;
  return isRight ? { address, port } : undefined;
}
