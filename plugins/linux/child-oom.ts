import type { ChildOutcome } from './child-handle.ts';

/** What `sh` puts before its own messages, so that they are told from those of the program. */
const STARTER = 'npd-plugins-start';

/**
 * The command line that runs a program with this `oom_score_adj`. Set by the program's own process before it becomes the
 * program, so that it is in force from the first page on; everyone may raise it. Where it cannot be written the program runs all the same.
 *
 * @param environment for the program alone: with an LD_PRELOAD the shell would load the library, too, and complain of it.
 */
export function asFirstToGo(oomScoreAdj: number, [command, ...args]: readonly [string, ...string[]], environment: Readonly<Record<string, string>> = {}): readonly [string, ...string[]] {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const exports = variables.map(() => 'export "$1"; shift; ').join('');
  const script = `{ echo ${oomScoreAdj} >/proc/self/oom_score_adj; } 2>/dev/null; ${exports}exec "$@"`;
  return ['sh', '-c', script, STARTER, ...variables, command, ...args];
}

export interface NotStarted {
  readonly kind: 'failed-to-start';
  readonly message: string;
  readonly cause: unknown;
}

/** What /etc/ld.so.preload names, and is not there, the loader of the shell tells first. */
const STARTER_LINE = new RegExp(`^${STARTER}: `, 'm');

/** That the shell could not run the program, or undefined: exit 127 if there is none (or not its loader), 126 if it may not; see sh(1p), "exec". */
export function whyNotStarted(command: string, { code, stderr }: ChildOutcome): NotStarted | undefined {
  if ((code !== 126 && code !== 127) || !STARTER_LINE.test(stderr)) return undefined;
  const reason = code === 127 ? 'ENOENT' : 'EACCES';
  // As spawn would have said it.
  const message = `spawn ${command} ${reason}`;
  return { kind: 'failed-to-start', message, cause: Object.assign(new Error(message), { code: reason }) };
}
