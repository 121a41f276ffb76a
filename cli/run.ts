import { parseArgs } from 'node:util';
import { ConfigError, UsageError, codeOf, messageOf } from '../plugins/core/errors.ts';
import { LOG_FORMATS, LOG_LEVELS, createLogger } from '../plugins/core/log.ts';
import type { Command, CommandEntry, Context, ParsedArgs } from './command.ts';
import { commands } from './commands/index.ts';
import { EXIT } from './exit-code.ts';
import { commandHelp, programHelp } from './help.ts';
import { commonOptions, oneOf, text } from './options.ts';
import { versionText } from './version.ts';

/** What `run` needs of the process; `main.ts` is the only file that touches it. */
export type World = Omit<Context, 'log'>;

/** Runs one command line (without executable and script) and gives the exit code. Never rejects. */
export async function run(argv: readonly string[], world: World): Promise<number> {
  try {
    return await dispatch(argv, world);
  } catch (error) {
    if (error instanceof UsageError || error instanceof ConfigError) {
      world.complain(`npd-plugins: ${error.message}\n`);
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
    throw new UsageError(`unknown command ${JSON.stringify(first)}; known are ${commands.map(({ name }) => name).join(', ')}`);
  }
  const command = await entry.load();
  const args = parse(entry, command, isNamed ? argv.slice(1) : argv);
  if (args.values['help'] === true) return print(world, commandHelp(entry, command));
  if (args.values['version'] === true) return print(world, `${versionText()}\n`);
  const level = oneOf(text(args, 'log-level') ?? world.env['LOG_LEVEL'] ?? command.logLevel, LOG_LEVELS, '--log-level');
  const format = oneOf(text(args, 'log-format') ?? world.env['LOG_FORMAT'] ?? 'auto', LOG_FORMATS, '--log-format');
  const log = await createLogger({ level, format, isTerminal: world.isTerminal });
  return await command.run(args, { ...world, log });
}

function parse({ name, positionals }: CommandEntry, command: Command, argv: readonly string[]): ParsedArgs {
  try {
    const options = { ...command.options, ...commonOptions };
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: positionals !== '' });
  } catch (error) {
    if (codeOf(error)?.startsWith('ERR_PARSE_ARGS') !== true) throw error;
    const [what] = messageOf(error).split('. ');
    throw new UsageError(`${what}; see npd-plugins ${name} --help`, { cause: error });
  }
}

function print(world: World, text: string): number {
  world.out(text);
  return EXIT.ok;
}
