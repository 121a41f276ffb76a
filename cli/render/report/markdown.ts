import type { NodeReport } from '../../../plugins/host-inspector/report/model.ts';
import { type Cell, capital } from './cell.ts';
import { type Finding, isQuiet } from './findings.ts';
import type { Column, OutlineTable } from './lists.ts';
import { type OutlineSection, outlineOf } from './outline.ts';

/** The report as GitHub Flavored Markdown, for tickets and wikis. Ends with a newline. */
export function render(report: NodeReport): string {
  const { node, identity, status, findings, sections, origin } = outlineOf(report);
  return [
    `# Node ${literal(node)}: ${status.text}`,
    '',
    paragraph(identity.join(', ')),
    '',
    '## Status',
    '',
    ...grid(FINDING_COLUMNS, findings.map(findingCells)),
    ...sections.flatMap(sectionLines),
    '',
    '---',
    '',
    paragraph(origin),
    '',
  ].join('\n');
}

const FINDING_COLUMNS = ['Status', 'Condition', 'Reason', 'Message', 'What to do'].map((label) => ({ label, isNumber: false }));

function findingCells(finding: Finding): readonly string[] {
  const { word, type, reason, message, advice = '' } = finding;
  return [isQuiet(finding) ? word : `**${word}**`, ...[type, reason, message, advice].map(literal)];
}

function sectionLines({ title, help, facts, tables }: OutlineSection): readonly string[] {
  const told = facts.map(({ label, cell }) => [literal(label), cellText(cell)]);
  return ['', `## ${literal(title)}`, '', paragraph(`${capital(help)}.`), ...(facts.length === 0 ? [] : ['', ...grid(FACT_COLUMNS, told)]), ...tables.flatMap(tableLines)];
}

const FACT_COLUMNS = ['What', 'Value'].map((label) => ({ label, isNumber: false }));

function tableLines({ title, columns, rows }: OutlineTable): readonly string[] {
  const body = rows.length === 0 ? ['none'] : grid(columns, rows.map((cells) => cells.map(cellText)));
  return ['', `### ${literal(title)}`, '', ...body];
}

function cellText({ text, tone }: Cell): string {
  if (tone === 'missing') return `_${literal(text)}_`;
  return tone === 'problem' || tone === 'warn' ? `**${literal(text)}**` : literal(text);
}

function grid(columns: readonly Column[], rows: readonly (readonly string[])[]): readonly string[] {
  return [line(columns.map(({ label }) => literal(label))), line(columns.map(({ isNumber }) => (isNumber ? '---:' : '---'))), ...rows.map(line)];
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Characters that mean something in the middle of a line, to GitHub also `$`, `~`, `@` and `:`; `_` only beside a blank or a sign, so that nf_conntrack stays readable. */
const SPECIAL = /[\\`*[\]<>|~&$@#!]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|:(?=\/\/)/gu;

/** A text as it is, whatever is in it, within a line. */
function literal(text: string): string {
  return text.replaceAll(SPECIAL, (sign) => `\\${sign}`);
}

/** The same for a whole line, which could begin a list. */
function paragraph(text: string): string {
  return literal(text.trimStart()).replace(/^(?:[-+=]|\d+[.)])/, (mark) => `${mark.slice(0, -1)}\\${mark.slice(-1)}`);
}
