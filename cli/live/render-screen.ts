import { stateOf } from '../exit-code.ts';
import { joined, joinedLooks } from '../render/joined.ts';
import { age, rfc1123 } from '../render/time.ts';
import type { Grid } from './grid.ts';
import { type Line, MARGIN, type Tone, lineOf, paint, span } from './line.ts';
import type { CheckLook } from './looks.ts';
import { conditionsGrid, eventsGrid, looksGrid } from './parts.ts';
import { type Part, fitParts } from './fit.ts';
import type { View } from './view.ts';
import { cutToWidth, harmless, padToWidth, widthOf, wrapToWidth } from './width.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export interface RenderOptions extends ScreenSize {
  readonly hasColor: boolean;
  /** Wall clock. */
  readonly nowMs: number;
}

/** Ways to spend rows, from the roomiest on: the first that fits is taken, and the last one is cut. */
const DENSITIES = [
  { textLines: 6, hasDashes: true },
  { textLines: 3, hasDashes: true },
  { textLines: 1, hasDashes: true },
  { textLines: 1, hasDashes: false },
] as const;

/** The live view as at most `rows` lines of at most `columns`, with nothing in them that moves the cursor. */
export function renderScreen(view: View, { columns, rows, hasColor, nowMs }: RenderOptions): readonly string[] {
  let lines: readonly Line[] = [];
  for (const density of DENSITIES) {
    const size = { columns, ...density };
    const header = headerLines(view, nowMs, size);
    const gap = density.hasDashes ? 1 : 0;
    const parts = partsOf(view, nowMs, size);
    const isLast = density === DENSITIES.at(-1);
    const room = rows - header.length;
    const fitted = fitParts(parts, isLast ? room : Infinity, gap);
    lines = [...header, ...fitted];
    if (lines.length <= rows) break;
  }
  return lines.slice(0, rows).map((line) => paint(line, columns, hasColor));
}

interface TextSize {
  readonly columns: number;
  readonly textLines: number;
  readonly hasDashes: boolean;
}

function partsOf(view: View, nowMs: number, size: TextSize): readonly Part[] {
  const { conditions, events, looks, droppedEventCount } = view;
  const rows = joined(conditions);
  const checks = looks.kind === 'known' ? joinedLooks(looks.checks) : [];
  const more = droppedEventCount > 0 ? [lineOf(`${MARGIN}(${droppedEventCount} more that NPD would drop or that are older)`, 'quiet')] : [];
  return [
    conditions.length === 0
      ? note('Conditions', 'waiting for the first looks')
      : {
          ...part('Conditions', rows.length, conditionsGrid(rows, view.heartbeatMs, nowMs, size), worstFirst(rows)),
          summary: stateCounts(conditions), weights: rows.map(({ memberCount }) => memberCount),
        },
    { ...part('Events', events.length, eventsGrid(events, nowMs, size), inOrder(events).toReversed()), end: more },
    looks.kind === 'known'
      ? { ...part('Looks', checks.length, looksGrid(checks, nowMs, size), worstLookFirst(checks)), summary: `${looks.checks.length} not shown`, weights: checks.map(({ memberCount }) => memberCount) }
      : note('Looks', `not known: ${harmless(looks.message)}`),
  ];
}

function part(name: string, count: number, { heading, blocks }: Grid, order: readonly number[]): Part {
  if (count === 0) return note(name, '<none>');
  return { name, count, order, title: lineOf(`${name}:`, 'strong'), summary: `${count} not shown`, heading, blocks, end: [] };
}

function inOrder(rows: readonly unknown[]): readonly number[] {
  return rows.map((_, index) => index);
}

const WORST_FIRST = ['problem', 'unknown', 'healthy'] as const;

function worstFirst(conditions: View['conditions']): readonly number[] {
  return WORST_FIRST.flatMap((state) => conditions.flatMap((condition, index) => (stateOf(condition) === state ? [index] : [])));
}

function worstLookFirst(checks: readonly CheckLook[]): readonly number[] {
  return [false, true].flatMap((wanted) => checks.flatMap((check, index) => (foundNothing(check) === wanted ? [index] : [])));
}

function foundNothing({ verdicts }: CheckLook): boolean {
  return verdicts.every(({ kind }) => kind === 'healthy' || kind === 'not-applicable');
}

/** `1 problem, 5 healthy`: not by status, since True is health for some. */
function stateCounts(conditions: View['conditions']): string {
  const counts = WORST_FIRST.map((state) => ({ state, count: conditions.filter((condition) => stateOf(condition) === state).length }));
  return counts.filter(({ count }) => count > 0).map(({ state, count }) => `${count} ${state}${state === 'problem' && count > 1 ? 's' : ''}`).join(', ');
}

/** A part without rows. */
function note(name: string, text: string): Part {
  const title = { spans: [span(`${name}:`, 'strong'), span(`  ${text}`)] };
  return { name, count: 0, order: [], title, summary: '', heading: [], blocks: [], end: [] };
}

/** Name and clock in the first row, then what must be known to judge the rest; on a low terminal only what is wrong. */
function headerLines(view: View, nowMs: number, { columns, textLines, hasDashes }: TextSize): readonly Line[] {
  const { node, monitors, intervalMs, note, silences, ended, logLine } = view;
  const told = (text: string, tone: Tone): readonly Line[] => wrapToWidth(harmless(text), columns, textLines).map((line) => lineOf(line, tone));
  const about = `Checked by ${monitors}, asked over gRPC every ${intervalMs / 1_000}s as NPD would.`;
  return [
    firstLine(node, nowMs, columns),
    ...(note === undefined ? [] : told(note, 'unsure')),
    ...(hasDashes ? told(about, 'quiet') : []),
    ...(ended === undefined ? [] : told(ended, 'bad')),
    ...[...silences].flatMap(([source, { sinceMs, message }]) => told(`${source}: no answer for ${age(nowMs - sinceMs)}, NPD would keep the last state: ${message}`, 'bad')),
    ...(logLine === undefined ? [] : told(`Log: ${logLine}`, 'unsure')),
    ...(hasDashes ? [lineOf('')] : []),
  ];
}

/** The name at the left, the time at the right; on a narrow terminal the words about Ctrl-C go first, then the date, then the time. */
function firstLine(node: string, nowMs: number, columns: number): Line {
  const [date, time] = [rfc1123(nowMs), new Date(nowMs).toISOString().slice(11, 19)];
  const name = `Name:  ${harmless(node)}`;
  const rights = [`${date}  Ctrl-C ends`, `${time}  Ctrl-C ends`, time];
  const right = rights.find((text) => widthOf(name) + 2 + text.length <= columns) ?? '';
  const left = right === '' ? cutToWidth(name, columns) : padToWidth(name, columns - right.length);
  return { spans: [span(left, 'strong'), span(right, 'quiet')] };
}
