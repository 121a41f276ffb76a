import { ConfigError, quote } from '../../plugins/core/errors.ts';
import type { Edit, NumberPlace } from './edit.ts';

/** The text with one of its numbers larger by `add`, or smaller. Counters of the kernel may pass 2^53. Throws ConfigError beginning with `path`. */
export function added(text: string, { add, at }: Pick<Extract<Edit, { readonly kind: 'add' }>, 'add' | 'at'>, path: string): string {
  const { field, column } = at;
  if (field !== undefined && column !== undefined) return addedToCell(text, { field, column }, BigInt(add), path);
  if (column !== undefined) return addedToColumn(text, column, BigInt(add), path);
  return field === undefined ? addedToOnly(text, BigInt(add), path) : addedToField(text, field, BigInt(add), path);
}

function addedToOnly(text: string, add: bigint, path: string): string {
  const [, digits] = /^(\d+)\n?$/.exec(text) ?? [];
  if (digits === undefined) throw new ConfigError(path, 'expected one number and nothing else in the file');
  return text.replace(digits, sum(digits, add, path));
}

/** `oom_kill 3` or `MemFree:   12 kB`: one word, one number, perhaps its unit. */
function addedToField(text: string, field: string, add: bigint, path: string): string {
  const line = /^(\S+?)(:?[ \t]+)(\d+)(?= |$)/;
  const lines = text.split('\n');
  const [found, ...more] = [...lines.keys()].filter((index) => line.exec(lines[index] ?? '')?.[1] === field);
  if (found === undefined || more.length > 0) throw new ConfigError(path, `expected one line of the file that is ${quote(field)} and a number`);
  const [, word = '', gap = '', digits = ''] = line.exec(lines[found] ?? '') ?? [];
  lines[found] = (lines[found] ?? '').replace(line, word + gap + sum(digits, add, path));
  return lines.join('\n');
}

/** Names of columns, and below them hexadecimal numbers of equal length in a line for each CPU; the first line counts further. */
function addedToColumn(text: string, column: string, add: bigint, path: string): string {
  const [heading = '', first = '', ...rest] = text.split('\n');
  const at = heading.trim().split(/\s+/).indexOf(column);
  const cells = [...first.matchAll(/\S+/g)];
  const cell = cells[at];
  if (cell === undefined || !/^[0-9a-f]{8,16}$/.test(cell[0])) throw new ConfigError(path, `expected a table with a column ${quote(column)} of hexadecimal numbers`);
  const [digits] = cell;
  const after = sum(`0x${digits}`, add, path, 16).padStart(digits.length, '0');
  return [heading, first.slice(0, cell.index) + after + first.slice(cell.index + digits.length), ...rest].join('\n');
}

/** Below a line with the column's name, the first of several, the line that begins with this word; decimal numbers. */
function addedToCell(text: string, { field, column }: Required<NumberPlace>, add: bigint, path: string): string {
  const lines = text.split('\n');
  const heading = lines.findIndex((line) => cellsOf(line).some(([name]) => name === column));
  const row = lines.findIndex((line, index) => index > heading && cellsOf(line)[0]?.[0].replace(/:$/, '') === field);
  const line = lines[row] ?? '';
  const cell = heading < 0 ? undefined : cellsOf(line)[cellsOf(lines[heading] ?? '').findIndex(([name]) => name === column)];
  if (cell === undefined || !/^\d+$/.test(cell[0])) throw new ConfigError(path, `expected a column ${quote(column)}, and below it a line ${quote(field)} with a number`);
  return lines.with(row, line.slice(0, cell.index) + sum(cell[0], add, path) + line.slice(cell.index + cell[0].length)).join('\n');
}

function cellsOf(line: string): readonly RegExpExecArray[] {
  return [...line.matchAll(/[^\s|]+/g)];
}

function sum(digits: string, add: bigint, path: string, base = 10): string {
  const total = BigInt(digits) + add;
  if (total < 0n) throw new ConfigError(path, `${BigInt(digits)} and ${add} make a number below 0`);
  return total.toString(base);
}
