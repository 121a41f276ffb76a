import type { ChildResult } from './child.ts';
import type { Unread } from './read.ts';

/** Texts of strerror(3) in the C locale, as coreutils prints them behind the last colon. */
const ABSENT: ReadonlySet<string> = new Set(['No such file or directory', 'Not a directory']);
const DENIED: ReadonlySet<string> = new Set(['Permission denied', 'Operation not permitted']);

/**
 * Why a program of coreutils did not do its work on `where`, or `hung` if it waited in the kernel until its time was over.
 *
 * @param program for the message: `stat`
 * @param timeoutMs the deadline it had
 */
export function explainFailure(where: string, program: string, result: ChildResult, timeoutMs: number): Unread | 'hung' {
  if (result.kind === 'exited') return explainExit(where, program, result);
  if (result.kind === 'failed-to-start') {
    return { kind: 'failed', message: `${where}: cannot run ${program} of coreutils: ${result.message}`, cause: result.cause };
  }
  if (result.kind === 'too-large') return { kind: 'failed', message: `${where}: ${program} took too much memory` };
  if (result.kind === 'overflow') return { kind: 'failed', message: `${where}: longer than expected` };
  if (result.kind === 'cancelled') return { kind: 'failed', message: `${where}: nobody waited for the answer` };
  // Runnable all the time: it was us that got no CPU (a cgroup's quota), which says nothing of the file system.
  if (result.atDeadline?.state !== 'R') return 'hung';
  return { kind: 'failed', message: `${where}: ${program} got no CPU time within ${timeoutMs} ms` };
}

function explainExit(where: string, program: string, { code, signal, stderr }: ChildResult & { kind: 'exited' }): Unread {
  const text = errorTextOf(stderr);
  const said = text.charAt(0).toLowerCase() + text.slice(1);
  const message = `${where}: ${said || `${program} ended with ${signal ?? code}`}`;
  if (ABSENT.has(text)) return { kind: 'absent', message };
  return { kind: DENIED.has(text) ? 'denied' : 'failed', message };
}

/** What the kernel answered, in the words of strerror(3), from the last line that a program of coreutils wrote to stderr; '' if it wrote none. */
export function errorTextOf(stderr: string): string {
  return stderr.slice(stderr.lastIndexOf(': ') + 2).trim();
}
