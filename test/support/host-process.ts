import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface LineProcess {
  readonly child: ChildProcess;
  /** Exit code and signal, once it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Starts a program and hands over what it writes, line by line; `stream` tells standard output from standard error. */
export function startProcess(command: string, args: readonly string[], onLine: (line: string, stream: 'stdout' | 'stderr') => void): LineProcess {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = Promise.all([
    new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve({ code, signal }));
    }),
    forEachLine(child.stdout, (line) => onLine(line, 'stdout')),
    forEachLine(child.stderr, (line) => onLine(line, 'stderr')),
  ]).then(([end]) => end);
  return { child, ended };
}

async function forEachLine(stream: Readable | null, onLine: (line: string) => void): Promise<void> {
  if (stream === null) return;
  for await (const line of createInterface({ input: stream })) onLine(line);
}

export const NODE_NAME = 'recorded-node';

/** The flags that every recording uses: our own API server, and the log lines of level 4. */
export function apiServerFlags(apiUrl: string): readonly string[] {
  return [`--apiserver-override=${apiUrl}?inClusterConfig=false`, '--apiserver-wait-timeout=5s', '--apiserver-wait-interval=1s', '--v=4'];
}

/** Without ports, and with nothing but external monitors. */
export function hostFlags(apiUrl: string, configPaths: readonly string[]): readonly string[] {
  return [...apiServerFlags(apiUrl), `--hostname-override=${NODE_NAME}`, '--port=0', '--prometheus-port=0', `--config.external-monitor=${configPaths.join(',')}`];
}

/** What the host's log says about its plugin, in our words; undefined for lines that say nothing new. */
export function hostSays(line: string): string | undefined {
  for (const [pattern, words] of LOG_WORDS) {
    const match = pattern.exec(line);
    if (match !== null) return words.replaceAll(/\$(\d)/g, (_, index: string) => match[Number(index)] ?? '');
  }
  return undefined;
}

const LOG_WORDS: readonly (readonly [RegExp, string])[] = [
  [/Connected to external monitor: (\S+)/, 'dialled'],
  [/metadata: version=(\S*), api_version=(\S*)/, 'got metadata'],
  [/Failed to fetch metadata from \S+?(?: after reconnection)?: rpc error: code = (\w+)/, 'no metadata: $1'],
  [/Initial connection failed for \S+: (.*)/, 'first dial failed: $1'],
  [/Skipping health check/, 'poll skipped: not connected'],
  [/Transient error in \S+: rpc error: code = (\w+)/, 'poll failed: $1'],
  [/Operation CheckHealth not implemented/, 'poll failed: Unimplemented'],
  [/Error in \S+\.CheckHealth: rpc error: code = (\w+)/, 'poll failed: $1'],
  [/Too many errors for \S+ \((\d+)\)/, '$1 errors in a row: reconnect'],
  [/Attempting reconnection for \S+ \(attempt (\d+)\) in (\S+)/, 'reconnect attempt $1 after $2'],
  [/Socket \S+ not available/, 'reconnect: no socket file'],
  [/Successfully reconnected/, 'reconnect: done'],
  [/Giving up reconnection for \S+ after (\d+) attempts/, 'gives up after $1 attempts'],
  [/Failed to send stop signal to \S+: rpc error: code = (\w+)/, 'Stop failed: $1'],
  [/Stopping external monitor proxy/, 'stops the monitor'],
  [/External monitor proxy stopped/, 'monitor stopped'],
  [/failed to update node conditions/, 'PATCH failed, again in 10 s'],
  [/Status channel full/, 'status dropped: channel full'],
];
