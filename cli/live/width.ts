import { oneLine } from '../../plugins/core/text.ts';

/** Characters of two columns: what Unicode's EastAsianWidth.txt calls wide or full-width, and emoji. */
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;

const MARK = '…';

/**
 * What a terminal can be given: one line without control characters. Invisible ones (\p{Cf}: among them those that turn the
 * direction of the rest of the line) and marks that would be drawn over their neighbours become `?` too.
 */
export function harmless(text: string): string {
  return oneLine(text).normalize().replaceAll(/[\p{Cf}\p{M}]/gu, '?');
}

/** Columns that harmless text takes on a terminal. */
export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOfOne(character);
  return width;
}

/** At most `columns` wide, the cut marked with `…`. */
export function cutToWidth(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  return columns < 1 ? '' : beginOf(text, columns - 1) + MARK;
}

/** Filled up with blanks to `columns`, or cut. */
export function padToWidth(text: string, columns: number): string {
  const cut = cutToWidth(text, columns);
  return cut + ' '.repeat(columns - widthOf(cut));
}

/** At most `maxLines` lines of at most `columns`, broken at blanks where there are any; what does not fit ends in `…`. */
export function wrapToWidth(text: string, columns: number, maxLines: number): readonly string[] {
  const lines: string[] = [];
  let rest = text.trim();
  // A wide character finds no room in one column, and the rest would never get shorter.
  const mostBroken = columns < 2 ? 0 : maxLines - 1;
  while (lines.length < mostBroken && widthOf(rest) > columns) {
    const begin = beginOf(rest, columns);
    const isAtBlank = rest[begin.length] === ' ';
    const blank = isAtBlank ? begin.length : begin.lastIndexOf(' ');
    const end = blank > 0 ? blank : begin.length;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...lines, cutToWidth(rest, columns)];
}

/** The longest begin that is at most `columns` wide. */
function beginOf(text: string, columns: number): string {
  let [room, end] = [columns, 0];
  for (const character of text) {
    room -= widthOfOne(character);
    if (room < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}

function widthOfOne(character: string): number {
  return WIDE.test(character) ? 2 : 1;
}
