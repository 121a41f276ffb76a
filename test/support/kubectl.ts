import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { temporaryFolder } from './eventually.ts';

export interface KubectlEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Why there is none to run; undefined where there is. */
export function whyNoKubectl(): string | undefined {
  return spawnSync('kubectl', ['version', '--client']).status === 0 ? undefined : 'needs kubectl';
}

/** Asks an API server, without a configuration of its own, and tells times in UTC. The server may be in this process. */
export async function kubectl(server: string, ...args: readonly string[]): Promise<KubectlEnd> {
  using home = temporaryFolder();
  const child = spawn('kubectl', [`--server=${server}`, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], TZ: 'UTC', HOME: home.path } });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null]>]);
  return { code, stdout, stderr };
}
