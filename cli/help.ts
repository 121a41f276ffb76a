import type { Command, CommandEntry, OptionTable } from './command.ts';
import { commonOptions } from './options.ts';

const INTRO = 'npd-plugins: node health for Kubernetes Node Problem Detector';

/** The list of commands. */
export function programHelp(commands: readonly CommandEntry[]): string {
  const width = Math.max(...commands.map((command) => nameOf(command).length));
  const rows = commands.map((command) => `  ${nameOf(command).padEnd(width)}  ${command.summary}`);
  return [
    INTRO, '', 'Usage: npd-plugins COMMAND [options]', '', 'Commands:', ...rows, '',
    'Without a command: demo. `npd-plugins COMMAND --help` tells more.',
    'Exit codes: 0 healthy or done, 1 problem found, 2 could not tell, 64 wrong usage, 70 internal error.', '',
  ].join('\n');
}

/** What `COMMAND --help` prints: usage, summary, details, and every flag with its default. Ends with a newline. */
export function commandHelp(entry: CommandEntry, { details, options }: Command): string {
  return [
    `Usage: npd-plugins ${nameOf(entry)} [options]`, '', entry.summary, ...details, '',
    'Options:', ...optionRows({ ...options, ...commonOptions }), '',
  ].join('\n');
}

function nameOf({ name, positionals }: CommandEntry): string {
  return positionals === '' ? name : `${name} ${positionals}`;
}

function optionRows(options: OptionTable): readonly string[] {
  const rows = Object.entries(options).map(([name, { value, help, initial }]) => {
    const left = value === undefined ? `--${name}` : `--${name} ${value}`;
    return { left, right: initial === undefined ? help : `${help} (default ${initial})` };
  });
  const width = Math.min(30, Math.max(...rows.map(({ left }) => left.length)));
  return rows.map(({ left, right }) => (left.length > width ? `  ${left}\n  ${' '.repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`));
}
