import { inspect } from 'node:util';

/** Text from outside did not have the promised form. The message quotes where, what was expected and what stood there. */
export class ParseError extends Error {
  override readonly name = 'ParseError';

  constructor(where: string, expected: string, got: string, options?: ErrorOptions) {
    super(`${where}: expected ${expected}, got ${quote(got)}`, options);
  }
}

/** A value of a configuration file, a flag or a poll parameter is wrong; `path` names it, the message carries the remedy. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly path: string;

  constructor(path: string, what: string, options?: ErrorOptions) {
    super(path === '' ? what : `${path}: ${what}`, options);
    this.path = path;
  }
}

/** The command line is wrong: exit code 64. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a person reads of a thrown value: its message (or name, where the message is empty as in AggregateError), or for what is no Error its text. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message || thrown.name;
  // Not String(): it throws for an object without a text form.
  return typeof thrown === 'string' ? thrown : inspect(thrown, { breakLength: Infinity });
}

/** The `code` of a Node.js system error (`ENOENT`, `EACCES`), or undefined. */
export function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

const LONGEST_QUOTE = 120;

/** JSON-quotes what came from outside, cut so that garbage cannot flood a log line. */
export function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text);
}
