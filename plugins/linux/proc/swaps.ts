import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

export interface SwapArea {
  /** Of the device or the file; behind that of a file that was unlinked stands ` (deleted)`. */
  readonly path: string;
  readonly kind: 'partition' | 'file';
  readonly sizeBytes: number;
  readonly usedBytes: number;
}

const LINE = /^(\S+)\s+(partition|file)\s+(\d+)\s+(\d+)\s+-?\d+$/;

/**
 * Parses /proc/swaps, see proc_swaps(5); sizes are in KiB, without the header of the area.
 *
 *     Filename				Type		Size		Used		Priority
 *     /dev/dm-2                               partition	8290299		76		-2
 *     /swapfile                               file		2097148		0		-3
 *
 * Without swap only the header stands there. Throws ParseError.
 */
export function parseSwaps(text: string, file = '/proc/swaps'): readonly SwapArea[] {
  const [header = '', ...lines] = text.split('\n').slice(0, -1);
  if (!/^Filename\s+Type\s+Size\s+Used\s+Priority$/.test(header)) throw new ParseError(file, 'the header of the table', header);
  requireWholeText(text, file);
  return lines.map((line, index) => {
    const where = `${file}:${index + 2}`;
    const [, path, kind, size, used] = LINE.exec(line) ?? [];
    if (path === undefined || size === undefined || used === undefined) throw new ParseError(where, '"<path> partition|file <KiB> <KiB> <priority>"', line);
    const [sizeBytes, usedBytes] = [parseCount(size, where) * 1_024, parseCount(used, where) * 1_024];
    if (usedBytes > sizeBytes) throw new ParseError(where, 'no more in use than there is', line);
    return { path: unescape(path), kind: kind === 'file' ? 'file' : 'partition', sizeBytes, usedBytes };
  });
}

/** Blank, tab, newline and backslash are octal, as in mount tables. */
function unescape(path: string): string {
  return path.replaceAll(/(?:\\[0-3][0-7]{2})+/g, (escapes) => Buffer.from(escapes.slice(1).split('\\').map((octal) => Number.parseInt(octal, 8))).toString('utf8'));
}
