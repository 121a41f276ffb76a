import type { Look } from '../check.ts';
import type { ConditionSpec, ReasonSpec } from '../conditions.ts';
import { type Problem, type Verdict, unknown } from '../verdict.ts';
import { type CheckState, type Finding, type Gap, type Moment, type Patience } from './state.ts';

/** More than these are neither tracked nor told one by one: what comes from outside must not fill the memory. */
const MOST_TRACKED = 64;

export const neverLooked: CheckState = {
  lookedAt: undefined, findings: [], gaps: [], notApplicable: undefined, appliesNowhere: false, memo: undefined,
};

/**
 * Folds one look into what is known of its check. Pure.
 * A finding that is not seen because its subject could not be looked at is neither cleared nor forgotten.
 */
export function observe(before: CheckState, look: Look, spec: ConditionSpec, now: Moment): CheckState {
  const verdicts = look.verdicts.map((verdict) => inTable(verdict, spec));
  const missing = verdicts.filter((verdict) => verdict.kind === 'not-applicable');
  const appliesNowhere = missing.length > 0 && missing.length === verdicts.length;
  const gaps = gapsOf(verdicts, before);
  return {
    lookedAt: now,
    findings: appliesNowhere ? [] : findingsOf(verdicts, before, gaps, spec, now),
    gaps,
    notApplicable: missing.length > 0 ? missing.map(({ message }) => message).join('; ') : undefined,
    appliesNowhere,
    memo: look.memo === undefined ? before.memo : look.memo,
  };
}

/** A reason that is not in the table would be invisible to everybody who reads the documentation: it is a bug, told as unknown. */
function inTable(verdict: Verdict, spec: ConditionSpec): Verdict {
  if (verdict.kind !== 'problem' || reasonSpec(spec, verdict.reason) !== undefined) return verdict;
  return unknown(`reason ${verdict.reason} is not in the table of ${spec.type}: ${verdict.message}`);
}

export function reasonSpec(spec: ConditionSpec, reason: string): ReasonSpec | undefined {
  return spec.reasons.find((row) => row.reason === reason);
}

function gapsOf(verdicts: readonly Verdict[], before: CheckState): readonly Gap[] {
  const gaps = new Map<string, Gap>();
  for (const verdict of verdicts) {
    if (verdict.kind !== 'unknown' || gaps.size >= MOST_TRACKED) continue;
    const subject = verdict.subject ?? EVERYTHING;
    const known = gaps.get(subject);
    const message = known === undefined ? verdict.message : `${known.message}; ${verdict.message}`;
    gaps.set(subject, { subject, message, knownAtMs: knownAtMs(subject, before) });
  }
  return [...gaps.values()];
}

/** The subject of a gap that covers the whole check. */
const EVERYTHING = '';

function knownAtMs(subject: string, before: CheckState): number {
  const gap = before.gaps.find((gap) => gap.subject === subject || gap.subject === EVERYTHING);
  return gap?.knownAtMs ?? before.lookedAt?.monotonicMs ?? -Infinity;
}

/** Does this gap hide what is known of `subject`? */
export function hides(gap: Gap, subject: string): boolean {
  return gap.subject === EVERYTHING || gap.subject === subject;
}

function findingsOf(
  verdicts: readonly Verdict[], before: CheckState, gaps: readonly Gap[], spec: ConditionSpec, now: Moment,
): readonly Finding[] {
  const seen = new Map<string, Problem>();
  for (const verdict of verdicts) if (verdict.kind === 'problem') seen.set(keyOf(verdict), verdict);
  const next: Finding[] = [];
  for (const old of before.findings) {
    const patience = reasonSpec(spec, old.reason) ?? { raiseAfterMs: 0, clearAfterMs: 0 };
    const verdict = seen.get(keyOf(old));
    seen.delete(keyOf(old));
    if (verdict !== undefined) next.push(still(old, verdict, patience, now));
    else if (gaps.some((gap) => hides(gap, old.subject))) next.push(old);
    else next.push(...fading(old, patience, now));
  }
  for (const { reason, subject, message, isUrgent } of seen.values()) {
    const isRaised = isUrgent === true || (reasonSpec(spec, reason)?.raiseAfterMs ?? 0) <= 0;
    next.push({ reason, subject, message, sinceMs: now.monotonicMs, goneSinceMs: undefined, isRaised });
  }
  return next.slice(0, MOST_TRACKED);
}

function still(old: Finding, { message, isUrgent }: Problem, { raiseAfterMs }: Patience, now: Moment): Finding {
  const isRaised = old.isRaised || isUrgent === true || now.monotonicMs - old.sinceMs >= raiseAfterMs;
  return { ...old, message, goneSinceMs: undefined, isRaised };
}

function fading(old: Finding, { clearAfterMs }: Patience, now: Moment): readonly Finding[] {
  const goneSinceMs = old.goneSinceMs ?? now.monotonicMs;
  const isOver = !old.isRaised || now.monotonicMs - goneSinceMs >= clearAfterMs;
  return isOver ? [] : [{ ...old, goneSinceMs }];
}

function keyOf({ reason, subject }: { readonly reason: string; readonly subject: string }): string {
  return `${reason}\0${subject}`;
}
