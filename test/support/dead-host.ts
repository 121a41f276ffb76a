import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { whyNoDeadMount } from './dead-mount.ts';
import { hostTree } from './host-tree.ts';
import { mountNamespace } from './namespaces.ts';

/**
 * A healthy host with some mounts that never answer, in a mount namespace of its own, so that nobody else on this machine meets them.
 * Disposing of it frees whoever waits for them. Needs root and /dev/fuse, see `whyNoDeadMount`.
 */
export interface DeadHost extends AsyncDisposable {
  readonly root: string;
  /** Mount points as the host knows them: `/dead/0`, … */
  readonly mountPoints: readonly string[];
  /** The command line that runs `argv` where these mounts are. */
  readonly enter: (argv: readonly string[]) => readonly [string, ...string[]];
}

export { whyNoDeadMount };

const SERVER = join(import.meta.dirname, 'dead-mount.ts');

export async function deadHost(deadMountCount: number): Promise<DeadHost> {
  await using made = new AsyncDisposableStack();
  const tree = made.use(hostTree());
  const namespace = made.use(await mountNamespace('private'));
  const enter = (argv: readonly string[]): readonly [string, ...string[]] => ['nsenter', '--mount', '--target', String(namespace.pid), '--', ...argv];
  const mountPoints = Array.from({ length: deadMountCount }, (_, index) => `/dead/${index}`);
  for (const mountPoint of mountPoints) {
    const [command, ...args] = enter([process.execPath, SERVER, join(tree.root, mountPoint), 'unanswered']);
    tree.write(join(mountPoint, '.keep'), '');
    const server = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(server, 'exit');
    made.defer(async () => {
      server.kill('SIGKILL');
      await exited;
    });
    const [first] = (await Promise.race([once(server.stdout, 'data'), exited])) as unknown[];
    if (String(first) !== 'ready') throw new Error(`no dead mount at ${mountPoint}`);
  }
  tree.write('proc/1/mountinfo', mountTable(tree.root, namespace.pid));
  const stack = made.move();
  return { root: tree.root, mountPoints, enter, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The tree's own table, and below its root (mount 27) the real lines of what is mounted in the tree, as its host would see them. */
function mountTable(root: string, pid: number): string {
  const own = readFileSync(join(root, 'proc/1/mountinfo'), 'utf8');
  const real = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n').filter((line) => line.includes(` ${root}/`));
  const seen = real.map((line) => line.replace(` ${root}/`, ' /').replace(/^(\d+) \d+/, '$1 27'));
  return `${own}${seen.join('\n')}\n`;
}
