import { readdirSync } from 'node:fs';
import { type Outcome, describePath, hostPath, unreadFor } from '../read.ts';

/**
 * Names in a folder of /sys or /proc, sorted by their characters. At once, as `readText`: never for a folder on a disk.
 *
 * @param path below root, without a leading slash: `sys/block`
 */
export function listKernelFolder(root: string, path: string): Outcome<readonly string[]> {
  try {
    return { kind: 'ok', value: readdirSync(hostPath(root, path)).toSorted() };
  } catch (cause) {
    return unreadFor(describePath(root, path), cause);
  }
}
