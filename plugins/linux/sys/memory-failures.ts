import { parseCount } from '../../core/decode.ts';
import { requireWholeText } from '../proc/whole-text.ts';
import { readText, valueOrThrow } from '../read.ts';
import { listKernelFolder } from './folder.ts';

const FOLDER = 'sys/devices/system/node';

/**
 * Pages that were lost to memory errors since the boot, on all NUMA nodes: /sys/devices/system/node/node<n>/memory_failure/total,
 * see the kernel's ABI/stable/sysfs-devices-node. Pages that were taken out of use while they could still be read
 * (soft offline) are not among them. Undefined before Linux 6.3, and where the kernel knows no NUMA nodes. Throws for what
 * cannot be read or understood.
 */
export function readMemoryFailures(root: string): number | undefined {
  const names = listKernelFolder(root, FOLDER);
  if (names.kind === 'absent') return undefined;
  const counts = valueOrThrow(names).filter((name) => /^node\d{1,4}$/.test(name)).map((name) => readTotal(root, `${FOLDER}/${name}/memory_failure/total`));
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => (sum === undefined || count === undefined ? undefined : sum + count), 0);
}

function readTotal(root: string, path: string): number | undefined {
  const file = readText(root, path, { maxBytes: 64 });
  if (file.kind === 'absent') return undefined;
  const text = valueOrThrow(file);
  requireWholeText(text, `/${path}`);
  return parseCount(text.slice(0, -1), `/${path}`);
}
