import type { Backoff } from '../kube-node-ready/given.ts';

/** As kube-node-ready waits between two attempts. */
const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
const LINEAR_MS = 5_000;

/** Each up to this share shorter, so that nodes which start at once do not ask in step. */
const JITTER = 0.1;

/**
 * How long to wait before this retry, in milliseconds. Pure.
 *
 * @param retry 1 for the first
 * @param random in [0, 1)
 */
export function waitMs(backoff: Backoff, retry: number, random: number): number {
  const ms = backoff === 'linear' ? LINEAR_MS : Math.min(FIRST_MS * 2 ** (retry - 1), LONGEST_MS);
  return Math.round(ms * (1 - JITTER * random));
}
