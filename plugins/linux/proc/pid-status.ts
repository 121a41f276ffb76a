import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

export interface PidStatus {
  readonly parentPid: number;
  /** As the reader's user namespace numbers it. */
  readonly effectiveUid: number;
  /** Slots of the table of file descriptors: it has grown to hold the most that were ever open, and never shrinks. */
  readonly descriptorSlots: number;
  /** The process's PID in the namespace of this /proc, then in each one further in. Undefined before Linux 4.1. */
  readonly pids: readonly number[] | undefined;
}

const KNOWN: ReadonlySet<string> = new Set(['PPid', 'Uid', 'FDSize', 'NSpid']);

/**
 * Parses /proc/<pid>/status, see proc_pid_status(5). The lines that are read look like
 *
 *     PPid:	1
 *     Uid:	0	0	0	0
 *     FDSize:	256
 *     NSpid:	16815	4
 *
 * Throws ParseError.
 */
export function parsePidStatus(text: string, file: string): PidStatus {
  const fields = new Map<string, readonly string[]>();
  for (const [index, line] of text.split('\n').entries()) {
    const name = line.slice(0, Math.max(0, line.indexOf(':')));
    if (!KNOWN.has(name)) continue;
    // A process chooses its name, which stands in the first line: the kernel writes a newline in it as `\n`.
    if (fields.has(name)) throw new ParseError(`${file}:${index + 1}`, `one line "${name}"`, line);
    fields.set(name, line.slice(name.length + 1).trim().split('\t'));
  }
  requireWholeText(text, file);
  const need = (name: string, index: number): number => {
    const value = fields.get(name)?.[index];
    if (value === undefined) throw new ParseError(file, `a line "${name}:" with ${index + 1} or more numbers`, text);
    return parseCount(value, file);
  };
  return {
    parentPid: need('PPid', 0),
    effectiveUid: need('Uid', 1),
    descriptorSlots: need('FDSize', 0),
    pids: fields.get('NSpid')?.map((pid) => parseCount(pid, file)),
  };
}
