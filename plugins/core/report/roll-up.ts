import type { ConditionSpec } from '../conditions.ts';
import { joinToBytes } from '../text.ts';
import type { Conclusion } from './conclude.ts';

/**
 * Worst of the conditions that `spec` rolls up: the first that has a problem gives reason and message, else all that are unknown
 * are named, else what none of them judges. Nothing is raised of its own, so that no event is told twice.
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
  if (worst !== undefined) return { kind: 'problem', reason: spec.rollUpReason ?? worst.reason, message: told(problems), raised: [] };
  const unknown = parts.filter(({ kind }) => kind === 'unknown');
  if (unknown.length > 0 || parts.length === 0) {
    return { kind: 'unknown', reason: spec.unknownReason, message: unknown.length > 0 ? told(unknown) : 'nothing to roll up', raised: [] };
  }
  const [first] = parts;
  const nowhere = [spec.notApplicableReason, ...(spec.moreNotApplicableReasons ?? [])];
  if (spec.provesHealth === true && parts.every(({ isJudged }) => isJudged === false)) {
    return { kind: 'unknown', reason: spec.unknownReason, message: joinToBytes([`nothing is judged: ${unique(parts.map(({ message }) => message)).join('; ')}`]), raised: [] };
  }
  if (first !== undefined && parts.every(({ reason }) => nowhere.includes(reason))) return { kind: 'healthy', reason: first.reason, message: joinToBytes(unique(parts.map(({ message }) => message))), raised: [] };
  const notJudged = unique(parts.flatMap(({ notJudged = [] }) => notJudged));
  const message = joinToBytes([spec.healthy.message, ...(notJudged.length > 0 ? [`not judged: ${notJudged.join('; ')}`] : [])]);
  return { kind: 'healthy', reason: spec.healthy.reason, message, raised: [] };
}

function unique(messages: readonly string[]): readonly string[] {
  return [...new Set(messages)];
}

function told(parts: readonly { readonly type: string; readonly message: string }[]): string {
  return joinToBytes(parts.map(({ type, message }) => `${type}: ${message}`));
}
