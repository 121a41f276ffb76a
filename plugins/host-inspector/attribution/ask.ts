import type { Look } from '../../core/check.ts';
import type { Problem } from '../../core/verdict.ts';
import type { Share } from './processes.ts';
import type { USES } from './use.ts';

type Find = NonNullable<Look['contributorsTo']>;

/** Who has most of it, see `largestGroups`; one answer for all problems of a look. What finds out is only loaded when it is asked. */
export function groupsWithMost(root: string, what: keyof typeof USES): Find {
  let answer: Promise<readonly string[]> | undefined;
  const find = async (signal: AbortSignal): Promise<readonly string[]> => {
    const { largestGroups } = await import('./groups.ts');
    return await largestGroups(root, what, signal);
  };
  return (_problem: Problem, signal) => (answer ??= find(signal));
}

/** Who has most files open, of all processes. */
export function openFilesOf(root: string): Find {
  return async (_problem, signal) => {
    const { mostOpenFiles } = await import('./processes.ts');
    return await mostOpenFiles(root, signal);
  };
}

/** Whose these processes are, when the look has found them by itself. */
export function ownersWithMost(root: string, sharesOf: (problem: Problem) => readonly Share[]): Find {
  return async (problem, signal) => {
    const { largestOwners } = await import('./processes.ts');
    return await largestOwners(root, sharesOf(problem), signal);
  };
}
