import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

/** One of the tables in /proc/net/stat. */
export interface NetStat {
  /** Of the table as a whole, not of one CPU. */
  readonly entries: number;
  /** Sum of a column over all CPUs, or undefined where this kernel has no such column. */
  readonly sum: (column: string) => bigint | undefined;
}

/**
 * Parses /proc/<pid>/net/stat/{nf_conntrack,arp_cache,ndisc_cache}; net/netfilter/nf_conntrack_standalone.c and
 * net/core/neighbour.c write them. A header, and a line of hexadecimal numbers for each CPU:
 *
 *     entries  allocs   destroys hash_grows ...
 *     00000002 00000001 00000000 00000000 ...
 *     00000002 00000001 00000000 00000000 ...
 *
 * `entries` is the same in every line but for what changed while they were written: the largest is taken. Which other
 * columns there are differs from kernel to kernel. Throws ParseError.
 */
export function parseNetStat(text: string, file: string): NetStat {
  const [names = [], ...lines] = text.split('\n').slice(0, -1).map((line) => line.trim().split(/\s+/));
  if (names[0] !== 'entries' || lines.length === 0) throw new ParseError(file, 'a header "entries ..." and a line per CPU', text);
  if (!names.every((name) => /^[a-z_]+$/.test(name))) throw new ParseError(`${file}:1`, 'names of columns', names.join(' '));
  const rows = lines.map((cells, index) => parseRow(cells, names.length, `${file}:${index + 2}`));
  requireWholeText(text, file);
  return {
    entries: rows.reduce((most, [entries = 0n]) => Math.max(most, Number(entries)), 0),
    sum(column) {
      const at = names.indexOf(column);
      return at < 0 ? undefined : rows.reduce((sum, row) => sum + (row[at] ?? 0n), 0n);
    },
  };
}

function parseRow(cells: readonly string[], width: number, where: string): readonly bigint[] {
  const isSane = cells.length === width && cells.every((cell) => /^[0-9a-f]{8,16}$/.test(cell)) && cells[0]?.length === 8;
  if (!isSane) throw new ParseError(where, `${width} hexadecimal numbers`, cells.join(' '));
  return cells.map((cell) => BigInt(`0x${cell}`));
}
