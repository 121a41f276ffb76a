import type { Look } from './check.ts';
import type { Clock } from './clock.ts';
import { messageOf } from './errors.ts';
import type { Logger } from './log.ts';
import { cutToBytes, oneLine } from './text.ts';
import type { Problem } from './verdict.ts';

const MOST = 3;
/** Of what stands behind a message. */
export const LONGEST_CONTRIBUTORS_BYTES = 200;

export interface Asking {
  /** Of this one it is to be known now. */
  readonly isWanted: (problem: Problem) => boolean;
  /** Then it is given up: the finding counts, whoever it was. */
  readonly limitMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** Gives the look with the contributors to those of its problems of which they are wanted. Never rejects. */
export async function withContributors(look: Look, asking: Asking): Promise<Look> {
  const { contributorsTo } = look;
  const wanted = new Set(look.verdicts.filter((verdict) => verdict.kind === 'problem').filter(asking.isWanted));
  if (contributorsTo === undefined || wanted.size === 0) return look;
  const until = new AbortController();
  const signal = AbortSignal.any([asking.signal, until.signal]);
  const late = Promise.withResolvers<undefined>();
  const cancel = asking.clock.schedule(asking.limitMs, () => {
    until.abort(new Error(`not found within ${asking.limitMs} ms`));
    late.resolve(undefined);
  });
  const verdicts = await Promise.all(look.verdicts.map(async (verdict) => {
    if (verdict.kind !== 'problem' || !wanted.has(verdict)) return verdict;
    const found = await Promise.race([ask(contributorsTo, verdict, signal, asking.log), late.promise]);
    return found === undefined || found.length === 0 ? verdict : { ...verdict, contributors: found };
  }));
  cancel();
  return { ...look, verdicts };
}

async function ask(find: NonNullable<Look['contributorsTo']>, problem: Problem, signal: AbortSignal, log: Logger): Promise<Problem['contributors']> {
  try {
    return await find(problem, signal);
  } catch (cause) {
    log.debug({ subject: problem.subject, problem: messageOf(cause) }, 'could not tell who contributes');
    return undefined;
  }
}

/** What stands behind the message of a problem, or undefined for nothing: its outlook, or else at most three who contribute; 200 bytes. Pure. */
export function contributorsText({ contributors = [], outlook }: Pick<Problem, 'contributors' | 'outlook'>): string | undefined {
  if (outlook === undefined && contributors.length === 0) return undefined;
  const text = outlook === undefined ? `most by ${contributors.slice(0, MOST).map(oneLine).join(', ')}` : oneLine(outlook);
  return cutToBytes(text, LONGEST_CONTRIBUTORS_BYTES);
}
