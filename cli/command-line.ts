import { parseArgs } from 'node:util';
import { UsageError, codeOf, messageOf } from '../plugins/core/errors.ts';
import type { Command, CommandEntry, ParsedArgs } from './command.ts';
import { commonOptions } from './options.ts';

/**
 * Reads what follows the command's name. Throws UsageError for a flag that is unknown, lacks its value, has an empty
 * one (an unset variable of a script), or is given twice: of two sockets nobody can tell which one was meant.
 */
export function parseCommandLine(entry: Pick<CommandEntry, 'name' | 'positionals'>, command: Pick<Command, 'options'>, argv: readonly string[]): ParsedArgs {
  const options = { ...command.options, ...commonOptions };
  const help = `see npd-plugins ${entry.name} --help`;
  try {
    const allowPositionals = entry.positionals !== '';
    const { positionals, values, tokens } = parseArgs({ args: [...argv], options, strict: true, allowPositionals, tokens: true });
    const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) < index) throw new UsageError(`--${name} is given twice; ${help}`);
      if (values[name] === '') throw new UsageError(`--${name} has an empty value; give one or leave the flag out`);
    }
    return { positionals, values };
  } catch (error) {
    if (codeOf(error)?.startsWith('ERR_PARSE_ARGS') !== true) throw error;
    throw new UsageError(`${firstSentence(messageOf(error))}; ${help}`, { cause: error });
  }
}

/** parseArgs adds paragraphs of advice on how to write positionals that begin with a dash. */
function firstSentence(message: string): string {
  const first = (message.split(/\. |\n/)[0] ?? message).replace(/\.$/, '');
  const [, name] = /^Option '(?:-\w, )?(--[\w-]+).* (?:ambiguous|missing)$/.exec(first) ?? [];
  return name === undefined ? first : `${name} lacks its value`;
}
