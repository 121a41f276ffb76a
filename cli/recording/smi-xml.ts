import { ConfigError, quote } from '../../plugins/core/errors.ts';
import { normalAddress } from '../../plugins/gpu-monitor/smi/address.ts';

/** What becomes of the text of an element: another one, or a number that is larger by so much. */
export type ElementChange = { readonly text: string } | { readonly add: number };

/** Where something begins and ends in a text. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The output of `nvidia-smi -q -x` with another text in one element of one GPU. Throws ConfigError beginning with `path`.
 *
 * @param element from the GPU down: `remapped_rows/remapped_row_pending`; one that holds others loses them
 */
export function withElement(xml: string, address: string, element: string, change: ElementChange, path: string): string {
  let range = gpuIn(xml, address, path);
  for (const name of element.split('/')) range = elementIn(xml, range, name, path);
  const before = xml.slice(range.start, range.end);
  return xml.slice(0, range.start) + ('text' in change ? escaped(change.text) : sum(before, change.add, path)) + xml.slice(range.end);
}

/** The output without one GPU; how many are attached stays as it was. Throws ConfigError beginning with `path`. */
export function withoutGpu(xml: string, address: string, path: string): string {
  const { start, end } = gpuIn(xml, address, path);
  const from = xml.lastIndexOf('<gpu ', start);
  const rest = xml.slice(end).replace(/^<\/gpu>\s*/, '');
  return xml.slice(0, from) + rest;
}

function gpuIn(xml: string, address: string, path: string): Range {
  for (const { 0: tag, 1: id = '', index } of xml.matchAll(/<gpu id="([^"]*)">/g)) {
    if (normalAddress(id) !== address) continue;
    const start = index + tag.length;
    return { start, end: endOf(xml, 'gpu', { start, end: xml.length }, path) };
  }
  throw new ConfigError(path, `no GPU ${quote(address)} in smi/query.xml`);
}

function elementIn(xml: string, within: Range, name: string, path: string): Range {
  const tag = `<${name}>`;
  const at = xml.indexOf(tag, within.start);
  if (at < 0 || at >= within.end) throw new ConfigError(path, `no element ${quote(name)} of this GPU in smi/query.xml`);
  const start = at + tag.length;
  return { start, end: endOf(xml, name, { start, end: within.end }, path) };
}

function endOf(xml: string, name: string, { start, end }: Range, path: string): number {
  const at = xml.indexOf(`</${name}>`, start);
  if (at < 0 || at > end) throw new ConfigError(path, `the element ${quote(name)} does not end in smi/query.xml`);
  return at;
}

/** `106`, or with its unit: `7300000 us`. */
function sum(text: string, add: number, path: string): string {
  const [, digits, unit = ''] = /^(\d{1,15})( \S+)?$/.exec(text.trim()) ?? [];
  if (digits === undefined) throw new ConfigError(path, `expected a number in the element, got ${quote(text)}`);
  return `${Number(digits) + add}${unit}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
