import type { ScreenSize } from './render-screen.ts';

/**
 * Control sequences of ECMA-48 and xterm (ctlseqs), which everything since the VT100 that has a cursor understands.
 * Lines are not wrapped by the terminal while the view is up: a character that is wider than we think costs its own line only.
 */
export const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
/** Also undoes what a frame may have left: colours. */
export const LEAVE = '\u001b[m\u001b[?7h\u001b[?25h\u001b[?1049l';

const HOME = '\u001b[H';
const CLEAR_TO_END_OF_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/**
 * The text that turns one picture into the next: only rows that differ are written, each at its place. Without a `before`
 * everything is written anew. Each row is cleared to its end first, so that no blanks need be written, and never the whole
 * screen, which would flicker.
 */
export function frame(before: readonly string[] | undefined, lines: readonly string[], { rows }: ScreenSize): string {
  const height = Math.max(lines.length, before?.length ?? 0);
  const changed = Array.from({ length: height }, (_, row) => {
    const text = lines[row] ?? '';
    return before !== undefined && before[row] === lines[row] ? '' : `\u001b[${row + 1}H${CLEAR_TO_END_OF_LINE}${text}`;
  }).join('');
  if (before !== undefined) return changed;
  return HOME + changed + (lines.length < rows ? `\u001b[${lines.length + 1}H${CLEAR_BELOW}` : '');
}
