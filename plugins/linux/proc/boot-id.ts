import { ParseError } from '../../core/errors.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Parses /proc/sys/kernel/random/boot_id, see random(4): a UUID that is made once at boot, and one line. The same in
 * every container of the host.
 */
export function parseBootId(text: string, file = '/proc/sys/kernel/random/boot_id'): string {
  const id = text.endsWith('\n') ? text.slice(0, -1) : text;
  if (!UUID.test(id)) throw new ParseError(file, 'a UUID', text);
  return id;
}
