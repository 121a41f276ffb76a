import { oneLine } from '../../plugins/core/text.ts';

/**
 * Columns as kubectl sets them: two blanks indent, two between, a line of dashes under the heading, the last column free.
 * Cells may hold anything: what would move the cursor or forge a line becomes `?`.
 */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const clean = rows.map((cells) => cells.map(oneLine));
  const widths = heading.map((name, column) => Math.max(name.length, ...clean.map((row) => row[column]?.length ?? 0)));
  const lines = [heading, heading.map((name) => '-'.repeat(name.length)), ...clean];
  return lines.map((cells) => `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`).join('');
}
