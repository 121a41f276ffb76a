import { harmless, padToWidth, widthOf, wrapToWidth } from '../../live/width.ts';
import type { Column } from './lists.ts';

const GAP = '  ';

/** A column that has to give way keeps this much. */
const LEAST_WIDTH = 6;

const ALL_LINES = 1_000;

/** Columns below their headings, in at most `width` columns of a terminal: what is too long is broken into more lines, never cut. */
export function gridOf(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): readonly string[] {
  const texts = [columns.map(({ label }) => label), ...rows].map((cells) => cells.map(harmless));
  const widest = (partsOf: (text: string, isWhole: boolean) => readonly string[]): readonly number[] =>
    columns.map(({ isNumber }, index) => texts.reduce((most, cells, row) => Math.max(most, ...partsOf(cells[index] ?? '', isNumber && row > 0).map(widthOf)), 1));
  const room = width - GAP.length * (columns.length - 1);
  // First only so far that all words and numbers with their units stay whole, then, where that is not enough, further.
  const widths = fitted(fitted(widest((text) => [text]), widest((text, isWhole) => (isWhole ? [text] : text.split(' '))), room), columns.map(() => LEAST_WIDTH), room);
  const [head = [], ...body] = texts.map((cells) => linesOf(cells, columns, widths));
  return [...head, widths.map((columnWidth) => '-'.repeat(columnWidth)).join(GAP), ...body.flat()];
}

/** The widest give first, so that short columns stay in one line. */
function fitted(natural: readonly number[], least: readonly number[], room: number): readonly number[] {
  const widths = [...natural];
  for (let excess = widths.reduce((sum, each) => sum + each, 0) - room; excess > 0; excess--) {
    const spare = widths.map((each, index) => (each > (least[index] ?? 0) ? each : 0));
    const most = Math.max(...spare);
    if (most === 0) break;
    widths[spare.indexOf(most)] = most - 1;
  }
  return widths;
}

function linesOf(cells: readonly string[], columns: readonly Column[], widths: readonly number[]): readonly string[] {
  const broken = widths.map((width, index) => wrapToWidth(cells[index] ?? '', width, ALL_LINES));
  const height = Math.max(...broken.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => widths.map((width, index) => {
    const text = broken[index]?.[line] ?? '';
    return columns[index]?.isNumber === true ? ' '.repeat(Math.max(0, width - widthOf(text))) + text : padToWidth(text, width);
  }).join(GAP).trimEnd());
}
