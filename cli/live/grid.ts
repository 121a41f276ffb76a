import { type Line, MARGIN, type Span, lineOf, span } from './line.ts';
import { cutToWidth, padToWidth, widthOf, wrapToWidth } from './width.ts';

export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => Span;
}

/** One way to show rows. The last column is free and is wrapped; what has no column may stand below the row, unless it is ''. */
export interface Layout<Row> {
  readonly columns: readonly Column<Row>[];
  readonly below?: (row: Row) => string;
}

export interface Grid {
  readonly heading: readonly Line[];
  /** One per row: the row itself and what is wrapped or stands below it. */
  readonly blocks: readonly (readonly Line[])[];
}

export interface GridSize {
  readonly columns: number;
  /** How many lines one row may take for its free text. */
  readonly textLines: number;
  readonly hasDashes: boolean;
}

const GAP = '  ';
/** Deeper than a row, so that nobody takes it for one. */
const BELOW_INDENT = '      ';
/** With less than this for the free column it is better shown below the row: a sentence of three words per line cannot be read. */
const LEAST_FREE_COLUMNS = 32;

/** Rows set as kubectl sets them, in the first of the layouts that has room, else in the last. */
export function grid<Row>(layouts: readonly [Layout<Row>, ...Layout<Row>[]], rows: readonly Row[], isFresh: (row: Row) => boolean, size: GridSize): Grid {
  const layout = layouts.find((candidate) => hasRoom(candidate, rows, size.columns)) ?? layouts.at(-1) ?? layouts[0];
  const widths = widthsOf(layout, rows);
  const headings = layout.columns.map(({ heading }) => span(heading, 'quiet'));
  const dashes = layout.columns.map(({ heading }) => span('-'.repeat(heading.length), 'quiet'));
  const headingLines = (size.hasDashes ? [headings, dashes] : [headings]).flatMap((cells) => rowLines(cells, widths, { ...size, textLines: 1 }));
  const blocks = rows.map((row) => {
    const cells = layout.columns.map(({ cell }) => cell(row));
    const text = layout.below?.(row) ?? '';
    const below = text === '' ? [] : wrapToWidth(text, size.columns - BELOW_INDENT.length, size.textLines);
    const lines = [...rowLines(cells, widths, size), ...below.map((text) => lineOf(`${BELOW_INDENT}${text}`))];
    return isFresh(row) ? lines.map((line) => ({ ...line, isFresh: true })) : lines;
  });
  return { heading: headingLines, blocks };
}

/** The room for the last column, and whether all its texts fit into it or it is wide enough to wrap them. */
function hasRoom<Row>(layout: Layout<Row>, rows: readonly Row[], columns: number): boolean {
  const widths = widthsOf(layout, rows);
  const free = columns - offsetOf(widths);
  return free >= Math.min(layout.below === undefined ? LEAST_FREE_COLUMNS : Infinity, widths.at(-1) ?? 0);
}

function widthsOf<Row>({ columns }: Layout<Row>, rows: readonly Row[]): readonly number[] {
  return columns.map(({ heading, cell }) => Math.max(heading.length, ...rows.map((row) => widthOf(cell(row).text))));
}

/** Where the last column begins. */
function offsetOf(widths: readonly number[]): number {
  return widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, MARGIN.length);
}

function rowLines(cells: readonly Span[], widths: readonly number[], { columns, textLines }: GridSize): readonly Line[] {
  const offset = offsetOf(widths);
  const last = cells.at(-1) ?? span('');
  const [first = '', ...more] = wrapToWidth(last.text, columns - offset, textLines);
  const before = cells.slice(0, -1).flatMap((cell, index) => [span(padToWidth(cell.text, widths[index] ?? 0), cell.tone), span(GAP)]);
  return [
    { spans: [span(MARGIN), ...before, span(first, last.tone)] },
    ...more.map((text) => ({ spans: [span(' '.repeat(offset)), span(cutToWidth(text, columns - offset), last.tone)] })),
  ];
}
