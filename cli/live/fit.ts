import { type Line, MARGIN, lineOf } from './line.ts';

/** A titled list of the screen whose rows may be left out where there is no room. */
export interface Part {
  /** `Events` */
  readonly name: string;
  /** How many rows there are. */
  readonly count: number;
  /** Of how many things a row tells; one, where nothing is said. */
  readonly weights?: readonly number[] | undefined;
  /** Indexes of the rows, those first that are kept where not all fit. */
  readonly order: readonly number[];
  readonly title: Line;
  /** All of it in a few words, for where there is room for no row. */
  readonly summary: string;
  readonly heading: readonly Line[];
  /** The lines of each row. */
  readonly blocks: readonly (readonly Line[])[];
  readonly end: readonly Line[];
}

/**
 * All parts below each other, `gap` blank lines between, in at most `rows` lines as long as each part can have one. The last part gives way first;
 * what is left out is counted, so that nobody takes a part for the whole.
 */
export function fitParts(parts: readonly Part[], rows: number, gap: number): readonly Line[] {
  const gaps = gap * (parts.length - 1);
  let excess = parts.reduce((sum, part) => sum + heightOf(part), gaps) - rows;
  const fitted = parts.toReversed().map((part) => {
    const height = heightOf(part);
    const lines = excess > 0 ? shortened(part, Math.max(1, height - excess)) : whole(part);
    excess -= height - lines.length;
    return lines;
  });
  const blank = Array.from({ length: gap }, () => lineOf(''));
  return fitted.toReversed().flatMap((lines, index) => (index === 0 ? lines : [...blank, ...lines]));
}

function whole({ title, heading, blocks, end }: Part): readonly Line[] {
  return [title, ...heading, ...blocks.flat(), ...end];
}

function heightOf(part: Part): number {
  return whole(part).length;
}

/** As many rows as fit into `height` lines with the number of the others, or nothing but the summary. */
function shortened(part: Part, height: number): readonly Line[] {
  const { name, count, weights, order, title, summary, blocks } = part;
  if (count === 0) return [title];
  // Of the lines, the title and the number of what is left out take one each.
  const heading = height - 2 > part.heading.length ? part.heading : [];
  const room = height - 2 - heading.length;
  const kept = new Set<number>();
  let used = 0;
  for (const index of order) {
    used += blocks[index]?.length ?? 0;
    if (used > room) break;
    kept.add(index);
  }
  const leftOut = inTotal(blocks.map((_, index) => (kept.has(index) ? 0 : (weights?.[index] ?? 1))));
  if (kept.size === 0) return [lineOf(`${name}:  ${summary}`, 'strong')];
  const noun = name.toLowerCase().replace(/s$/, leftOut === 1 ? '' : 's');
  const more = lineOf(`${MARGIN}(${leftOut} more ${noun})`, 'quiet');
  const firstLeftOut = blocks.findIndex((_, index) => !kept.has(index));
  return [title, ...heading, ...blocks.flatMap((block, index) => (kept.has(index) ? block : index === firstLeftOut ? [more] : []))];
}

function inTotal(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
