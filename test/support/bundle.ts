import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { type MonitorClient, connect } from '../../plugins/rpc/client.ts';

const BUILD_SCRIPT = join(import.meta.dirname, '../../scripts/build.ts');

export interface Bundle extends Disposable {
  /** The file to start. */
  readonly path: string;
}

/** The program as it ships, built into a folder of its own. */
export async function buildBundle(): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), 'npd-plugins-bundle-'));
  await promisify(execFile)(process.execPath, [BUILD_SCRIPT, '--out', folder], { timeout: 60_000 });
  return { path: join(folder, 'npd-plugins.mjs'), [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface ServeBundleOptions {
  /** The built file. */
  readonly bundle: string;
  readonly monitors: readonly string[];
  readonly flags?: readonly string[];
  /** Puts the command line into a control group or a namespace; what it starts must become the program (exec). */
  readonly enter?: (argv: readonly string[]) => readonly [string, ...string[]];
  /** Beside PATH and LOG_FORMAT. */
  readonly env?: Readonly<Record<string, string>>;
}

/** `npd-plugins serve` as a process; killed when disposed. */
export interface ServedBundle extends AsyncDisposable {
  readonly pid: number;
  /** Talks to the first of the monitors. */
  readonly client: MonitorClient;
  /** Talks to another one; closed with the process. */
  readonly clientOf: (monitor: string) => MonitorClient;
  /** From the start of the process to the first answer to CheckHealth. */
  readonly startMs: number;
  readonly stderr: () => string;
  /** Sends SIGTERM and waits for the end; undefined if it does not end within `timeoutMs`. */
  readonly terminate: (timeoutMs: number) => Promise<Exit | undefined>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly tookMs: number;
}

const FIRST_ANSWER_WITHIN_MS = 60_000;

/** Starts the program and waits for its first answer; throws with what it said if there is none. */
export async function serveBundle({ bundle, monitors, flags = [], enter = asIs, env = {} }: ServeBundleOptions): Promise<ServedBundle> {
  const folder = mkdtempSync(join(tmpdir(), 'npd-plugins-served-'));
  const argv = [process.execPath, bundle, 'serve', ...monitors, '--socket-dir', folder, '--state-dir', folder, ...flags];
  const [command, ...args] = enter(argv);
  const startedMs = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env['PATH'], LOG_FORMAT: 'json', ...env } });
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const socketPathOf = (monitor = ''): string => join(folder, `npd-${monitor}.sock`);
  const socketPath = socketPathOf(monitors[0]);
  const client = connect(socketPath);
  const clients = [client];
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const dispose = async (): Promise<void> => {
    for (const one of clients) one.close();
    if (isRunning()) child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await firstAnswer(client, socketPath, startedMs + FIRST_ANSWER_WITHIN_MS, isRunning);
  } catch (cause) {
    await dispose();
    throw new Error(`${argv.join(' ')}: no answer; it said: ${stderr}`, { cause });
  }
  return {
    pid: child.pid ?? 0,
    client,
    clientOf(monitor) {
      const other = connect(socketPathOf(monitor));
      clients.push(other);
      return other;
    },
    startMs: performance.now() - startedMs,
    stderr: () => stderr,
    async terminate(timeoutMs) {
      const sentMs = performance.now();
      child.kill('SIGTERM');
      const ended = await Promise.race([exited, sleep(timeoutMs, undefined, { ref: false })]);
      return ended && { code: ended[0], signal: ended[1], tookMs: performance.now() - sentMs };
    },
    [Symbol.asyncDispose]: dispose,
  };
}

function asIs(argv: readonly string[]): readonly [string, ...string[]] {
  return argv as readonly [string, ...string[]];
}

/** Looks for the socket first: a client that found none waits a while before it connects again, and that is not the server's time. */
async function firstAnswer(client: MonitorClient, socketPath: string, endMs: number, isRunning: () => boolean): Promise<void> {
  while (!existsSync(socketPath)) {
    if (!isRunning() || performance.now() > endMs) throw new Error(`no socket ${socketPath}`);
    await sleep(1);
  }
  await client.checkHealth({}, 0, { timeoutMs: 30_000 });
}
