import type { Logger } from '../plugins/core/log.ts';
import type { OpenScreen } from './live/screen.ts';

/** One flag: what parseArgs needs and what `--help` says. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** What stands for the value in the help text, e.g. `PATH`. */
  readonly value?: string;
  readonly help: string;
  /** Shown as the default; applied where the flag is read. */
  readonly initial?: string;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

export interface ParsedArgs {
  readonly positionals: readonly string[];
  /** Flags given on the command line; text of a string option, true of a boolean one. */
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

/** Everything outside that a command may touch. */
export interface Context {
  /** Standard output: the answer. */
  readonly out: (text: string) => void;
  /** Standard error: the log, and talk to a person. Never waits; false if the text was dropped. */
  readonly complain: (text: string) => boolean;
  readonly log: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
  /** Takes over the terminal that standard output is; undefined where it is none. */
  readonly openScreen?: OpenScreen | undefined;
  /** Aborted by SIGTERM or SIGINT. */
  readonly signal: AbortSignal;
  /** How to start this very program again: executable and leading arguments. */
  readonly self: readonly [string, ...string[]];
}

/** A row in the list of commands. The rest is loaded when it is called: the sidecar pays for no command but its own. */
export interface CommandEntry {
  readonly name: string;
  /** What follows the name, e.g. `FILE.json...`. */
  readonly positionals: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export interface Command {
  /** More for the command's own help. */
  readonly details: readonly string[];
  readonly options: OptionTable;
  /** Least level that is logged unless asked for: commands for people are quiet, the sidecar is not. */
  readonly logLevel: 'info' | 'warn' | 'error';
  /** Gives the exit code. Throws UsageError or ConfigError for what the user can mend. */
  readonly run: (args: ParsedArgs, context: Context) => Promise<number>;
}
