import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OURS = join(import.meta.dirname, '../../npd-config/host-inspector.json');

/** Writes our own configuration of NPD for another socket to `path`, and gives the path back. */
export function npdFile(path: string, socketAddress: string, more: Readonly<Record<string, unknown>> = {}): string {
  const file = JSON.parse(readFileSync(OURS, 'utf8')) as { readonly pluginConfig: object };
  writeFileSync(path, JSON.stringify({ ...file, ...more, pluginConfig: { ...file.pluginConfig, socketAddress } }));
  return path;
}
