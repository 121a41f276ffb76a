import { parseCount, parseDecimal } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import type { Field } from './field.ts';

/**
 * What nvidia-smi prints instead of a value, in lower case and without the brackets that `--query-gpu` puts around it.
 * Seen in outputs of the drivers 418 to 610; the words are mostly those of nvmlErrorString().
 */
const PLACEHOLDERS: ReadonlyMap<string, 'unsupported' | 'lost' | 'reset-required' | 'failed'> = new Map([
  ['', 'unsupported'],
  ['n/a', 'unsupported'],
  ['not supported', 'unsupported'],
  ['requested functionality has been deprecated', 'unsupported'],
  ['insufficient permissions', 'unsupported'],
  ['function not found', 'unsupported'],
  ['gpu is lost', 'lost'],
  ['gpu requires reset', 'reset-required'],
  ['unknown error', 'failed'],
  ['err!', 'failed'],
]);

const LONGEST_PLACEHOLDER = 60;

/** What a text between two tags, or a cell, stands for; `text` loses the white space around it. In brackets only placeholders are written, so an unknown one means `failed`. */
export function fieldOf(raw: string): Field {
  const text = raw.trim();
  const isBracketed = text.startsWith('[') && text.endsWith(']') && text.length > 1;
  const words = (isBracketed ? text.slice(1, -1) : text).trim();
  const kind = words.length > LONGEST_PLACEHOLDER ? undefined : PLACEHOLDERS.get(words.toLowerCase());
  if (kind !== undefined) return { kind, text };
  return { kind: isBracketed ? 'failed' : 'value', text };
}

/** `x` is the unit of link widths, '' that of plain counts. */
export type Unit = 'C' | 'W' | 'MiB' | 'MHz' | '%' | 'us' | 'x' | 'bank(s)' | '';

/** `none`: this device, driver or configuration has no such thing. `bad`: it should be there and could not be read. */
export type NoRead = { readonly kind: 'none' } | { readonly kind: 'bad'; readonly text: string };
export type NumberRead = { readonly kind: 'number'; readonly value: number } | NoRead;
export type FlagRead = { readonly kind: 'flag'; readonly value: boolean } | NoRead;
export type WordRead = { readonly kind: 'word'; readonly text: string } | NoRead;

/**
 * The number of a field in that very unit, never a guess: another unit is `bad`. None at all is accepted, because `--query-gpu`
 * prints temperatures, link widths and banks without one. Degrees may be below 0 (T.Limit), watts and percents have decimals, all others are counts.
 */
export function numberOf(field: Field, unit: Unit): NumberRead {
  const word = wordOf(field);
  if (word.kind !== 'word') return word;
  const suffix = unit === '' || unit === 'x' ? unit : ` ${unit}`;
  const digits = suffix !== '' && word.text.endsWith(suffix) ? word.text.slice(0, -suffix.length) : word.text;
  try {
    return { kind: 'number', value: parseIn(unit, digits) };
  } catch (thrown) {
    if (!(thrown instanceof ParseError)) throw thrown;
    return { kind: 'bad', text: word.text };
  }
}

function parseIn(unit: Unit, digits: string): number {
  if (unit !== 'C' && unit !== 'W' && unit !== '%') return parseCount(digits, 'nvidia-smi');
  const value = parseDecimal(digits, 'nvidia-smi');
  if (unit !== 'C' && digits.startsWith('-')) throw new ParseError('nvidia-smi', 'a number ≥ 0', digits);
  return value;
}

/** `Yes` and `No`, or `True` and `False` as the fabric's health has it. */
export function flagOf(field: Field): FlagRead {
  return oneOfTwo(field, ['Yes', 'True'], ['No', 'False']);
}

/** `Active` and `Not Active`, of the clocks' reasons. */
export function activeOf(field: Field): FlagRead {
  return oneOfTwo(field, ['Active'], ['Not Active']);
}

function oneOfTwo(field: Field, yes: readonly string[], no: readonly string[]): FlagRead {
  const word = wordOf(field);
  if (word.kind !== 'word') return word;
  if (yes.includes(word.text)) return { kind: 'flag', value: true };
  return no.includes(word.text) ? { kind: 'flag', value: false } : { kind: 'bad', text: word.text };
}

/** The text of a field that has a value. */
export function wordOf(field: Field): WordRead {
  if (field.kind === 'value') return { kind: 'word', text: field.text };
  return field.kind === 'absent' || field.kind === 'unsupported' ? { kind: 'none' } : { kind: 'bad', text: field.text };
}
