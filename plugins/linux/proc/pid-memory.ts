import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';

const LINE = /^(RssAnon|RssShmem|VmRSS):\s*(.*)$/gm;

/**
 * Bytes of RAM that only this process needs, from /proc/<pid>/status, see proc_pid_status(5):
 *
 *     RssAnon:	     844 kB
 *     RssShmem:	       0 kB
 *
 * Before Linux 4.5 there is only `VmRSS`, which counts mapped files, too. Undefined for a process that has none (it has
 * ended and is not reaped). Throws ParseError.
 */
export function parsePidMemory(text: string, file: string): number | undefined {
  const bytes = new Map<string, number>();
  for (const [line, name = '', value = ''] of text.matchAll(LINE)) {
    const [, kilobytes] = /^(\d+) kB$/.exec(value) ?? [];
    if (kilobytes === undefined) throw new ParseError(file, `"${name}: <n> kB"`, line);
    bytes.set(name, parseCount(kilobytes, file) * 1_024);
  }
  const anonymous = bytes.get('RssAnon');
  return anonymous === undefined ? bytes.get('VmRSS') : anonymous + (bytes.get('RssShmem') ?? 0);
}
