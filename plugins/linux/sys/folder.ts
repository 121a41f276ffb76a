import { readdirSync } from 'node:fs';
import { codeOf, messageOf } from '../../core/errors.ts';
import { type Outcome, describePath, hostPath } from '../read.ts';

/**
 * Names in a folder of /sys or /proc, sorted by their characters. At once, as `readText`: never for a folder on a disk.
 *
 * @param path below root, without a leading slash: `sys/block`
 */
export function listKernelFolder(root: string, path: string): Outcome<readonly string[]> {
  try {
    return { kind: 'ok', value: readdirSync(hostPath(root, path)).toSorted() };
  } catch (cause) {
    const code = codeOf(cause) ?? messageOf(cause);
    const message = `${describePath(root, path)}: ${{ ENOENT: 'no such file or directory', ENOTDIR: 'not a directory', EACCES: 'permission denied' }[code] ?? code}`;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent', message };
    return { kind: code === 'EACCES' || code === 'EPERM' ? 'denied' : 'failed', message, cause };
  }
}
