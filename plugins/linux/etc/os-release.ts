import { ParseError } from '../../core/errors.ts';

/**
 * Parses /etc/os-release, see os-release(5): assignments as a shell would read them, by name.
 *
 *     PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
 *     ID=debian
 *
 * Lines of another form are ignored, as systemd does. Throws ParseError for a file without any assignment.
 */
export function parseOsRelease(text: string, file = '/etc/os-release'): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) values.set(name, unquote(value));
  }
  if (values.size === 0) throw new ParseError(file, 'lines "NAME=value"', text);
  return values;
}

/** A shell's quotes: between `'` everything stands for itself, between `"` and without quotes a backslash takes the next character's meaning. */
function unquote(value: string): string {
  if (value.length > 1 && value.startsWith("'") && value.endsWith("'")) return value.slice(1, -1);
  const bare = value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  return bare.replaceAll(/\\(.)/g, '$1');
}
