import type { Condition } from '../plugins/core/status.ts';

/** What the process ends with; scripts and NPD's custom plugin monitor act on it. */
export const EXIT = { ok: 0, problem: 1, unknown: 2, usage: 64, internal: 70 } as const;

/** 1 if a problem is there, 2 if something could not be told, else 0. */
export function exitCodeOf(conditions: readonly Pick<Condition, 'status'>[]): number {
  if (conditions.some(({ status }) => status === 'True')) return EXIT.problem;
  const isTold = conditions.length > 0 && conditions.every(({ status }) => status === 'False');
  return isTold ? EXIT.ok : EXIT.unknown;
}
