import { endianness } from 'node:os';
import { readPortEntry } from '../plugins/host-inspector/ports/expected.ts';
import { scopeOf } from '../plugins/linux/ip-address.ts';
import { SOCKET_STATE, parseSocketLine, requireSocketHeader } from '../plugins/linux/proc/net-sockets.ts';
import type { Mask } from './record-mask.ts';

/** Of a table of sockets those that listen; their owners, their own addresses and nothing of anybody they speak with. */
export function listeningSockets(text: string, mask: Mask): string {
  const [header = '', ...lines] = text.split(/(?<=\n)/);
  requireSocketHeader(header, 'line 1');
  const sockets = lines.map((line, index) => parseSocketLine(line, `line ${index + 2}`));
  const kept = sockets.filter(({ state }) => state === SOCKET_STATE.listen || state === SOCKET_STATE.close);
  const isIpv6 = /_address {20}/.test(header);
  return header + kept.map(({ state, address, port, uid, inode }, index) => {
    const local = wordsOf(scopeOf(address) === 'one' ? mask.address(address) : address, isIpv6);
    const remote = `${'0'.repeat(local.length)}:0000`;
    return `${String(index).padStart(4)}: ${local}:${hex(port, 4)} ${remote} ${hex(state, 2)} 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 ${inode} 1 0000000000000000\n`;
  }).join('');
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

function wordsOf(address: string, isIpv6: boolean): string {
  const bytes = Buffer.from(isIpv6 ? ipv6Bytes(address) : address.split('.').map(Number));
  if (endianness() === 'LE') bytes.swap32();
  return bytes.toString('hex').toUpperCase();
}

/** Of an address with at most one `::`, and at most one part of IPv4, at its end. */
function ipv6Bytes(address: string): readonly number[] {
  const bytesOf = (half: string): readonly number[] =>
    half.split(':').filter((group) => group !== '').flatMap((group) => (group.includes('.') ? group.split('.').map(Number) : [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
  const [left = '', right = ''] = address.split('::');
  const [head, tail] = [bytesOf(left), bytesOf(right)];
  return [...head, ...Array.from({ length: 16 - head.length - tail.length }, () => 0), ...tail];
}

/** The list of expected ports without what somebody wrote beside them. */
export function expectedPorts(text: string, mask: Mask): string {
  const entries = text.split('\n').map((line) => line.replace(/#.*$/, '').trim()).filter((line) => line !== '');
  return entries.map((line, index) => {
    const entry = readPortEntry(line);
    if (typeof entry === 'string') throw new Error(`entry ${index + 1} has not the form of this file`);
    return `${entry.address === undefined ? line : line.replace(/@.*$/, `@${mask.address(entry.address)}`)}\n`;
  }).join('');
}
