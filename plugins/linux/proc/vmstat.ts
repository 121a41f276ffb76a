import { parseCounter } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

/** Counters since boot; all but the first need CONFIG_VM_EVENT_COUNTERS. */
export interface Vmstat {
  readonly freePages: bigint;
  /** Processes that the kernel killed for want of memory, of the host or of a cgroup. Since Linux 4.13. */
  readonly oomKills: bigint | undefined;
  readonly majorFaults: bigint | undefined;
  readonly swappedInPages: bigint | undefined;
  readonly swappedOutPages: bigint | undefined;
}

const KNOWN: ReadonlySet<string> = new Set(['nr_free_pages', 'oom_kill', 'pgmajfault', 'pswpin', 'pswpout']);

/**
 * Parses /proc/vmstat, see proc_vmstat(5): lines of a name, one blank and a number.
 *
 *     oom_kill 0
 */
export function parseVmstat(text: string, file = '/proc/vmstat'): Vmstat {
  const values = new Map<string, bigint>();
  for (const [index, line] of text.split('\n').entries()) {
    const [name = '', value = '', ...more] = line.split(' ');
    if (!KNOWN.has(name)) continue;
    const where = `${file}:${index + 1}`;
    if (more.length > 0) throw new ParseError(where, `"${name} <n>"`, line);
    values.set(name, parseCounter(value, where));
  }
  const freePages = values.get('nr_free_pages');
  if (freePages === undefined) throw new ParseError(file, 'a line "nr_free_pages <n>"', text);
  requireWholeText(text, file);
  return {
    freePages,
    oomKills: values.get('oom_kill'),
    majorFaults: values.get('pgmajfault'),
    swappedInPages: values.get('pswpin'),
    swappedOutPages: values.get('pswpout'),
  };
}
