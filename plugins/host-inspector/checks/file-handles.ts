import type { Check, Look } from '../../core/check.ts';
import { healthy } from '../../core/verdict.ts';
import { type FileNr, parseFileNr } from '../../linux/proc/file-nr.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { openFilesOf } from '../attribution/ask.ts';
import { judgeCount } from '../limits/near.ts';
import type { HostSettings } from '../settings.ts';

const FILE = '/proc/sys/fs/file-nr';

/**
 * Can the node still open files? Where systemd runs fs.file-max is 2^63 - 1 and only the limits of processes bind, which
 * `open-files` looks at.
 */
export const fileHandles: Check<HostSettings> = {
  name: 'file-handles',
  condition: 'KernelLimitNear',
  periodMs: 30_000,
  timeoutMs: 5_000,
  look: ({ root, settings }) => ({ ...judge(parseFileNr(valueOrThrow(readText(root, 'proc/sys/fs/file-nr'))), settings.fileHandlesMaxPercent), contributorsTo: openFilesOf(root) }),
};

/** Beyond any memory: the kernel's `struct file` takes about 200 bytes, so that this many would fill 200 TiB. */
const INFINITE = 2n ** 40n;

/** Pure. */
export function judge({ allocated, max }: FileNr, percent: number): Look {
  const count = { subject: 'open files of the node', used: Number(allocated), limit: Number(max), limitName: 'fs.file-max' };
  return {
    verdicts: [max >= INFINITE ? healthy : judgeCount('FileHandlesNearLimit', count, percent)],
    readings: [
      { name: 'file_handles', value: String(allocated), unit: 'count', source: FILE },
      { name: 'file_handles_limit', value: String(max), unit: 'count', source: FILE },
    ],
  };
}
