import type { Logger } from '../../plugins/core/log.ts';
import type { Line } from './rpc-process.ts';

/** A logger that keeps what it was told. */
export function keptLog(): { readonly log: Logger; readonly lines: readonly Line[]; readonly messages: () => readonly unknown[] } {
  const lines: Line[] = [];
  const keep = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) => void lines.push({ level, message, ...fields });
  const log: Logger = { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error'), child: () => log };
  return { log, lines, messages: () => lines.filter(({ level }) => level !== 'debug').map(({ message }) => message) };
}
