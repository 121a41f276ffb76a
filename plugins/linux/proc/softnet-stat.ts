import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

/** What one CPU did with packets that came in; counters of 32 bits that begin anew after 4,294,967,295. */
export interface SoftnetCpu {
  readonly processed: number;
  /** For want of room in the backlog, net.core.netdev_max_backlog. */
  readonly dropped: number;
  /** How often it stopped with packets left: net.core.netdev_budget, or its time, was used up. */
  readonly squeezed: number;
}

/**
 * Parses /proc/<pid>/net/softnet_stat; softnet_seq_show() of net/core/net-procfs.c writes it. A line for each CPU that is
 * online, of at least nine hexadecimal numbers, of which newer kernels have more. The same in every network namespace.
 *
 *     00049279 00000000 00000001 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000
 *
 * Throws ParseError.
 */
export function parseSoftnetStat(text: string, file: string): readonly SoftnetCpu[] {
  const rows = text.split('\n').slice(0, -1).map((line, index) => {
    if (!/^[0-9a-f]{8}(?: [0-9a-f]{8}){8,30}$/.test(line)) throw new ParseError(`${file}:${index + 1}`, 'at least nine hexadecimal numbers', line);
    const [processed = 0, dropped = 0, squeezed = 0] = line.split(' ', 3).map((digits) => Number.parseInt(digits, 16));
    return { processed, dropped, squeezed };
  });
  requireWholeText(text, file);
  if (rows.length === 0) throw new ParseError(file, 'a line for each CPU', text);
  return rows;
}
