import { type Verdict, healthy, problem } from '../../core/verdict.ts';

/** Something that is counted against a limit of the kernel. */
export interface Count {
  /** What is counted, e.g. `tracked connections`. */
  readonly subject: string;
  readonly used: number;
  readonly limit: number;
  /** As the administrator knows it, e.g. `net.netfilter.nf_conntrack_max`. */
  readonly limitName: string;
}

/** Is more than this share of a limit in use? Pure. */
export function isNear({ used, limit }: Pick<Count, 'used' | 'limit'>, percent: number): boolean {
  return used * 100 > limit * percent;
}

/**
 * A problem for `reason`, a row of the condition table, where more than `percent` of the limit is in use. The message names
 * the limit and its value, which stays, and not what is in use, which moves. Pure.
 */
export function judgeCount(reason: string, count: Count, percent: number): Verdict {
  if (!isNear(count, percent)) return healthy;
  const { subject, limit, limitName } = count;
  return problem(reason, subject, `${subject}: more than ${percent}% of ${limitName} (${limit})`);
}
