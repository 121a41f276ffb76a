import { appendFileSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError, messageOf, quote } from '../../plugins/core/errors.ts';
import { added } from './add.ts';
import { type Edit, SPACE_KEYS, type StatfsChange } from './edit.ts';
import { kmsgAfter } from './kmsg.ts';
import { smiAnswerIn } from './smi.ts';
import { withElement, withoutGpu } from './smi-xml.ts';
import type { StatfsSaid, StatfsTable } from './statfs.ts';

/** A composed host: a folder of its own with `root` and perhaps `smi`, and what statfs says. */
export interface Composed {
  readonly folder: string;
  readonly statfs: StatfsTable;
}

/** Applies edits in their order to the folder, and gives the new table. Throws ConfigError: `<where>[2] (proc/meminfo): why`. */
export function applyEdits({ folder, statfs }: Composed, edits: readonly Edit[], where: string): StatfsTable {
  const table = new Map(statfs);
  for (const [index, edit] of edits.entries()) {
    const path = `${where}[${index}] (${subjectOf(edit)})`;
    if (edit.kind === 'statfs-add') table.set(edit.mountPoint, spaceAfter(edit, table.get(edit.mountPoint), path));
    else if (edit.kind === 'statfs') table.set(edit.mountPoint, answerAfter(edit.change, table.get(edit.mountPoint), path));
    else applyToFolder(folder, edit, path);
  }
  return table;
}

function answerAfter(change: StatfsChange, before: StatfsSaid | undefined, path: string): StatfsSaid {
  if (change === 'hung' || 'refusal' in change) return change;
  if (before !== undefined && before !== 'hung' && !('refusal' in before)) return { ...before, ...change };
  const { totalBytes, freeBytes, availableBytes, inodes, inodesFree } = change;
  if (totalBytes === undefined || freeBytes === undefined || availableBytes === undefined || inodes === undefined || inodesFree === undefined) {
    throw new ConfigError(path, `has no numbers yet, so it needs all of ${SPACE_KEYS.join(', ')}`);
  }
  return { totalBytes, freeBytes, availableBytes, inodes, inodesFree };
}

function spaceAfter({ field, add }: Extract<Edit, { readonly kind: 'statfs-add' }>, before: StatfsSaid | undefined, path: string): StatfsSaid {
  if (before === undefined || before === 'hung' || 'refusal' in before) throw new ConfigError(path, 'has no numbers to add to');
  return { ...before, [field]: Math.max(0, before[field] + add) };
}

type FolderEdit = Exclude<Edit, { readonly kind: 'statfs' | 'statfs-add' }>;
type GpuEdit = Extract<Edit, { readonly kind: 'kmsg' | 'gpu' | 'no-gpu' | 'smi' }>;

function applyToFolder(folder: string, edit: FolderEdit, path: string): void {
  try {
    // A file where the path needs a folder, or a folder in place of the file, comes out as the system's own error.
    if (edit.kind === 'kmsg' || edit.kind === 'gpu' || edit.kind === 'no-gpu' || edit.kind === 'smi') applyToGpus(folder, edit, path);
    else applyToFile(folder, edit, path);
  } catch (cause) {
    throw cause instanceof ConfigError ? cause : new ConfigError(path, messageOf(cause).replaceAll(join(folder, 'root'), '').replaceAll(folder, ''), { cause });
  }
}

function applyToFile(folder: string, edit: Exclude<FolderEdit, GpuEdit>, path: string): void {
  const subject = subjectOf(edit);
  const target = join(folder, /^(?:smi|clock)\//.test(subject) ? '' : 'root', subject);
  switch (edit.kind) {
    case 'text':
      mkdirSync(dirname(target), { recursive: true });
      return writeFileSync(target, edit.text);
    case 'link':
      mkdirSync(dirname(target), { recursive: true });
      rmSync(target, { recursive: true, force: true });
      return symlinkSync(edit.link, target);
    case 'remove':
      lstatSync(target);
      return rmSync(target, { recursive: true });
    case 'entries':
      rmSync(target, { recursive: true, force: true });
      mkdirSync(target, { recursive: true });
      for (let entry = 0; entry < edit.entries; entry++) writeEntry(join(target, String(entry)), edit.link);
      return undefined;
    case 'processes':
      for (let pid = edit.from; pid < edit.from + edit.processes; pid++) {
        mkdirSync(join(target, String(pid)), { recursive: true });
        writeFileSync(join(target, `${pid}/stat`), `${pid} ${edit.stat}\n`);
      }
      return undefined;
    case 'replace':
      return writeFileSync(target, replaced(readFileSync(target, 'utf8'), edit.replace, edit.with, path));
    case 'add':
      return writeFileSync(target, added(readFileSync(target, 'utf8'), edit, path));
  }
}

function applyToGpus(folder: string, edit: GpuEdit, path: string): void {
  const xml = join(folder, 'smi/query.xml');
  switch (edit.kind) {
    case 'kmsg':
      return appendFileSync(join(folder, 'root/dev/kmsg'), kmsgAfter(join(folder, 'root'), edit.lines));
    case 'gpu':
      return writeFileSync(xml, withElement(readFileSync(xml, 'utf8'), edit.address, edit.element, edit.change, path));
    case 'no-gpu':
      return writeFileSync(xml, withoutGpu(readFileSync(xml, 'utf8'), edit.address, path));
    case 'smi':
      return writeFileSync(join(folder, 'smi/answer.json'), JSON.stringify({ ...smiAnswerIn(join(folder, 'smi')), ...edit.answer }));
  }
}

function writeEntry(file: string, link: string | undefined): void {
  if (link === undefined) writeFileSync(file, '');
  else symlinkSync(link, file);
}

function replaced(text: string, before: string, after: string, path: string): string {
  const [head = '', tail, ...more] = text.split(before);
  if (tail === undefined) throw new ConfigError(path, `${quote(before)} does not stand in the file`);
  if (more.length > 0) throw new ConfigError(path, `${quote(before)} stands ${more.length + 1} times in the file; say more of the line`);
  return head + after + tail;
}

function subjectOf(edit: Edit): string {
  if ('file' in edit) return edit.file;
  if ('address' in edit) return 'element' in edit ? `${edit.address} ${edit.element}` : edit.address;
  if (edit.kind === 'statfs' || edit.kind === 'statfs-add') return edit.mountPoint;
  if (edit.kind === 'entries') return edit.folder;
  if (edit.kind === 'processes') return 'proc';
  return edit.kind === 'kmsg' ? 'dev/kmsg' : 'smi/answer.json';
}
