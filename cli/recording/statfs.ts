import { readFileSync } from 'node:fs';
import { isRecord } from '../../plugins/core/decode.ts';
import { ConfigError, messageOf, quote } from '../../plugins/core/errors.ts';
import type { FilesystemAnswer, FilesystemSpace } from '../../plugins/linux/filesystem-answer.ts';
import type { FilesystemProbe } from '../../plugins/linux/filesystem-probe.ts';
import { SPACE_KEYS } from './edit.ts';

/** Numbers, that it never came back, or the error that it answered with, e.g. `Input/output error`. */
export type StatfsSaid = FilesystemSpace | 'hung' | { readonly refusal: string };

/** What statfs said, by mount point. */
export type StatfsTable = ReadonlyMap<string, StatfsSaid>;

/** Reads a `statfs.json`. Throws ConfigError that names file, mount point and key. */
export function readStatfs(file: string): StatfsTable {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigError(file, messageOf(cause), { cause });
  }
  if (!isRecord(content)) throw new ConfigError(file, 'expected an object, mount point to numbers');
  return new Map(Object.entries(content).map(([mountPoint, said]) => [mountPoint, readSaid(said, `${file}: ${mountPoint}`)]));
}

function readSaid(said: unknown, path: string): StatfsSaid {
  if (said === 'hung') return said;
  if (isRecord(said) && typeof said['refusal'] === 'string' && Object.keys(said).length === 1) return { refusal: said['refusal'] };
  const isWhole = isRecord(said) && Object.keys(said).length === SPACE_KEYS.length;
  if (!isWhole || !SPACE_KEYS.every((key) => isCount(said[key]))) {
    throw new ConfigError(path, `expected "hung", {"refusal": "..."} or the numbers ${SPACE_KEYS.join(', ')}, got ${quote(JSON.stringify(said) ?? 'nothing')}`);
  }
  const [totalBytes = 0, freeBytes = 0, availableBytes = 0, inodes = 0, inodesFree = 0] = SPACE_KEYS.map((key) => Number(said[key]));
  return { totalBytes, freeBytes, availableBytes, inodes, inodesFree };
}

/** Not only what a double holds exactly: EFS claims 8 EiB. */
function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0;
}

/** Answers as the real probe would have on the recorded host; `table` is asked at each question. Its hangs began `sinceMs` (1970). */
export function recordedProbe(table: () => StatfsTable, sinceMs: number): FilesystemProbe {
  return {
    async probe({ mountPoint }): Promise<FilesystemAnswer> {
      const said = table().get(mountPoint);
      if (said === undefined) return { kind: 'not-visible', message: `${mountPoint}: is not in this recording` };
      if (said === 'hung') return { kind: 'stuck', sinceMs };
      if ('refusal' in said) return { kind: 'failed', message: `${mountPoint}: ${said.refusal}`, refusal: said.refusal };
      return { kind: 'ok', ...said };
    },
  };
}
