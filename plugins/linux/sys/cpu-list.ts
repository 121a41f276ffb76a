import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from '../proc/whole-text.ts';
import { readText, valueOrThrow } from '../read.ts';

/** The most that Linux can be built for (CONFIG_NR_CPUS on x86): no garbled range makes us count to a billion. */
const MOST_CPUS = 8_192;

/** Numbers of the CPUs that are online, ascending. Throws where the file cannot be read or understood. */
export function readOnlineCpus(root: string): readonly number[] {
  return parseCpuList(valueOrThrow(readText(root, 'sys/devices/system/cpu/online', { maxBytes: 64 * 1024 })));
}

/**
 * Parses /sys/devices/system/cpu/online, see the kernel's Documentation/admin-guide/cputopology.rst: numbers and
 * ranges, ascending.
 *
 *     0-3,8
 */
export function parseCpuList(text: string, file = '/sys/devices/system/cpu/online'): readonly number[] {
  const cpus: number[] = [];
  const [line = '', ...more] = text.split('\n');
  for (const part of line.split(',')) {
    const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    if (first === undefined) throw new ParseError(file, '"<n>" or "<n>-<n>", with commas', text);
    const [from, to] = [parseCount(first, file), parseCount(last ?? first, file)];
    if (to < from || to >= MOST_CPUS || from <= (cpus.at(-1) ?? -1)) throw new ParseError(file, `ascending numbers below ${MOST_CPUS}`, text);
    for (let cpu = from; cpu <= to; cpu++) cpus.push(cpu);
  }
  requireWholeText(text, file);
  if (more.join('') !== '') throw new ParseError(file, 'one line', text);
  return cpus;
}
