import { child, type Findings } from './finding.ts';
import type { JsonMember, JsonNode } from './json.ts';
import { zeroOf, type Decoded, type Fields, type Shape } from './shape.ts';
import { describeUnknownKey } from './unknown-key.ts';
import { wrongType } from './wrong-type.ts';

export interface Reading extends Findings {
  /** Line of every value that was read, by path. */
  readonly lines: Map<string, number>;
}

/**
 * Reads a JSON document into a Go struct as `json.Unmarshal` of encoding/json does: keys match without regard to case, unknown
 * ones are passed over, `null` changes nothing, of a key that comes twice the last counts (objects and lists are merged).
 * A value of the wrong type is an error and leaves the field as it was.
 */
export function decode<const S extends Shape>(node: JsonNode, shape: S, reading: Reading): Decoded<S> {
  return decodeInto(node, shape, zeroOf(shape), '', reading) as Decoded<S>;
}

function decodeInto(node: JsonNode, shape: Shape, before: unknown, path: string, reading: Reading): unknown {
  reading.lines.set(path, node.line);
  if (node.kind === 'null') return shape.kind === 'list' || shape.kind === 'string map' ? zeroOf(shape) : before;
  if (shape.kind === 'object' && node.kind === 'object') {
    return decodeObject(node.members, shape.fields, before as Readonly<Record<string, unknown>>, path, reading);
  }
  if (shape.kind === 'list' && node.kind === 'array') {
    const old = before as readonly unknown[];
    return node.items.map((item, index) => decodeInto(item, shape.of, old[index] ?? zeroOf(shape.of), `${path}[${index}]`, reading));
  }
  if (shape.kind === 'string map' && node.kind === 'object') {
    return { ...(before as object), ...decodeStringMap(node.members, path, reading) };
  }
  const value = decodeScalar(node, shape);
  if (value !== undefined) return value;
  reading.errors.push({ path, line: node.line, ...wrongType(node, shape.kind) });
  return before;
}

function decodeObject(members: readonly JsonMember[], fields: Fields, before: Readonly<Record<string, unknown>>, path: string, reading: Reading): unknown {
  const result = { ...before };
  const seen = new Set<string>();
  for (const { key, line, value } of members) {
    const name = matchKey(key, fields);
    const field = name === undefined ? undefined : fields[name];
    if (name === undefined || field === undefined) {
      reading.warnings.push({ path: child(path, key), line, ...describeUnknownKey(key, path, fields) });
      continue;
    }
    warnOfSpelling(key, name, line, path, reading);
    if (seen.has(name)) {
      reading.warnings.push({ path: child(path, name), line, message: 'the key comes twice; the host takes the last one, and merges objects and lists', remedy: 'keep one of them' });
    }
    seen.add(name);
    result[name] = decodeInto(value, field, result[name], child(path, name), reading);
  }
  return result;
}

function warnOfSpelling(key: string, name: string, line: number, path: string, reading: Reading): void {
  if (key === name) return;
  reading.warnings.push({ path: child(path, key), line, message: `the host takes this key for ${name}; other programs may not`, remedy: `spell it ${name}` });
}

function decodeStringMap(members: readonly JsonMember[], path: string, reading: Reading): Readonly<Record<string, string>> {
  const entries = members.map(({ key, value }): readonly [string, string] => {
    const at = child(path, key);
    reading.lines.set(at, value.line);
    if (value.kind === 'string') return [key, value.value];
    if (value.kind !== 'null') reading.errors.push({ path: at, line: value.line, ...wrongType(value, 'string') });
    return [key, ''];
  });
  return Object.fromEntries(entries);
}

function decodeScalar(node: JsonNode, shape: Shape): string | boolean | number | bigint | undefined {
  if (node.kind === 'string' && shape.kind === 'string') return node.value;
  if (node.kind === 'boolean' && shape.kind === 'boolean') return node.value;
  if (node.kind !== 'number') return undefined;
  if (shape.kind === 'integer' || shape.kind === 'duration') return asInt64(node.text);
  const value = Number(node.text);
  return shape.kind === 'float' && Number.isFinite(value) ? value : undefined;
}

/** Go refuses `3e9` and `3.0` for an integer, whatever their value. */
function asInt64(text: string): bigint | undefined {
  if (!/^-?[0-9]+$/.test(text) || text.length > 20) return undefined;
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function matchKey(key: string, fields: Fields): string | undefined {
  if (Object.hasOwn(fields, key)) return key;
  const folded = foldCase(key);
  return Object.keys(fields).find((name) => foldCase(name) === folded);
}

/** Unicode simple folding as far as it reaches ASCII: two other characters fold to `k` and `s`. */
function foldCase(key: string): string {
  return key.replaceAll('\u212A', 'k').replaceAll('\u017F', 's').replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
