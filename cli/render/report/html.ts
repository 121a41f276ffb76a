import { createHash } from 'node:crypto';
import type { NodeReport } from '../../../plugins/host-inspector/report/model.ts';
import { type Cell, capital } from './cell.ts';
import type { Fact } from './facts.ts';
import { type Finding, isQuiet } from './findings.ts';
import { STYLE } from './html-style.ts';
import type { OutlineTable } from './lists.ts';
import { type OutlineSection, outlineOf } from './outline.ts';

/** Longer tables begin closed: a node has hundreds of interfaces and sockets. */
const MOST_OPEN_ROWS = 40;

/** Texts up to this length are not broken. */
const SHORT_TEXT = 24;

/** Nothing is fetched, and nothing runs, whatever stands in a name of the host. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** The report as one page: no script, no request, for screens from 360 pixels on and for paper. */
export function render(report: NodeReport): string {
  const { node, identity, status, findings, sections, origin } = outlineOf(report);
  const well = findings.filter(isQuiet);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escaped(POLICY)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escaped(`Node ${node}: ${status.text}`)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    ICONS,
    '<header>',
    '<p class="kind">Node report</p>',
    `<h1>${escaped(node)}</h1>`,
    `<p class="verdict ${status.tone}">${icon(status.tone)}${escaped(status.text)}</p>`,
    ...(identity.length === 0 ? [] : [`<p class="identity">${identity.map((part) => `<span>${escaped(part)}</span>`).join(' ')}</p>`]),
    '</header>',
    '<nav aria-label="Sections">',
    `<ul>${[{ name: 'status', title: 'Status' }, ...sections].map(({ name, title }) => `<li><a href="#${name}">${escaped(title)}</a></li>`).join('')}</ul>`,
    '</nav>',
    '<main>',
    '<section id="status" aria-labelledby="status-title">',
    '<h2 id="status-title">Status</h2>',
    ...list('findings', findings.filter((finding) => !isQuiet(finding)).map(findingItem)),
    ...list('well', well.map(wellItem)),
    '</section>',
    ...sections.map(sectionHtml),
    '</main>',
    `<footer><p>${escaped(origin)}.</p></footer>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

const SHAPES: Readonly<Record<Finding['tone'], string>> = {
  unjudged: '<path d="M5 8h6"/>',
  ok: '<path d="M4.5 8.5 7 11l4.5-5.5"/>',
  problem: '<path d="m5.2 5.2 5.6 5.6m0-5.6-5.6 5.6"/>',
  unknown: '<path d="M6 6.4C6 5 7 4.4 8 4.4s2 .7 2 1.8c0 1.6-2 1.6-2 3m0 2v.6"/>',
  info: '<path d="M8 4.4v.6m0 2v4.6"/>',
};

/** Of each tone one, by its shape: colour alone says nothing to many. */
const ICONS = `<svg class="sprite" aria-hidden="true"><defs>${Object.entries(SHAPES).map(([tone, shape]) => `<symbol id="is-${tone}" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7"/>${shape}</symbol>`).join('')}</defs></svg>`;

function icon(tone: Finding['tone']): string {
  return `<svg class="icon" aria-hidden="true"><use href="#is-${tone}"/></svg>`;
}

function list(kind: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`<ul class="${kind}">`, ...items, '</ul>'];
}

function findingItem({ tone, word, type, reason, message, advice }: Finding): string {
  const todo = advice === undefined ? '' : `<p class="advice"><strong>To do:</strong> ${escaped(advice)}</p>`;
  return `<li class="${tone}"><h3>${icon(tone)}<span class="word">${word}</span> ${escaped(type)}</h3>${reason === type ? '' : `<p class="reason">${escaped(reason)}</p>`}<p>${escaped(message)}</p>${todo}</li>`;
}

function wellItem({ tone, word, type, message }: Finding): string {
  return `<li class="${tone}">${icon(tone)}<span><span class="word">${word}</span> <b>${escaped(type)}</b> <span class="says">${escaped(message)}</span></span></li>`;
}

function sectionHtml({ name, title, help, facts, tables }: OutlineSection): string {
  return [
    `<section id="${name}" aria-labelledby="${name}-title">`,
    `<h2 id="${name}-title">${escaped(title)}</h2>`,
    `<p class="help">${escaped(capital(help))}</p>`,
    ...(facts.length === 0 ? [] : [`<dl>${facts.map(factHtml).join('')}</dl>`]),
    ...tables.map((table, index) => tableHtml(table, `${name}-${index + 1}`)),
    '</section>',
  ].join('\n');
}

function factHtml({ label, cell }: Fact): string {
  return `<div><dt>${escaped(label)}</dt><dd${classes(cell)}>${escaped(cell.text)}${bar(cell)}</dd></div>`;
}

function tableHtml({ title, help, columns, rows }: OutlineTable, id: string): string {
  const heading = `<h3 id="${id}">${escaped(title)}</h3>`;
  if (rows.length === 0) return `${heading}\n<p>none</p>`;
  const head = columns.map(({ label, isNumber }) => `<th scope="col"${isNumber ? ' class="number"' : ''}>${escaped(label)}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell, index) => cellHtml(cell, index === 0, columns[index]?.isNumber === true)).join('')}</tr>`).join('\n');
  const table = `<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0"><table aria-labelledby="${id}"><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
  const about = `<p class="help">${escaped(capital(help))}</p>`;
  return rows.length > MOST_OPEN_ROWS ? `${heading}\n${about}\n<details><summary>${rows.length} rows</summary>\n${table}\n</details>` : `${heading}\n${about}\n${table}`;
}

function cellHtml(cell: Cell, isFirst: boolean, isNumber: boolean): string {
  const content = `${escaped(cell.text)}${bar(cell)}`;
  const more = [...(isNumber ? ['number'] : []), ...(cell.text.length > SHORT_TEXT ? ['long'] : [])];
  return isFirst ? `<th scope="row"${classes(cell, more)}>${content}</th>` : `<td${classes(cell, more)}>${content}</td>`;
}

function classes({ tone }: Cell, more: readonly string[] = []): string {
  const all = [...(tone === 'plain' ? [] : [tone]), ...more];
  return all.length === 0 ? '' : ` class="${all.join(' ')}"`;
}

/** The share as a picture of what stands before it. */
function bar({ percent }: Cell): string {
  if (percent === undefined) return '';
  const width = Math.round(Math.min(100, Math.max(0, percent)));
  return `<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="4"/></svg>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** For the content of an element and of an attribute in quotes. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
