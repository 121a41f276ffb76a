import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** KERN_ERR of the facility kern, in which the NVIDIA driver reports errors. */
const PRIORITY = 3;

/**
 * Records of /dev/kmsg with these texts, numbered on from the last one and at the host's uptime, see
 * Documentation/ABI/testing/dev-kmsg of the kernel: `3,1042,13845180000,-;NVRM: Xid ...`.
 */
export function kmsgAfter(root: string, texts: readonly string[]): string {
  const log = join(root, 'dev/kmsg');
  const before = existsSync(log) ? readFileSync(log, 'utf8') : '';
  const last = [...before.matchAll(/^\d+,(\d+),/gm)].at(-1)?.[1] ?? '0';
  const uptimeUs = Math.round(Number(/^[\d.]+/.exec(readFileSync(join(root, 'proc/uptime'), 'utf8'))?.[0] ?? 0) * 1e6);
  return texts.map((text, index) => `${PRIORITY},${Number(last) + 1 + index},${uptimeUs + index},-;${text}\n`).join('');
}
