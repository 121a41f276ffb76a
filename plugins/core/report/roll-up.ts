import type { ConditionSpec } from '../conditions.ts';
import { joinToBytes } from '../text.ts';
import type { Conclusion } from './conclude.ts';

/**
 * Worst of the conditions that `spec` rolls up: the first that has a problem gives reason and message, else all that are unknown
 * are named. Nothing is raised of its own, so that no event is told twice.
 *
 * @param conclusions of this same moment, by condition type
 */
export function rollUp(spec: ConditionSpec, conclusions: ReadonlyMap<string, Conclusion>): Conclusion {
  const parts = (spec.rollUpOf ?? []).flatMap((type) => {
    const conclusion = conclusions.get(type);
    return conclusion === undefined ? [] : [{ type, ...conclusion }];
  });
  const problems = parts.filter(({ kind }) => kind === 'problem');
  const [worst] = problems;
  if (worst !== undefined) return { kind: 'problem', reason: worst.reason, message: told(problems), raised: [] };
  const unknown = parts.filter(({ kind }) => kind === 'unknown');
  if (unknown.length > 0 || parts.length === 0) {
    return { kind: 'unknown', reason: spec.unknownReason, message: unknown.length > 0 ? told(unknown) : 'nothing to roll up', raised: [] };
  }
  const isNowhere = parts.every(({ reason }) => reason === spec.notApplicableReason);
  return { kind: 'healthy', reason: isNowhere ? spec.notApplicableReason : spec.healthy.reason, message: spec.healthy.message, raised: [] };
}

function told(parts: readonly { readonly type: string; readonly message: string }[]): string {
  return joinToBytes(parts.map(({ type, message }) => `${type}: ${message}`));
}
