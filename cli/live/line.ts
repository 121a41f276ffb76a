import { cutToWidth, widthOf } from './width.ts';

export type Tone = 'plain' | 'strong' | 'quiet' | 'good' | 'unsure' | 'bad';

/** Harmless text in one tone. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One row of the screen. */
export interface Line {
  readonly spans: readonly Span[];
  /** Changed a moment ago. */
  readonly isFresh?: boolean;
}

/** Two blanks before what belongs to a heading; without colour the first of them tells what has changed. */
export const MARGIN = '  ';
const FRESH_MARK = '* ';

/** Select Graphic Rendition, see ECMA-48 8.3.117 and console_codes(4). */
const SGR: Readonly<Record<Tone, string>> = { plain: '', strong: '1', quiet: '2', good: '32', unsure: '33', bad: '31' };
const REVERSE = '7';

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

export function lineOf(text: string, tone: Tone = 'plain'): Line {
  return { spans: [span(text, tone)] };
}

/** The row as the terminal gets it, at most `columns` wide. What is fresh is reversed, or marked with `*` where there is no colour. */
export function paint({ spans, isFresh = false }: Line, columns: number, hasColor: boolean): string {
  const marked = isFresh && !hasColor ? withMark(spans) : spans;
  let left = columns;
  const cut = marked.flatMap(({ text, tone }) => {
    const fitting = cutToWidth(text, left);
    left -= widthOf(fitting);
    return fitting === '' ? [] : [span(fitting, tone)];
  });
  if (!hasColor) return cut.map(({ text }) => text).join('').trimEnd();
  return cut.map(({ text, tone }) => colored(text, [...(SGR[tone] === '' ? [] : [SGR[tone]]), ...(isFresh ? [REVERSE] : [])])).join('');
}

/** Only the first line of a row begins with a margin of its own; those below it are indented. */
function withMark(spans: readonly Span[]): readonly Span[] {
  const [first, ...rest] = spans;
  return first?.text === MARGIN ? [span(FRESH_MARK, first.tone), ...rest] : spans;
}

function colored(text: string, codes: readonly string[]): string {
  return codes.length === 0 ? text : `\u001b[${codes.join(';')}m${text}\u001b[m`;
}
