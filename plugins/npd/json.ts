/** A JSON value that knows the line it begins on. Numbers keep their text: 30000000000.0 is no integer to Go. */
export type JsonNode =
  | { readonly kind: 'object'; readonly line: number; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly line: number; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string'; readonly line: number; readonly value: string }
  | { readonly kind: 'number'; readonly line: number; readonly text: string }
  | { readonly kind: 'boolean'; readonly line: number; readonly value: boolean }
  | { readonly kind: 'null'; readonly line: number };

export interface JsonMember {
  readonly key: string;
  readonly line: number;
  readonly value: JsonNode;
}

/** The text is no JSON. The message is the one of Go's encoding/json, which is what the host program logs. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

interface Cursor {
  readonly text: string;
  at: number;
  line: number;
  depth: number;
}

/** Go stops at 10,000; nobody's configuration is deeper than this, and our stack is shorter than Go's. */
const DEEPEST = 1_000;

/**
 * Parses RFC 8259 JSON as strictly as Go does: no comments, no trailing commas, no byte order mark, nothing after the value.
 * Keys that come twice are kept twice.
 * @throws JsonSyntaxError
 */
export function parseJson(text: string): JsonNode {
  const cursor: Cursor = { text, at: 0, line: 1, depth: 0 };
  const node = readValue(cursor);
  if (peek(cursor) !== undefined) throw unexpected(cursor, 'after top-level value');
  return node;
}

/** Skips white space; undefined at the end. */
function peek(cursor: Cursor): string | undefined {
  for (; cursor.at < cursor.text.length; cursor.at++) {
    const character = cursor.text[cursor.at];
    if (character === '\n') cursor.line += 1;
    else if (character !== ' ' && character !== '\t' && character !== '\r') return character;
  }
  return undefined;
}

function readValue(cursor: Cursor): JsonNode {
  const character = peek(cursor);
  const { line } = cursor;
  if (character === '{') return { kind: 'object', line, members: readMembers(cursor) };
  if (character === '[') return { kind: 'array', line, items: readItems(cursor) };
  if (character === '"') return { kind: 'string', line, value: readString(cursor) };
  if (character === 't') return readWord(cursor, 'true', { kind: 'boolean', line, value: true });
  if (character === 'f') return readWord(cursor, 'false', { kind: 'boolean', line, value: false });
  if (character === 'n') return readWord(cursor, 'null', { kind: 'null', line });
  if (character !== undefined && /[-0-9]/.test(character)) return { kind: 'number', line, text: readNumber(cursor) };
  throw unexpected(cursor, 'looking for beginning of value');
}

function readMembers(cursor: Cursor): readonly JsonMember[] {
  const members: JsonMember[] = [];
  for (let goesOn = enter(cursor, '}'); goesOn; goesOn = isNext(cursor, '}', 'after object key:value pair')) {
    if (peek(cursor) !== '"') throw unexpected(cursor, 'looking for beginning of object key string');
    const { line } = cursor;
    const key = readString(cursor);
    if (peek(cursor) !== ':') throw unexpected(cursor, 'after object key');
    cursor.at += 1;
    members.push({ key, line, value: readValue(cursor) });
  }
  return members;
}

function readItems(cursor: Cursor): readonly JsonNode[] {
  const items: JsonNode[] = [];
  for (let goesOn = enter(cursor, ']'); goesOn; goesOn = isNext(cursor, ']', 'after array element')) items.push(readValue(cursor));
  return items;
}

/** Steps over the opening bracket; false when the closing one follows at once. */
function enter(cursor: Cursor, close: string): boolean {
  cursor.depth += 1;
  if (cursor.depth > DEEPEST) throw new JsonSyntaxError(cursor.line, 'exceeded max depth');
  cursor.at += 1;
  if (peek(cursor) !== close) return true;
  leave(cursor);
  return false;
}

function leave(cursor: Cursor): void {
  cursor.at += 1;
  cursor.depth -= 1;
}

/** Steps over a comma (true) or the closing bracket (false). */
function isNext(cursor: Cursor, close: string, where: string): boolean {
  const character = peek(cursor);
  if (character === close) {
    leave(cursor);
    return false;
  }
  if (character !== ',') throw unexpected(cursor, where);
  cursor.at += 1;
  return true;
}

function readWord(cursor: Cursor, word: string, node: JsonNode): JsonNode {
  for (const expected of word) {
    if (cursor.text[cursor.at] !== expected) throw unexpected(cursor, `in literal ${word} (expecting '${expected}')`);
    cursor.at += 1;
  }
  return node;
}

function readNumber(cursor: Cursor): string {
  const start = cursor.at;
  if (cursor.text[cursor.at] === '-') cursor.at += 1;
  if (cursor.text[cursor.at] === '0') cursor.at += 1;
  else readDigits(cursor, 'in numeric literal');
  if (cursor.text[cursor.at] === '.') {
    cursor.at += 1;
    readDigits(cursor, 'after decimal point in numeric literal');
  }
  if (/[eE]/.test(cursor.text[cursor.at] ?? '')) {
    cursor.at += 1;
    if (/[-+]/.test(cursor.text[cursor.at] ?? '')) cursor.at += 1;
    readDigits(cursor, 'in exponent of numeric literal');
  }
  return cursor.text.slice(start, cursor.at);
}

function readDigits(cursor: Cursor, where: string): void {
  if (!isDigit(cursor)) throw unexpected(cursor, where);
  while (isDigit(cursor)) cursor.at += 1;
}

function isDigit(cursor: Cursor): boolean {
  return /[0-9]/.test(cursor.text[cursor.at] ?? '');
}

function readString(cursor: Cursor): string {
  const start = cursor.at;
  cursor.at += 1;
  for (let character = cursor.text[cursor.at]; character !== '"'; character = cursor.text[cursor.at]) {
    if (character === undefined || character < ' ') throw unexpected(cursor, 'in string literal');
    cursor.at += 1;
    if (character === '\\') readEscape(cursor);
  }
  cursor.at += 1;
  // A surrogate without its partner becomes U+FFFD in Go.
  return (JSON.parse(cursor.text.slice(start, cursor.at)) as string).toWellFormed();
}

function readEscape(cursor: Cursor): void {
  const character = cursor.text[cursor.at];
  if (character === undefined || !'"\\/bfnrtu'.includes(character)) throw unexpected(cursor, 'in string escape code');
  cursor.at += 1;
  if (character !== 'u') return;
  for (const end = cursor.at + 4; cursor.at < end; cursor.at++) {
    if (!/[0-9a-fA-F]/.test(cursor.text[cursor.at] ?? '')) throw unexpected(cursor, 'in \\u hexadecimal character escape');
  }
}

function unexpected(cursor: Cursor, where: string): JsonSyntaxError {
  const codePoint = cursor.text.codePointAt(cursor.at);
  if (codePoint === undefined) return new JsonSyntaxError(cursor.line, 'unexpected end of JSON input');
  return new JsonSyntaxError(cursor.line, `invalid character ${quoteFirstByte(codePoint)} ${where}`);
}

const NAMED: Readonly<Record<number, string>> = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r', 39: "\\'", 92: '\\\\' };

/** Go looks at bytes: of `日` it names the first one, read as Latin-1. */
function quoteFirstByte(codePoint: number): string {
  const [byte = 0] = Buffer.from(String.fromCodePoint(codePoint));
  const isPrintable = byte >= 0x20 && byte !== 0x7f && (byte < 0x80 || byte > 0xa0) && byte !== 0xad;
  const named = NAMED[byte] ?? (isPrintable ? String.fromCharCode(byte) : byte < 0x80 ? `\\x${hex(byte, 2)}` : `\\u${hex(byte, 4)}`);
  return `'${named}'`;
}

function hex(byte: number, digits: number): string {
  return byte.toString(16).padStart(digits, '0');
}
