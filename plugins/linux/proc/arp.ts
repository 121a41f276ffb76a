import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

/** ATF_PERM of linux/if_arp.h: somebody set the entry, and nothing but him removes it. */
const PERMANENT = 0x4;

/**
 * Counts the permanent entries of /proc/<pid>/net/arp, see proc_pid_net(5): a header, and a line for each entry.
 *
 *     IP address       HW type     Flags       HW address            Mask     Device
 *     192.0.2.1        0x1         0x2         02:fc:00:00:00:05     *        eth0
 *
 * Throws ParseError.
 */
export function countPermanentArp(text: string, file: string): number {
  const [header = '', ...lines] = text.split('\n').slice(0, -1);
  if (!header.startsWith('IP address ')) throw new ParseError(file, 'a header "IP address ..."', text);
  const flags = lines.map((line, index) => {
    const [, flag] = /^\S+ +0x[0-9a-f]+ +0x([0-9a-f]{1,8}) +\S+ +\S+ +\S/.exec(line) ?? [];
    if (flag === undefined) throw new ParseError(`${file}:${index + 2}`, '"<address> <type> <flags> <address> <mask> <device>"', line);
    return Number.parseInt(flag, 16);
  });
  requireWholeText(text, file);
  return flags.filter((flag) => (flag & PERMANENT) !== 0).length;
}
