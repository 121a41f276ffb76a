import { hostname } from 'node:os';
import { readDiskFile } from '../plugins/linux/disk-file.ts';
import { type Outcome, readText } from '../plugins/linux/read.ts';
import type { Context, ParsedArgs } from './command.ts';
import { text } from './options.ts';

const HOSTNAME_TIMEOUT_MS = 5_000;

/**
 * `--node-name`, else of a recording the recorded name, else NODE_NAME, else what the host calls itself: its /etc/hostname
 * where its root is mounted elsewhere. Our own name is that of a Pod, then, and in its place stands `unknown`.
 */
export function nodeName(args: ParsedArgs, context: Pick<Context, 'env'>, recording?: { readonly node: string }): string {
  const given = givenNodeName(args, context, recording);
  if (given !== undefined) return given;
  const file = readText(text(args, 'host-root') ?? '/', 'etc/hostname');
  return nameIn(file);
}

/** As `nodeName`, for what serves: of a disk that does not answer it waits for a child and not for ever. */
export async function servedNodeName(args: ParsedArgs, context: Pick<Context, 'env'>, recording?: { readonly node: string }): Promise<string> {
  const given = givenNodeName(args, context, recording);
  if (given !== undefined) return given;
  const file = await readDiskFile(text(args, 'host-root') ?? '/', 'etc/hostname', { timeoutMs: HOSTNAME_TIMEOUT_MS });
  return nameIn(file);
}

/** Undefined where only the host's own files tell: they may lie on a disk that does not answer. */
export function givenNodeName(args: ParsedArgs, { env }: Pick<Context, 'env'>, recording?: { readonly node: string }): string | undefined {
  const given = text(args, 'node-name') ?? recording?.node ?? env['NODE_NAME'];
  if (given !== undefined && given !== '') return given;
  return (text(args, 'host-root') ?? '/') === '/' ? hostname() : undefined;
}

function nameIn(file: Outcome<string>): string {
  const name = file.kind === 'ok' ? file.value.trim() : '';
  return name === '' ? 'unknown' : name;
}
