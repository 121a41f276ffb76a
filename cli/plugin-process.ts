import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, messageOf } from '../plugins/core/errors.ts';
import type { Context, ParsedArgs } from './command.ts';
import { gpuOptions, hostOptions, networkOptions, text } from './options.ts';

/** A plugin that has not ended by then is killed. */
const END_WITHIN_MS = 3_000;

/** The folder for the sockets. Throws ConfigError that names TMPDIR. */
export function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'npd-plugins-'));
  } catch (cause) {
    throw new ConfigError('', `no temporary folder for the socket: ${messageOf(cause)}; set TMPDIR to a folder that you may write to`, { cause });
  }
}

export interface PluginOptions {
  readonly monitors: readonly string[];
  /** Of the sockets. */
  readonly folder: string;
  /** Where it also answers over HTTP. */
  readonly httpSocketPath?: string | undefined;
  /** Its log is a pipe of ours: on the terminal of the live view it would spoil that. */
  readonly hasOwnLog: boolean;
}

/** Starts `serve` with these monitors and their flags in `args`. Standard input is a pipe to it: it ends with us, even if we are killed. */
export function startPlugin(args: ParsedArgs, { self, env }: Context, { monitors, folder, httpSocketPath, hasOwnLog }: PluginOptions): ChildProcess {
  const passedOn = Object.keys({ ...hostOptions, ...gpuOptions, ...networkOptions }).flatMap((name) => flagWith(name, text(args, name)));
  const [executable, ...first] = self;
  const flags = [
    '--socket-dir', folder, '--until-stdin-ends', '--log-level', text(args, 'log-level') ?? (env['LOG_LEVEL'] || 'warn'),
    // A pipe would get JSON, but it is people who read it.
    ...flagWith('log-format', text(args, 'log-format') ?? (hasOwnLog && !env['LOG_FORMAT'] ? 'console' : undefined)),
    ...flagWith('http', httpSocketPath === undefined ? undefined : `unix:${httpSocketPath}`),
    ...flagWith('recording', text(args, 'host')),
  ];
  return spawn(executable, [...first, 'serve', ...monitors, ...flags, ...passedOn], {
    stdio: ['pipe', 'ignore', hasOwnLog ? 'pipe' : 'inherit'], env: { ...env },
  });
}

function flagWith(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [`--${name}`, value];
}

/** Ends it in good order, or else kills it. */
export async function stopPlugin(plugin: ChildProcess): Promise<void> {
  if (hasEnded(plugin)) return;
  const ended = new Promise((resolve) => plugin.once('exit', resolve));
  plugin.kill('SIGTERM');
  const isInTime = await Promise.race([ended.then(() => true), sleep(END_WITHIN_MS, false, { ref: false })]);
  if (!isInTime) plugin.kill('SIGKILL');
}

/** Whether it is gone, in whatever way. */
export function hasEnded({ exitCode, signalCode }: Pick<ChildProcess, 'exitCode' | 'signalCode'>): boolean {
  return exitCode !== null || signalCode !== null;
}
