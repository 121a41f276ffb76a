import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** A mount namespace of its own, which ends when it is disposed of. Needs root. */
export interface MountNamespace extends AsyncDisposable {
  /** A process in it: `/proc/<pid>/mountinfo` is its mount table. */
  readonly pid: number;
  /** Runs a program in it; throws with what it said if it fails. */
  readonly run: (command: string, ...args: readonly string[]) => string;
}

/**
 * @param propagation `private` sees no later mount of ours, `slave` sees those made on shared mounts
 */
export async function mountNamespace(propagation: 'private' | 'slave'): Promise<MountNamespace> {
  const holder = spawn('unshare', ['--mount', '--propagation', propagation, 'sh', '-c', 'echo ready; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { pid } = holder;
  if (pid === undefined) throw new Error('unshare is missing');
  await once(holder.stdout, 'data');
  return {
    pid,
    run: (command, ...args) => succeed('nsenter', '--mount', '--target', String(pid), '--', command, ...args),
    async [Symbol.asyncDispose]() {
      const ended = once(holder, 'exit');
      holder.stdin.end();
      await ended;
    },
  };
}

/** Runs a program; throws with what it said if it fails. */
export function succeed(command: string, ...args: readonly string[]): string {
  const result: SpawnSyncReturns<string> = spawnSync(command, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${result.stderr}`, { cause: result.error });
  return result.stdout;
}
