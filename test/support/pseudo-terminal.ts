import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { type TerminalPicture, terminalPicture } from './terminal-picture.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** The program on a real terminal that script(1) holds the other end of. Everything is killed when disposed. */
export interface OnTerminal extends AsyncDisposable {
  readonly pid: number;
  /** Everything that was written to the terminal so far. */
  readonly output: () => string;
  /** What stands on it now. */
  readonly picture: () => TerminalPicture;
  /** As if typed, e.g. `\u0003` for Ctrl-C. */
  readonly type: (keys: string) => void;
  readonly resize: (size: TerminalSize) => void;
  /** Reads no further, or goes on. */
  readonly stopReading: () => void;
  readonly goOnReading: () => void;
  /** The terminal is gone, as when its window is closed. */
  readonly hangUp: () => void;
  /** The exit code of the program, and nothing is written any more. */
  readonly ended: Promise<number | null>;
}

export interface TerminalOptions {
  readonly size: TerminalSize;
  readonly env?: Readonly<Record<string, string>>;
  /** Another program of this project than the command line. */
  readonly main?: string;
  /** What the shell on the terminal does with the program's command line. */
  readonly shell?: (program: string) => string;
}

/** Why there is no terminal for the tests, or undefined. */
export function noTerminal(): string | undefined {
  const missing = ['script', 'stty'].find((program) => spawnSync(program, ['--version']).status !== 0);
  return missing === undefined ? undefined : `needs ${missing}(1)`;
}

/** Starts `npd-plugins ARGS` on a terminal. No environment is passed on but PATH. */
export async function startOnTerminal(args: readonly string[], { size, env = {}, main = MAIN, shell: inShell = (program) => `exec ${program}` }: TerminalOptions): Promise<OnTerminal> {
  const words = [process.execPath, main, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const script = `stty cols ${size.columns} rows ${size.rows}; ${inShell(words)}`;
  const child: ChildProcess = spawn('script', ['--quiet', '--return', '--flush', '--command', script, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
  });
  let output = '';
  let { columns, rows } = size;
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stdin?.on('error', () => {});
  const ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  const shell = await eventually('the shell', () => childrenOf(child.pid ?? 0)[0]);
  const pid = await eventually('the program', () => [shell, ...childrenOf(shell)].find((found) => commandLineOf(found).includes(`${main}\0`)));
  const terminal = readlinkSync(`/proc/${pid}/fd/1`);
  return {
    pid,
    output: () => output,
    picture: () => terminalPicture(output, rows),
    type: (keys) => void child.stdin?.write(keys),
    resize(next) {
      ({ columns, rows } = next);
      // The kernel tells the terminal's processes (SIGWINCH), as with a real window: tty_ioctl(4), TIOCSWINSZ.
      spawnSync('stty', ['-F', terminal, 'cols', String(columns), 'rows', String(rows)]);
    },
    stopReading: () => void child.kill('SIGSTOP'),
    goOnReading: () => void child.kill('SIGCONT'),
    hangUp: () => void child.kill('SIGKILL'),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGCONT');
      for (const running of [pid, shell]) if (commandLineOf(running) !== '') kill(running);
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

/** See proc_pid_task(5); a process that is gone has none. */
function childrenOf(pid: number): readonly number[] {
  return textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter((word) => word !== '').map(Number);
}

/** Empty for a process that is gone. */
function commandLineOf(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
