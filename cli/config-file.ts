import { readFileSync } from 'node:fs';
import { isRecord } from '../plugins/core/decode.ts';
import { ConfigError, codeOf, messageOf, quote } from '../plugins/core/errors.ts';
import { type JsonMember, type JsonNode, JsonSyntaxError, parseJson } from '../plugins/npd/json.ts';

/**
 * The sections of a `--config` file, one per monitor, with settings as yet unread. Throws ConfigError naming the file where it
 * cannot be read, is no JSON or no object, and where a key comes twice: of two limits nobody can tell which one was meant.
 */
export function readConfigFile(file: string): Readonly<Record<string, unknown>> {
  const value = valueOf(parse(file, contentOf(file)), file);
  if (isRecord(value)) return value;
  throw new ConfigError(file, 'expected an object with one section per monitor, e.g. {"host-inspector": {}}');
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = codeOf(cause) === 'ENOENT' ? 'no such file' : messageOf(cause);
    throw new ConfigError('--config', `${file} cannot be read: ${why}`, { cause });
  }
}

function parse(file: string, content: string): JsonNode {
  try {
    return parseJson(content);
  } catch (cause) {
    if (!(cause instanceof JsonSyntaxError)) throw cause;
    const what = `is not JSON: line ${cause.line}: ${cause.message}`;
    throw new ConfigError(file, `${what}; it looks like {"host-inspector": {"diskAvailableMinPercent": 5}}`, { cause });
  }
}

function valueOf(node: JsonNode, file: string): unknown {
  if (node.kind === 'object') return objectOf(node.members, file);
  if (node.kind === 'array') return node.items.map((item) => valueOf(item, file));
  if (node.kind === 'number') return Number(node.text);
  return node.kind === 'null' ? null : node.value;
}

function objectOf(members: readonly JsonMember[], file: string): Readonly<Record<string, unknown>> {
  const values = new Map<string, unknown>();
  for (const { key, line, value } of members) {
    if (values.has(key)) throw new ConfigError(file, `line ${line}: the key ${quote(key)} comes twice; keep one of them`);
    values.set(key, valueOf(value, file));
  }
  return Object.fromEntries(values);
}
