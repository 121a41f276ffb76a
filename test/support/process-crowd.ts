import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Many real processes in a PID namespace of their own, with its /proc below a root folder as a container has its host's.
 * All end when it is disposed of. Needs root.
 */
export interface ProcessCrowd extends AsyncDisposable {
  /** Only to be seen by what `enter` starts: `proc` is the namespace's, `sys` and `etc` are this machine's. */
  readonly root: string;
  /** The command line that runs `argv` where `root` can be seen. */
  readonly enter: (argv: readonly string[]) => readonly [string, ...string[]];
}

const ROOT = '/mnt';

/** `/` bound at /mnt, its /proc that of the new PID namespace; then the crowd; the shell stays its PID 1, until standard input ends. */
const SCRIPT = `
set -e
mount --bind / ${ROOT}
mount -t proc proc ${ROOT}/proc
mount --rbind /sys ${ROOT}/sys
n=0
while [ $n -lt "$1" ]; do sleep 100000 & n=$((n + 1)); done
echo ready
cat >/dev/null
`;

/** Starts `count` processes that do nothing, and waits until they are there. */
export async function processCrowd(count: number): Promise<ProcessCrowd> {
  // The kernel ends all processes of a PID namespace with its first one.
  const argv = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', 'sh', '-c', SCRIPT, 'sh', String(count)];
  const holder = spawn('unshare', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(holder, 'exit');
  const [first] = (await Promise.race([once(holder.stdout, 'data'), exited])) as unknown[];
  if (String(first) !== 'ready\n' || holder.pid === undefined) throw new Error('the processes did not start');
  const { pid } = holder;
  return {
    root: ROOT,
    enter: (command) => ['nsenter', '--mount', '--target', String(pid), '--', ...command],
    async [Symbol.asyncDispose]() {
      holder.stdin.end();
      await exited;
    },
  };
}
