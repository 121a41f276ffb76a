import { isRecord } from '../../plugins/core/decode.ts';
import { ConfigError, quote } from '../../plugins/core/errors.ts';
import type { FilesystemSpace } from '../../plugins/linux/filesystem-answer.ts';
import { type Members, count, inTree, lines, text, textOrLines, whole } from './members.ts';
import { type SmiAnswer, readSmiAnswer } from './smi.ts';
import type { ElementChange } from './smi-xml.ts';

/** One small change of a recorded host. Files and folders are paths below its root, or below its folder `smi`. */
export type Edit =
  /** The text must stand in the file exactly once. */
  | { readonly kind: 'replace'; readonly file: string; readonly replace: string; readonly with: string }
  /** The file's new text, in `variant.json` also as a list of lines; the file need not be there before. */
  | { readonly kind: 'text'; readonly file: string; readonly text: string }
  /** A file or a whole folder, which must be there. */
  | { readonly kind: 'remove'; readonly file: string }
  /**
   * Adds to the only number of the file, to the one after the word `field`, or, of the tables in /proc/net/stat, to `column` of the
   * first CPU; with both to the number below this column in the line of this word: of /proc/net/dev, netstat and snmp.
   */
  | { readonly kind: 'add'; readonly file: string; readonly add: number; readonly at: NumberPlace }
  /** A folder with so many empty files, or links to `link`, in place of what it held: `/proc/<pid>/fd` has one per open file. */
  | { readonly kind: 'entries'; readonly folder: string; readonly entries: number; readonly link?: string }
  /** What statfs says of a mount point from now on: other numbers, or nothing at all, or an error in the words of strerror(3). One that is new needs all numbers. */
  | { readonly kind: 'statfs'; readonly mountPoint: string; readonly change: StatfsChange }
  /** Adds to one of the numbers that statfs gave before. */
  | { readonly kind: 'statfs-add'; readonly mountPoint: string; readonly field: keyof FilesystemSpace; readonly add: number }
  /** So many processes, numbered on from `from`, with this text behind their number in /proc/<pid>/stat. */
  | { readonly kind: 'processes'; readonly processes: number; readonly from: number; readonly stat: string }
  /** A symbolic link, in place of what was there. */
  | { readonly kind: 'link'; readonly file: string; readonly link: string }
  /** The kernel logs these lines now. */
  | { readonly kind: 'kmsg'; readonly lines: readonly string[] }
  /** What nvidia-smi says of one element of one GPU. */
  | { readonly kind: 'gpu'; readonly address: string; readonly element: string; readonly change: ElementChange }
  /** nvidia-smi leaves this GPU out. */
  | { readonly kind: 'no-gpu'; readonly address: string }
  /** How nvidia-smi ends, over what was said of it before. */
  | { readonly kind: 'smi'; readonly answer: SmiAnswer };

export interface NumberPlace {
  readonly field?: string;
  readonly column?: string;
}

export type StatfsChange = Partial<FilesystemSpace> | 'hung' | { readonly refusal: string };

export const SPACE_KEYS: readonly (keyof FilesystemSpace)[] = ['totalBytes', 'freeBytes', 'availableBytes', 'inodes', 'inodesFree'];

/** One form of edit: its key that no other has first, then those that must or may stand beside it. */
interface Form {
  readonly keys: readonly string[];
  /** As the message about an unknown form shows it. */
  readonly shown: string;
  readonly read: (value: Members, path: string) => Edit;
}

const FORMS: readonly Form[] = [
  { keys: ['replace', 'file', 'with'], shown: '{file, replace, with}', read: readReplace },
  { keys: ['text', 'file'], shown: '{file, text}', read: (value, path) => ({ kind: 'text', file: inTree(value, 'file', path), text: textOrLines(value, path) }) },
  { keys: ['remove', 'file'], shown: '{file, remove: true}', read: (value, path) => ({ kind: 'remove', file: inTree(value, 'file', path) }) },
  { keys: ['add', 'file', 'field', 'column'], shown: '{file, add, field?, column?}', read: readAdd },
  { keys: ['entries', 'folder', 'link'], shown: '{folder, entries, link?}', read: readEntries },
  { keys: ['processes', 'from', 'stat'], shown: '{processes, from, stat}', read: readProcesses },
  { keys: ['link', 'file'], shown: '{file, link}', read: (value, path) => ({ kind: 'link', file: inTree(value, 'file', path), link: text(value, 'link', path) }) },
  { keys: ['statfs', 'hung', 'refusal', ...SPACE_KEYS], shown: '{statfs, ...}', read: readStatfs },
  { keys: ['add', 'statfs', 'field'], shown: '{statfs, field, add}', read: readStatfsAdd },
  { keys: ['kmsg'], shown: '{kmsg}', read: (value, path) => ({ kind: 'kmsg', lines: lines(value, 'kmsg', path) }) },
  { keys: ['gpu', 'element', 'text'], shown: '{gpu, element, text or add}', read: readGpu },
  { keys: ['gpu', 'element', 'add'], shown: '', read: readGpu },
  { keys: ['gpu', 'remove'], shown: '{gpu, remove: true}', read: (value, path) => ({ kind: 'no-gpu', address: text(value, 'gpu', path) }) },
  { keys: ['smi'], shown: '{smi}', read: (value, path) => ({ kind: 'smi', answer: readSmiAnswer(value['smi'], `${path}.smi`) }) },
];

