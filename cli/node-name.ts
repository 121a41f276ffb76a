import { hostname } from 'node:os';
import { readText } from '../plugins/linux/read.ts';
import type { Context, ParsedArgs } from './command.ts';
import { text } from './options.ts';

/**
 * `--node-name`, else of a recording the recorded name, else NODE_NAME, else what the host calls itself: its /etc/hostname
 * where its root is mounted elsewhere. Our own name is that of a Pod, then, and in its place stands `unknown`.
 */
export function nodeName(args: ParsedArgs, { env }: Pick<Context, 'env'>, recording?: { readonly node: string }): string {
  if (recording !== undefined) return text(args, 'node-name') ?? recording.node;
  const given = text(args, 'node-name') ?? env['NODE_NAME'];
  if (given !== undefined && given !== '') return given;
  const root = text(args, 'host-root') ?? '/';
  if (root === '/') return hostname();
  const file = readText(root, 'etc/hostname');
  const name = file.kind === 'ok' ? file.value.trim() : '';
  return name === '' ? 'unknown' : name;
}
