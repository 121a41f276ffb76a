import type { NodeReport } from '../../../plugins/host-inspector/report/model.ts';
import { harmless, padToWidth, widthOf, wrapToWidth } from '../../live/width.ts';
import type { Fact } from './facts.ts';
import { type Finding, isQuiet } from './findings.ts';
import type { OutlineTable } from './lists.ts';
import { type OutlineSection, outlineOf } from './outline.ts';
import { gridOf } from './text-grid.ts';

/** Columns of a terminal, a mail or a ticket. */
export const TEXT_WIDTH = 100;

const INDENT = '  ';

/** Room for labels: longer ones push their value. */
const LABEL_WIDTH = 24;

/** A text of any length is told to its end. */
const ALL_LINES = 10_000;

/** The report for a terminal, at most 100 columns wide, without colours. Ends with a newline. */
export function render(report: NodeReport): string {
  const { node, identity, status, findings, sections, origin } = outlineOf(report);
  const lines = [
    ...wrapped(`Node ${node}: ${status.text}`, ''),
    ...wrapped(identity.join(', '), ''),
    ...wrapped(origin, ''),
    ...heading('Status', 'what needs somebody comes first'),
    ...findings.flatMap(findingLines),
    ...sections.flatMap(sectionLines),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function heading(title: string, help: string): readonly string[] {
  return ['', `${title.toUpperCase()}: ${help}`];
}

/** `  problem    DiskSpaceLow: InodesLow`, its message and what to do below it. */
function findingLines(finding: Finding): readonly string[] {
  const { word, type, reason, message, advice } = finding;
  const begin = `${INDENT}${word.padEnd(10)} `;
  const told = wrapped(reason === type ? type : `${type}: ${reason}`, begin);
  if (isQuiet(finding)) return wrapped(`${type}: ${message}`, begin);
  return [...told, ...wrapped(message, ' '.repeat(begin.length)), ...(advice === undefined ? [] : wrapped(`To do: ${advice}`, ' '.repeat(begin.length)))];
}

function sectionLines({ title, help, facts, tables }: OutlineSection): readonly string[] {
  return [...heading(title, help), ...facts.flatMap(factLines), ...tables.flatMap((table, index) => tableLines(table, index > 0 || facts.length > 0))];
}

function factLines({ label, cell }: Fact): readonly string[] {
  return wrapped(cell.text, INDENT + padToWidth(label, Math.max(LABEL_WIDTH, widthOf(label))) + INDENT);
}

function tableLines({ title, columns, rows }: OutlineTable, isAfter: boolean): readonly string[] {
  const gap = isAfter ? [''] : [];
  if (rows.length === 0) return [...gap, `${INDENT}${title}: none`];
  const brief = rows.map((cells) => cells.map(({ text, brief: short = text }) => short));
  const reasons = new Set(rows.flatMap((cells) => cells.flatMap(({ text, brief: short }) => (short === undefined ? [] : [text]))));
  const grid = gridOf(columns, brief, TEXT_WIDTH - INDENT.length).map((line) => INDENT + line);
  return [...gap, `${INDENT}${title}:`, ...grid, ...[...reasons].flatMap((reason) => wrapped(reason, `${INDENT}* `))];
}

/** Lines of at most TEXT_WIDTH columns; the first begins with `begin`, the others stand below its end. */
function wrapped(text: string, begin: string): readonly string[] {
  const clean = harmless(text);
  if (clean === '') return [];
  return wrapToWidth(clean, TEXT_WIDTH - widthOf(begin), ALL_LINES).map((line, index) => (index === 0 ? begin : ' '.repeat(widthOf(begin))) + line);
}
