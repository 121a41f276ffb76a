import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from '../proc/whole-text.ts';

/** What a control group counts of memory that ran out, since it was made. */
export interface MemoryEvents {
  /** Times that a limit of its own, or of a group in it, was reached and nothing more could be freed. Undefined for cgroup v1, which does not tell. */
  readonly limitReached: number | undefined;
  /** Processes that were killed, whoever's limit it was. Undefined before Linux 4.13. */
  readonly killed: number | undefined;
}

const KNOWN: ReadonlySet<string> = new Set(['oom', 'oom_kill']);

/**
 * Parses memory.events of cgroup v2, which counts for the groups below it, too (the kernel's
 * Documentation/admin-guide/cgroup-v2.rst), and memory.oom_control of v1, which does not. Throws ParseError.
 *
 *     low 0                 oom_kill_disable 0
 *     high 0                under_oom 0
 *     max 7                 oom_kill 1
 *     oom 1
 *     oom_kill 1
 */
export function parseMemoryEvents(text: string, file: string): MemoryEvents {
  const values = new Map<string, number>();
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    const [name = '', value = '', ...more] = line.split(' ');
    if (more.length > 0 || !/^[a-z_]+$/.test(name)) throw new ParseError(`${file}:${index + 1}`, '"<name> <n>"', line);
    if (KNOWN.has(name)) values.set(name, parseCount(value, `${file}:${index + 1}`));
  }
  requireWholeText(text, file);
  return { limitReached: values.get('oom'), killed: values.get('oom_kill') };
}
