import { isRecord } from '../../plugins/core/decode.ts';
import { ConfigError, quote } from '../../plugins/core/errors.ts';
import type { FilesystemSpace } from '../../plugins/linux/filesystem-answer.ts';

/** One small change of a recorded host. Files and folders are paths below its root. */
export type Edit =
  /** The text must stand in the file exactly once. */
  | { readonly kind: 'replace'; readonly file: string; readonly replace: string; readonly with: string }
  /** The file's new text, in `variant.json` also as a list of lines; the file need not be there before. */
  | { readonly kind: 'text'; readonly file: string; readonly text: string }
  /** A file or a whole folder, which must be there. */
  | { readonly kind: 'remove'; readonly file: string }
  /** Adds to the only number of the file, to the one after the word `field`, or, of the tables in /proc/net/stat, to `column` of the first CPU. */
  | { readonly kind: 'add'; readonly file: string; readonly add: number; readonly at?: NumberPlace }
  /** A folder with so many empty files, or links to `link`, in place of what it held: `/proc/<pid>/fd` has one per open file. */
  | { readonly kind: 'entries'; readonly folder: string; readonly entries: number; readonly link?: string }
  /** What statfs says of a mount point from now on: other numbers, or nothing at all, or an error in the words of strerror(3). One that is new needs all numbers. */
  | { readonly kind: 'statfs'; readonly mountPoint: string; readonly change: StatfsChange };

export type NumberPlace = { readonly field: string } | { readonly column: string };

export type StatfsChange = Partial<FilesystemSpace> | 'hung' | { readonly refusal: string };

export const SPACE_KEYS: readonly (keyof FilesystemSpace)[] = ['totalBytes', 'freeBytes', 'availableBytes', 'inodes', 'inodesFree'];

/** Parts of a host that a recording holds. */
const IN_TREE = /^(?:proc|sys|etc)(?:\/[^/]+)+$/;

/**
 * Reads one edit of a `variant.json`. Throws ConfigError that begins with `path` for keys that form no edit, values of
 * another type and paths that lead out of the recorded tree.
 */
export function readEdit(value: unknown, path: string): Edit {
  if (!isRecord(value)) throw new ConfigError(path, `expected an object, got ${quote(JSON.stringify(value) ?? 'nothing')}`);
  const keys = Object.keys(value);
  const hasOnly = (...known: readonly string[]): boolean => keys.every((key) => known.includes(key)) && known[0] !== undefined && keys.includes(known[0]);
  if (hasOnly('replace', 'file', 'with')) {
    const replace = text(value, 'replace', path);
    if (replace === '') throw new ConfigError(`${path}.replace`, 'expected a text, got an empty one');
    return { kind: 'replace', file: inTree(value, 'file', path), replace, with: text(value, 'with', path) };
  }
  if (hasOnly('text', 'file')) return { kind: 'text', file: inTree(value, 'file', path), text: textOrLines(value, path) };
  if (hasOnly('remove', 'file') && value['remove'] === true) return { kind: 'remove', file: inTree(value, 'file', path) };
  if (hasOnly('add', 'file', 'field') || hasOnly('add', 'file', 'column')) {
    const edit = { kind: 'add', file: inTree(value, 'file', path), add: whole(value, 'add', path) } as const;
    if ('field' in value) return { ...edit, at: { field: text(value, 'field', path) } };
    return 'column' in value ? { ...edit, at: { column: text(value, 'column', path) } } : edit;
  }
  if (hasOnly('entries', 'folder', 'link')) {
    const edit = { kind: 'entries', folder: inTree(value, 'folder', path), entries: count(value, 'entries', path) } as const;
    return value['link'] === undefined ? edit : { ...edit, link: text(value, 'link', path) };
  }
  if (hasOnly('statfs', 'hung', 'refusal', ...SPACE_KEYS)) return readStatfs(value, path);
  const forms = '{file, replace, with}, {file, text}, {file, remove: true}, {file, add, field? or column?}, {folder, entries, link?}, {statfs, ...}';
  throw new ConfigError(path, `the keys ${keys.map(quote).join(', ')} form no edit; known are ${forms}`);
}

function readStatfs(value: Readonly<Record<string, unknown>>, path: string): Edit {
  const mountPoint = text(value, 'statfs', path);
  const { hung, refusal, statfs: _, ...numbers } = value;
  const isAlone = Object.keys(value).length === 2;
  if (hung === true && isAlone) return { kind: 'statfs', mountPoint, change: 'hung' };
  if (hung !== undefined) throw new ConfigError(`${path}.hung`, 'expected true, and nothing beside it');
  if (refusal !== undefined && isAlone) return { kind: 'statfs', mountPoint, change: { refusal: text(value, 'refusal', path) } };
  if (refusal !== undefined) throw new ConfigError(`${path}.refusal`, 'expected nothing beside it');
  return { kind: 'statfs', mountPoint, change: Object.fromEntries(Object.keys(numbers).map((key) => [key, count(value, key, path)])) };
}

function inTree(value: Readonly<Record<string, unknown>>, key: string, path: string): string {
  const name = text(value, key, path);
  const isInside = IN_TREE.test(name) && !name.split('/').some((part) => part === '.' || part === '..');
  if (!isInside) throw new ConfigError(`${path}.${key}`, `expected a path below proc, sys or etc, got ${quote(name)}`);
  return name;
}

function text(value: Readonly<Record<string, unknown>>, key: string, path: string): string {
  const found = value[key];
  if (typeof found !== 'string') throw new ConfigError(`${path}.${key}`, `expected a text, got ${quote(JSON.stringify(found) ?? 'nothing')}`);
  return found;
}

function textOrLines(value: Readonly<Record<string, unknown>>, path: string): string {
  const lines = value['text'];
  if (!Array.isArray(lines)) return text(value, 'text', path);
  const wrong = lines.findIndex((line) => typeof line !== 'string');
  if (wrong >= 0) throw new ConfigError(`${path}.text[${wrong}]`, 'expected a text');
  return lines.map((line) => `${line}\n`).join('');
}

function whole(value: Readonly<Record<string, unknown>>, key: string, path: string): number {
  const found = value[key];
  if (!Number.isSafeInteger(found)) throw new ConfigError(`${path}.${key}`, `expected a whole number, got ${quote(JSON.stringify(found) ?? 'nothing')}`);
  return Number(found);
}

function count(value: Readonly<Record<string, unknown>>, key: string, path: string): number {
  const found = whole(value, key, path);
  if (found < 0) throw new ConfigError(`${path}.${key}`, `expected a whole number ≥ 0, got ${quote(String(found))}`);
  return found;
}
