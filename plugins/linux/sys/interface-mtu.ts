import { parseCount } from '../../core/decode.ts';
import { requireWholeText } from '../proc/whole-text.ts';
import { type Outcome, readText } from '../read.ts';

/**
 * Parses /sys/class/net/<name>/mtu, see Documentation/ABI/testing/sysfs-class-net: bytes that one packet may have. Throws ParseError.
 *
 *     1500
 */
export function parseMtu(text: string, file: string): number {
  requireWholeText(text, file);
  return parseCount(text.slice(0, -1), file);
}

/**
 * MTU in bytes of an interface of the network namespace that this sysfs was mounted in; `absent` where it has none of that name.
 * Unlike `speed` and `carrier` it waits for no driver: netdev_show() of net/core/net-sysfs.c holds no lock. Throws ParseError.
 */
export function readMtu(root: string, name: string): Outcome<number> {
  const path = `sys/class/net/${name}/mtu`;
  const read = readText(root, path, { maxBytes: 4_096 });
  return read.kind === 'ok' ? { kind: 'ok', value: parseMtu(read.value, `/${path}`) } : read;
}