/**
 * Reads one edit of a `variant.json`. Throws ConfigError that begins with `path` for keys that form no edit, values of
 * another type and paths that lead out of the recorded tree.
 */
export function readEdit(value: unknown, path: string): Edit {
  if (!isRecord(value)) throw new ConfigError(path, `expected an object, got ${quote(JSON.stringify(value) ?? 'nothing')}`);
  const keys = Object.keys(value);
  const form = FORMS.find((known) => keys.every((key) => known.keys.includes(key)) && known.keys[0] !== undefined && keys.includes(known.keys[0]));
  const isSaid = value['remove'] === undefined || value['remove'] === true;
  if (form !== undefined && isSaid) return form.read(value, path);
  const forms = FORMS.map(({ shown }) => shown).filter((shown) => shown !== '').join(', ');
  throw new ConfigError(path, `the keys ${keys.map(quote).join(', ')} form no edit; known are ${forms}`);
}

function readReplace(value: Members, path: string): Edit {
  const replace = text(value, 'replace', path);
  if (replace === '') throw new ConfigError(`${path}.replace`, 'expected a text, got an empty one');
  return { kind: 'replace', file: inTree(value, 'file', path), replace, with: text(value, 'with', path) };
}

function readAdd(value: Members, path: string): Edit {
  const place = Object.fromEntries(['field', 'column'].filter((key) => key in value).map((key) => [key, text(value, key, path)]));
  return { kind: 'add', file: inTree(value, 'file', path), add: whole(value, 'add', path), at: place };
}

function readEntries(value: Members, path: string): Edit {
  const edit = { kind: 'entries', folder: inTree(value, 'folder', path), entries: count(value, 'entries', path) } as const;
  return value['link'] === undefined ? edit : { ...edit, link: text(value, 'link', path) };
}

function readProcesses(value: Members, path: string): Edit {
  return { kind: 'processes', processes: count(value, 'processes', path), from: count(value, 'from', path), stat: text(value, 'stat', path) };
}

function readGpu(value: Members, path: string): Edit {
  const change = 'add' in value ? { add: whole(value, 'add', path) } : { text: text(value, 'text', path) };
  return { kind: 'gpu', address: text(value, 'gpu', path), element: text(value, 'element', path), change };
}

function readStatfs(value: Members, path: string): Edit {
  const mountPoint = text(value, 'statfs', path);
  const { hung, refusal, statfs: _, ...numbers } = value;
  const isAlone = Object.keys(value).length === 2;
  if (hung === true && isAlone) return { kind: 'statfs', mountPoint, change: 'hung' };
  if (hung !== undefined) throw new ConfigError(`${path}.hung`, 'expected true, and nothing beside it');
  if (refusal !== undefined && isAlone) return { kind: 'statfs', mountPoint, change: { refusal: text(value, 'refusal', path) } };
  if (refusal !== undefined) throw new ConfigError(`${path}.refusal`, 'expected nothing beside it');
  return { kind: 'statfs', mountPoint, change: Object.fromEntries(Object.keys(numbers).map((key) => [key, count(value, key, path)])) };
}

function readStatfsAdd(value: Members, path: string): Edit {
  const field = SPACE_KEYS.find((key) => key === value['field']);
  if (field === undefined) throw new ConfigError(`${path}.field`, `expected one of ${SPACE_KEYS.join(', ')}`);
  return { kind: 'statfs-add', mountPoint: text(value, 'statfs', path), field, add: whole(value, 'add', path) };
}
