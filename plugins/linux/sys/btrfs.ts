import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { readText, valueOrThrow } from '../read.ts';
import { listKernelFolder } from './folder.ts';

/** What btrfs keeps of one device of a file system, over boots. */
export interface BtrfsDevice {
  /** Number within the file system. */
  readonly id: string;
  /** It was there once and is no longer. */
  readonly isMissing: boolean;
  /** Of writing, reading, flushing, checksums and generations together; undefined before Linux 5.13. */
  readonly errorCount: number | undefined;
}

export interface BtrfsFilesystem {
  readonly uuid: string;
  /** Kernel's names of its devices: `sda2`. */
  readonly deviceNames: readonly string[];
  readonly devices: readonly BtrfsDevice[];
}

const FOLDER = 'sys/fs/btrfs';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ERRORS = /^write_errs (\d+)\nread_errs (\d+)\nflush_errs (\d+)\ncorruption_errs (\d+)\ngeneration_errs (\d+)\n$/;

/**
 * Every btrfs that is mounted: folders of /sys/fs/btrfs, see the kernel's fs/btrfs/sysfs.c and btrfs-device(8). Empty where
 * there is none. Throws for what cannot be read or understood.
 */
export function readBtrfs(root: string): readonly BtrfsFilesystem[] {
  const folder = listKernelFolder(root, FOLDER);
  if (folder.kind === 'absent') return [];
  return valueOrThrow(folder).filter((name) => UUID.test(name)).map((uuid) => {
    const names = listKernelFolder(root, `${FOLDER}/${uuid}/devices`);
    const ids = listKernelFolder(root, `${FOLDER}/${uuid}/devinfo`);
    return {
      uuid,
      deviceNames: names.kind === 'absent' ? [] : valueOrThrow(names),
      // Before Linux 5.6 there is none.
      devices: ids.kind === 'absent' ? [] : valueOrThrow(ids).map((id) => readDevice(root, `${FOLDER}/${uuid}/devinfo/${id}`, id)),
    };
  });
}

function readDevice(root: string, folder: string, id: string): BtrfsDevice {
  const missing = valueOrThrow(readText(root, `${folder}/missing`, { maxBytes: 64 }));
  if (missing !== '0\n' && missing !== '1\n') throw new ParseError(`/${folder}/missing`, '0 or 1 and a newline', missing);
  const stats = readText(root, `${folder}/error_stats`, { maxBytes: 1_024 });
  return { id, isMissing: missing === '1\n', errorCount: stats.kind === 'absent' ? undefined : sumOf(valueOrThrow(stats), `/${folder}/error_stats`) };
}

function sumOf(text: string, file: string): number | undefined {
  // A device whose numbers were never read says so in words.
  if (text === 'invalid\n') return undefined;
  const [, ...counts] = ERRORS.exec(text) ?? [];
  if (counts.length === 0) throw new ParseError(file, 'five lines "write_errs <n>" to "generation_errs <n>"', text);
  return counts.reduce((sum, count) => sum + parseCount(count, file), 0);
}
