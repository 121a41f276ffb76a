import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';

/**
 * Parses a file of /proc/sys, or of a cgroup, that holds one whole number ≥ 0 and a newline, see proc_sys(5). Throws
 * ParseError.
 */
export function parseNumberFile(text: string, file: string): number {
  if (!text.endsWith('\n')) throw new ParseError(file, 'a number and a newline', text);
  return parseCount(text.slice(0, -1), file);
}
