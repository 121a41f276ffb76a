import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError, messageOf, quote } from '../../plugins/core/errors.ts';
import type { FilesystemSpace } from '../../plugins/linux/filesystem-answer.ts';
import { type Edit, SPACE_KEYS } from './edit.ts';
import type { StatfsTable } from './statfs.ts';

/** A composed host: a folder of its own, and what statfs says. */
export interface Composed {
  readonly root: string;
  readonly statfs: StatfsTable;
}

/** Applies edits in their order to the folder, and gives the new table. Throws ConfigError: `<where>[2] (proc/meminfo): why`. */
export function applyEdits({ root, statfs }: Composed, edits: readonly Edit[], where: string): StatfsTable {
  const table = new Map(statfs);
  for (const [index, edit] of edits.entries()) {
    const path = `${where}[${index}] (${subjectOf(edit)})`;
    if (edit.kind === 'statfs') table.set(edit.mountPoint, answerAfter(edit.change, table.get(edit.mountPoint), path));
    else applyToTree(root, edit, path);
  }
  return table;
}

type StatfsEdit = Extract<Edit, { readonly kind: 'statfs' }>;

function answerAfter(change: StatfsEdit['change'], before: FilesystemSpace | 'hung' | undefined, path: string): FilesystemSpace | 'hung' {
  if (change === 'hung') return change;
  if (before !== undefined && before !== 'hung') return { ...before, ...change };
  const { totalBytes, freeBytes, availableBytes, inodes, inodesFree } = change;
  if (totalBytes === undefined || freeBytes === undefined || availableBytes === undefined || inodes === undefined || inodesFree === undefined) {
    throw new ConfigError(path, `has no numbers yet, so it needs all of ${SPACE_KEYS.join(', ')}`);
  }
  return { totalBytes, freeBytes, availableBytes, inodes, inodesFree };
}

function applyToTree(root: string, edit: Exclude<Edit, StatfsEdit>, path: string): void {
  const target = join(root, subjectOf(edit));
  try {
    // A file where the path needs a folder, or a folder in place of the file, comes out as the system's own error.
    switch (edit.kind) {
      case 'text':
        mkdirSync(dirname(target), { recursive: true });
        return writeFileSync(target, edit.text);
      case 'remove':
        lstatSync(target);
        return rmSync(target, { recursive: true });
      case 'entries':
        rmSync(target, { recursive: true, force: true });
        mkdirSync(target, { recursive: true });
        for (let entry = 0; entry < edit.entries; entry++) writeFileSync(join(target, String(entry)), '');
        return undefined;
      case 'replace':
        return writeFileSync(target, replaced(readFileSync(target, 'utf8'), edit.replace, edit.with, path));
      case 'add':
        return writeFileSync(target, added(readFileSync(target, 'utf8'), edit.add, edit.field, path));
    }
  } catch (cause) {
    throw cause instanceof ConfigError ? cause : new ConfigError(path, messageOf(cause).replaceAll(root, ''), { cause });
  }
}

function replaced(text: string, before: string, after: string, path: string): string {
  const [head = '', tail, ...more] = text.split(before);
  if (tail === undefined) throw new ConfigError(path, `${quote(before)} does not stand in the file`);
  if (more.length > 0) throw new ConfigError(path, `${quote(before)} stands ${more.length + 1} times in the file; say more of the line`);
  return head + after + tail;
}

/** To the only number of the text, or to the one after `field` at the begin of a line. Counters of the kernel may pass 2^53. */
function added(text: string, add: number, field: string | undefined, path: string): string {
  const lines = text.split('\n');
  const pattern = field === undefined ? /^()(\d+)$/ : /^(\S+?:?[ \t]+)(\d+)(?= |$)/;
  const isMeant = (line: string): boolean => pattern.test(line) && (field === undefined || line.split(/:?[ \t]/, 1)[0] === field);
  const [found, ...more] = [...lines.keys()].filter((index) => isMeant(lines[index] ?? ''));
  const what = field === undefined ? 'one number and nothing else in the file' : `one line of the file that is ${quote(field)} and a number`;
  if (found === undefined || more.length > 0 || (field === undefined && text.trim() !== lines[found])) throw new ConfigError(path, `expected ${what}`);
  lines[found] = (lines[found] ?? '').replace(pattern, (_, before: string, digits: string) => {
    const sum = BigInt(digits) + BigInt(add);
    if (sum < 0n) throw new ConfigError(path, `${digits} and ${add} make a number below 0`);
    return before + String(sum);
  });
  return lines.join('\n');
}

function subjectOf(edit: Edit): string {
  if (edit.kind === 'statfs') return edit.mountPoint;
  return edit.kind === 'entries' ? edit.folder : edit.file;
}
