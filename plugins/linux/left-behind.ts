import type { ChildResult, RunChild } from './child.ts';

/** Children that wait in the kernel for a disk that is dead, 0.2 MiB each. */
const MOST_LEFT_BEHIND = 8;

/**
 * Runs as `run` does, but never asks again what it left behind unanswered as long as that child is there, nor anything once
 * there are eight of them: looks that come round for ever would fill the node with processes that nobody can end.
 */
export function withoutRepeats(run: RunChild): RunChild {
  const leftBehind = new Map<string, ChildResult>();
  return async (request) => {
    const key = JSON.stringify([request.command, ...request.args]);
    const before = leftBehind.get(key);
    if (before !== undefined) return before;
    if (leftBehind.size >= MOST_LEFT_BEHIND) return { kind: 'failed-to-start', message: `${MOST_LEFT_BEHIND} others do not answer`, cause: undefined };
    const result = await run(request);
    if (result.kind === 'abandoned') {
      leftBehind.set(key, result);
      void result.ended.finally(() => leftBehind.delete(key));
    }
    return result;
  };
}
