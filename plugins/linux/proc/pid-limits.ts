import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

export interface PidLimits {
  /** RLIMIT_NOFILE: descriptors that the process may have open; Infinity for `unlimited`. */
  readonly openFilesSoft: number;
}

/**
 * Parses /proc/<pid>/limits, see proc_pid_limits(5). The line that is read looks like
 *
 *     Max open files            1024                 524288               files
 *
 * Throws ParseError.
 */
export function parsePidLimits(text: string, file: string): PidLimits {
  const [, soft] = /^Max open files +(\d+|unlimited) +(?:\d+|unlimited) +files *$/m.exec(text) ?? [];
  if (soft === undefined) throw new ParseError(file, 'a line "Max open files <soft> <hard> files"', text);
  requireWholeText(text, file);
  return { openFilesSoft: soft === 'unlimited' ? Infinity : parseCount(soft, file) };
}
