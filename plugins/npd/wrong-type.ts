import { parseDurationMs } from '../core/decode.ts';
import { quote } from '../core/errors.ts';
import type { JsonNode } from './json.ts';
import type { Shape } from './shape.ts';

const WANTED: Readonly<Record<Shape['kind'], string>> = {
  'string': 'a string',
  'boolean': 'true or false',
  'integer': 'a whole number',
  'duration': 'a whole number of nanoseconds',
  'float': 'a number',
  'string map': 'an object whose values are strings',
  'list': 'a list',
  'object': 'an object',
};

/** Message and remedy for a value that Go cannot put into a field of this kind: the host ends at its start. */
export function wrongType(node: JsonNode, wanted: Shape['kind']): { readonly message: string; readonly remedy: string } {
  return {
    message: `expected ${WANTED[wanted]}, got ${describe(node)}; the host does not start`,
    remedy: remedy(node, wanted),
  };
}

function describe(node: JsonNode): string {
  if (node.kind === 'string') return `the string ${quote(node.value)}`;
  if (node.kind === 'number') return `the number ${node.text.slice(0, 40)}`;
  if (node.kind === 'boolean') return String(node.value);
  return { array: 'a list', object: 'an object', null: 'null' }[node.kind];
}

function remedy(node: JsonNode, wanted: Shape['kind']): string {
  if (wanted === 'duration') return durationRemedy(node);
  if (wanted === 'string' && node.kind === 'number') return `write "${node.text.slice(0, 40)}"`;
  if (wanted === 'boolean' && node.kind === 'string' && /^(true|false)$/i.test(node.value)) return `write ${node.value.toLowerCase()} without quotes`;
  if (wanted === 'integer' && node.kind === 'number') return 'write it without fraction and exponent, within 64 bits';
  return `write ${WANTED[wanted]}`;
}

function durationRemedy(node: JsonNode): string {
  const durationMs = node.kind === 'string' ? tryDurationMs(node.value) : undefined;
  if (durationMs !== undefined && node.kind === 'string') return `write ${nanoseconds(durationMs)}, which is ${node.value}`;
  const value = node.kind === 'number' ? Number(node.text) : NaN;
  if (Number.isSafeInteger(value)) return `write ${value}, without fraction and exponent`;
  return 'write nanoseconds as digits only, e.g. 30000000000 for 30 s';
}

function tryDurationMs(text: string): number | undefined {
  try {
    return parseDurationMs(text, '');
  } catch {
    return undefined;
  }
}

/** The digits that a configuration file must hold for a duration. */
export function nanoseconds(durationMs: number): string {
  return String(BigInt(Math.round(durationMs)) * 1_000_000n);
}
