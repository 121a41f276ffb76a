import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

const LINE = /^([\w-]+) \d+ -?\d+ \S+ (?:Live|Loading|Unloading) 0x[0-9a-f]+(?: \([A-Z+-]+\))?$/;

/**
 * Parses /proc/modules, see proc_modules(5): names of the modules that are loaded. Those that are built into the kernel are
 * not among them. On a kernel that has loaded none the file is empty.
 *
 *     br_netfilter 36864 0 - Live 0x0000000000000000
 *
 * Throws ParseError.
 */
export function parseModules(text: string, file = '/proc/modules'): ReadonlySet<string> {
  if (text === '') return new Set();
  requireWholeText(text, file);
  return new Set(
    text.split('\n').slice(0, -1).map((line, index) => {
      const [, name] = LINE.exec(line) ?? [];
      if (name === undefined) throw new ParseError(`${file}:${index + 1}`, '"<name> <size> <count> <users> <state> <address>"', line);
      return name;
    }),
  );
}

/**
 * Parses /lib/modules/<release>/modules.builtin: paths of what is built into the kernel.
 *
 *     kernel/net/netfilter/nf_conntrack.ko
 *
 * @returns names as modules have them once they are loaded, with `_` in place of `-`. Throws ParseError
 */
export function parseBuiltinModules(text: string, file: string): ReadonlySet<string> {
  requireWholeText(text, file);
  return new Set(
    text.split('\n').slice(0, -1).map((line, index) => {
      const [, name] = /^(?:[^/]+\/)*([^/]+)\.ko$/.exec(line) ?? [];
      if (name === undefined) throw new ParseError(`${file}:${index + 1}`, '"<folder>/<name>.ko"', line);
      return name.replaceAll('-', '_');
    }),
  );
}
