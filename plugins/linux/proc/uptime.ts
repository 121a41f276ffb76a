import { parseDecimal } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

/**
 * Parses /proc/uptime, see proc_uptime(5): seconds since boot, with the time asleep, and the idle seconds of all CPUs.
 *
 *     350735.47 234388.90
 *
 * @returns milliseconds since boot, in steps of ten
 */
export function parseUptimeMs(text: string, file = '/proc/uptime'): number {
  const [, uptime, idle] = /^(\d+\.\d\d) (\d+\.\d\d)\n?$/.exec(text) ?? [];
  if (uptime === undefined || idle === undefined) throw new ParseError(file, '"<seconds> <seconds>"', text);
  requireWholeText(text, file);
  return Math.round(parseDecimal(uptime, file) * 1_000);
}
