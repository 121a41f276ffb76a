import { ConfigError, UsageError, quote } from '../plugins/core/errors.ts';
import { LOG_FORMATS, LOG_LEVELS, createLogger } from '../plugins/core/log.ts';
import { oneLine } from '../plugins/core/text.ts';
import { parseCommandLine } from './command-line.ts';
import type { Context, ParsedArgs } from './command.ts';
import { commands } from './commands/index.ts';
import { EXIT } from './exit-code.ts';
import { commandHelp, programHelp } from './help.ts';
import { oneOf, text } from './options.ts';
import { versionText } from './version.ts';

export { EXIT };

/** What `run` needs of the process; `main.ts` is the only file that touches it. */
export type World = Omit<Context, 'log'>;

/** Runs one command line (without executable and script) and gives the exit code. Never rejects. */
export async function run(argv: readonly string[], world: World): Promise<number> {
  try {
    return await dispatch(argv, world);
  } catch (error) {
    if (error instanceof UsageError || error instanceof ConfigError) {
      world.complain(`npd-plugins: ${oneLine(error.message)}\n`);
      return EXIT.usage;
    }
    world.complain(`npd-plugins: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return EXIT.internal;
  }
}

async function dispatch(argv: readonly string[], world: World): Promise<number> {
  const [first = ''] = argv;
  if (first === 'help' || (first === '--help' && argv.length === 1)) return print(world, programHelp(commands));
  if (first === '--version') return print(world, `${versionText()}\n`);
  const isNamed = first !== '' && !first.startsWith('-');
  const entry = commands.find(({ name }) => name === (isNamed ? first : 'demo'));
  if (entry === undefined) {
    throw new UsageError(`unknown command ${quote(first)}; known are ${commands.map(({ name }) => name).join(', ')}`);
  }
  const command = await entry.load();
  const args = parseCommandLine(entry, command, isNamed ? argv.slice(1) : argv);
  if (args.values['help'] === true) return print(world, commandHelp(entry, command));
  if (args.values['version'] === true) return print(world, `${versionText()}\n`);
  const level = logWord(args, world, 'log-level', LOG_LEVELS) ?? command.logLevel;
  const format = logWord(args, world, 'log-format', LOG_FORMATS) ?? 'auto';
  const log = await createLogger({ level, format, isTerminal: world.isTerminal, write: world.complain });
  return await command.run(args, { ...world, log });
}

/** A flag, else its environment variable; an empty variable counts as none. */
function logWord<T extends string>(args: ParsedArgs, { env }: World, name: string, words: readonly T[]): T | undefined {
  const variable = name.toUpperCase().replace('-', '_');
  const [given, from] = [text(args, name), `--${name}`];
  if (given !== undefined) return oneOf(given, words, from);
  const inherited = env[variable];
  return inherited === undefined || inherited === '' ? undefined : oneOf(inherited, words, `environment variable ${variable}`);
}

function print(world: World, text: string): number {
  world.out(text);
  return EXIT.ok;
}
