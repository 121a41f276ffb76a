/** Columns as kubectl sets them: two blanks indent, two between, a line of dashes under the heading, the last column free. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = [heading, heading.map((name) => '-'.repeat(name.length)), ...rows];
  return lines.map((cells) => `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`).join('');
}
