import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { V8_FLAGS } from '../../cli/v8-flags.ts';
import { eventually } from './eventually.ts';

export type Line = Readonly<Record<string, unknown>>;

/** A program of ours in a process of its own, which reports by JSON lines; killed at the end of the test. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  readonly lines: readonly Line[];
  /** Waits until a line with this message was written, `count` of them. */
  readonly said: (message: string, count?: number) => Promise<Line>;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** The exit code, or the signal that ended it. */
  readonly ended: () => Promise<number | NodeJS.Signals | null>;
}

export function startProgram(file: string, ...args: readonly string[]): Program {
  return follow(spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] }));
}

/** The same as another user, with that user's group and no other; needs root. */
export function startProgramAs(uid: number, file: string, ...args: readonly string[]): Program {
  return follow(spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'], uid, gid: uid }));
}

function follow(child: ChildProcessByStdio<null, Readable, null>): Program {
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const lines: Line[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line) as Line));
  return {
    pid: child.pid ?? 0,
    lines,
    said: (message, count = 1) =>
      eventually(`${count} times ${JSON.stringify(message)} after ${JSON.stringify(lines.at(-1))}`, () => lines.filter((line) => line['message'] === message)[count - 1]),
    kill: (signal) => void child.kill(signal),
    async ended() {
      const [code, signal] = await exited;
      return code ?? signal;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGCONT');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

const SERVER = join(import.meta.dirname, 'rpc-server-main.ts');

/** A server process that is ready. What it costs in memory depends on the flags. */
export async function startServer(socketPath: string, ...args: readonly string[]): Promise<Program> {
  const program = follow(spawn(process.execPath, [...V8_FLAGS, SERVER, socketPath, ...args], { stdio: ['ignore', 'pipe', 'inherit'] }));
  try {
    await program.said('ready');
    return program;
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  }
}

/** Private memory, see proc_pid_status(5). */
export function rssAnonKiB({ pid }: Program): number {
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
