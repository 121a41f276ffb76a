import type { Condition } from '../plugins/core/status.ts';
import { positiveConditions } from '../plugins/gpu-monitor/roll-ups.ts';
import { positiveNetworkConditions } from '../plugins/network-verifier/roll-up.ts';

/** What the process ends with; scripts and NPD's custom plugin monitor act on it. */
export const EXIT = { ok: 0, problem: 1, unknown: 2, usage: 64, internal: 70 } as const;

/** 1 if a problem is there, 2 if something could not be told, else 0. */
export function exitCodeOf(conditions: readonly Pick<Condition, 'type' | 'status'>[]): number {
  const states = conditions.map(stateOf);
  if (states.includes('problem')) return EXIT.problem;
  return states.length === 0 || states.includes('unknown') ? EXIT.unknown : EXIT.ok;
}

const TRUE_IN_HEALTH: ReadonlySet<string> = new Set([...positiveConditions, ...positiveNetworkConditions]);

/** What the status means: True is the problem, but for the few conditions that are True in health. */
export function stateOf({ type, status }: Pick<Condition, 'type' | 'status'>): 'problem' | 'unknown' | 'healthy' {
  if (status === 'Unknown') return 'unknown';
  return (status === 'True') === TRUE_IN_HEALTH.has(type) ? 'healthy' : 'problem';
}
