import { ConfigError, quote } from '../../core/errors.ts';

/** How many targets must be reached: `of` is there so that nobody adds a target and forgets the quorum. */
export interface Quorum {
  readonly least: number | 'all';
  readonly of?: number;
}

/**
 * `all`, `2`, or `2 of 3`. Pure.
 *
 * @returns what is wrong with it where it is none
 */
export function readQuorum(text: string): Quorum | string {
  if (text === 'all') return { least: 'all' };
  const { least: few, of: many } = /^(?<least>[1-9]\d{0,3})(?: of (?<of>[1-9]\d{0,3}))?$/.exec(text)?.groups ?? {};
  if (few === undefined) return `expected all, a number from 1, or e.g. "2 of 3", got ${quote(text)}`;
  if (many === undefined) return { least: Number(few) };
  return Number(few) > Number(many) ? `${quote(text)} can never be reached` : { least: Number(few), of: Number(many) };
}

/**
 * How many of so many targets must be reached. Pure. The two settings are read one by one, and NPD may send
 * either with a poll, so that they fit together is told here. Throws ConfigError naming the setting.
 */
export function requiredCount(targetQuorum: string, targetCount: number): number {
  const quorum = readQuorum(targetQuorum);
  if (typeof quorum === 'string') throw new ConfigError('targetQuorum', quorum);
  const { least, of = targetCount } = quorum;
  if (least === 'all') return targetCount;
  const given = targetCount === 1 ? '1 target is' : `${targetCount || 'no'} targets are`;
  if (of !== targetCount) throw new ConfigError('targetQuorum', `${quote(targetQuorum)} does not fit: ${given} set in targets`);
  if (least > targetCount) throw new ConfigError('targetQuorum', `${quote(targetQuorum)} can never be reached: ${given} set in targets`);
  return least;
}
