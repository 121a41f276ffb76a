import type { Look } from '../check.ts';
import type { ConditionSpec, ReasonSpec } from '../conditions.ts';
import { contributorsText } from '../contributors.ts';
import { joinToBytes } from '../text.ts';
import { PART_MARK, type Problem, type Unknown, type Verdict, unknown } from '../verdict.ts';
import { type CheckState, type Finding, type Gap, type Moment, type Patience } from './state.ts';

/** What a condition can say; a check that only tells events has one without a reason. */
type ReasonTable = Pick<ConditionSpec, 'type' | 'reasons' | 'provesHealth'>;

/** More than these are neither tracked nor told one by one: what comes from outside must not fill the memory. */
export const MOST_TRACKED = 64;

/** One for every finding that may have to be held, and as many others. */
const MOST_GAPS = 2 * MOST_TRACKED;

export const neverLooked: CheckState = {
  lookedAt: undefined, findings: [], gaps: [], notApplicable: undefined, notApplicableReason: undefined, appliesNowhere: false, isProven: false, memo: undefined, baseline: undefined,
};

/**
 * Folds one look into what is known of its check. Pure.
 * A finding that is not seen because its subject could not be looked at is neither cleared nor forgotten.
 */
export function observe(before: CheckState, look: Look, spec: ReasonTable, now: Moment): CheckState {
  const verdicts = look.verdicts.map((verdict) => inTable(verdict, spec));
  const missing = verdicts.filter((verdict) => verdict.kind === 'not-applicable');
  const appliesNowhere = missing.length > 0 && missing.length === verdicts.length;
  // One part of it that cannot be looked at makes the rest no more judged than before.
  const isNothingJudged = verdicts.every(({ kind }) => kind === 'unknown' || kind === 'not-applicable');
  const gaps = gapsOf(verdicts, before);
  const isBlind = gaps.some(({ subject }) => subject === EVERYTHING) || verdicts.every(({ kind }) => kind === 'unknown');
  const held = isBlind ? before : neverLooked;
  return {
    lookedAt: now,
    findings: appliesNowhere ? [] : findingsOf(verdicts, before, gaps, spec, now),
    gaps,
    notApplicable: missing.length > 0 ? joinToBytes([...new Set(missing.map(({ message }) => message))]) : held.notApplicable,
    notApplicableReason: missing.length > 0 ? missing.find(({ reason }) => reason !== undefined)?.reason : held.notApplicableReason,
    appliesNowhere: appliesNowhere || held.appliesNowhere || (before.appliesNowhere && isNothingJudged),
    isProven: before.isProven || (!appliesNowhere && verdicts.every(({ kind }) => kind === 'healthy' || kind === 'not-applicable')),
    memo: look.memo === undefined ? before.memo : look.memo,
    baseline: look.baseline === undefined ? before.baseline : look.baseline,
  };
}

/** A reason that is not in the table would be invisible to everybody who reads the documentation: it is a bug, told as unknown. */
function inTable(verdict: Verdict, spec: ReasonTable): Verdict {
  if (verdict.kind !== 'problem' || reasonSpec(spec, verdict.reason) !== undefined) return verdict;
  return unknown(`reason ${verdict.reason} is not in the table of ${spec.type}: ${verdict.message}`);
}

/** The row of a condition's table with this reason (letter case counts), or undefined. */
export function reasonSpec(spec: ReasonTable, reason: string): ReasonSpec | undefined {
  return spec.reasons.find((row) => row.reason === reason);
}

/** By subject. What was unknown stays so under a look that can tell nothing at all. */
function gapsOf(verdicts: readonly Verdict[], before: CheckState): readonly Gap[] {
  const bySubject = new Map<string, Unknown[]>();
  for (const verdict of verdicts) {
    if (verdict.kind !== 'unknown') continue;
    const subject = verdict.subject ?? EVERYTHING;
    const told = bySubject.get(subject);
    if (told === undefined) bySubject.set(subject, [verdict]);
    else told.push(verdict);
  }
  const known = knownTimes(before);
  const gaps = [...bySubject].map(([subject, told]): Gap => {
    const reason = told.find((verdict) => verdict.reason !== undefined)?.reason;
    const message = joinToBytes(told.map((verdict) => verdict.message).toSorted());
    return { subject, message, ...(reason === undefined ? {} : { reason }), knownAtMs: known(subject) };
  });
  const lasting = bySubject.has(EVERYTHING) ? before.gaps.filter(({ subject }) => !bySubject.has(subject)) : [];
  return fewest([...gaps, ...lasting], before).toSorted((a, b) => (a.subject < b.subject ? -1 : 1));
}

/** The subject of a gap that covers the whole check. */
export const EVERYTHING = '';

function knownTimes({ gaps, lookedAt }: CheckState): (subject: string) => number {
  const bySubject = new Map(gaps.map(({ subject, knownAtMs }) => [subject, knownAtMs]));
  return (subject) => bySubject.get(subject) ?? bySubject.get(EVERYTHING) ?? lookedAt?.monotonicMs ?? -Infinity;
}

/** Of too many gaps those that hold a finding, then the oldest: they decide what is told. */
function fewest(gaps: readonly Gap[], { findings }: CheckState): readonly Gap[] {
  if (gaps.length <= MOST_GAPS) return gaps;
  const holding = new Set([EVERYTHING, ...findings.map(({ subject }) => subject)]);
  return gaps
    .toSorted((a, b) => Number(holding.has(b.subject)) - Number(holding.has(a.subject)) || a.knownAtMs - b.knownAtMs)
    .slice(0, MOST_GAPS);
}

/** Does this gap hide what is known of `subject`, or of the whole that it is a part of? */
export function hides(gap: Gap, subject: string): boolean {
  return gap.subject === EVERYTHING || gap.subject === subject || subject.startsWith(gap.subject + PART_MARK);
}

function findingsOf(
  verdicts: readonly Verdict[], before: CheckState, gaps: readonly Gap[], spec: ReasonTable, now: Moment,
): readonly Finding[] {
  const seen = new Map<string, Problem>();
  for (const verdict of verdicts) if (verdict.kind === 'problem') seen.set(keyOf(verdict), verdict);
  const next: Finding[] = [];
  const replaced = before.findings.filter((old) => old.goneSinceMs === undefined && !seen.has(keyOf(old)));
  for (const old of before.findings) {
    const patience = reasonSpec(spec, old.reason) ?? { raiseAfterMs: 0, clearAfterMs: 0 };
    const verdict = seen.get(keyOf(old));
    seen.delete(keyOf(old));
    if (verdict !== undefined) next.push(still(old, verdict, patience, now));
    else if (gaps.some((gap) => hides(gap, old.subject))) next.push(old);
    else next.push(...fading(old, patience, now));
  }
  for (const verdict of seen.values()) {
    const { reason, subject, message, isUrgent } = verdict;
    const earlier = predecessorsOf(verdict, replaced, spec);
    const sinceMs = Math.min(now.monotonicMs, ...earlier.map((old) => old.sinceMs));
    const isRaised = isUrgent === true || earlier.some((old) => old.isRaised) || now.monotonicMs - sinceMs >= (reasonSpec(spec, reason)?.raiseAfterMs ?? 0);
    next.push({ reason, subject, message: joinToBytes([message]), ...contributorsOf(verdict), sinceMs, goneSinceMs: undefined, isRaised });
  }
  if (next.length <= MOST_TRACKED) return next;
  return next.toSorted((a, b) => Number(b.isRaised) - Number(a.isRaised)).slice(0, MOST_TRACKED);
}

/**
 * Those that a new finding goes on from. What is to prove its health and fails in another way at each look (no answer, refused, status
 * 500) was well in none of them, so the time of one finding counts for the one in its place. But what may last longer, as slow answers
 * may, does not count for what is told sooner, unless it was told already.
 */
function predecessorsOf({ subject, reason }: Problem, replaced: readonly Finding[], spec: ReasonTable): readonly Finding[] {
  if (spec.provesHealth !== true) return [];
  const patienceMs = (of: string): number => reasonSpec(spec, of)?.raiseAfterMs ?? 0;
  return replaced.filter((old) => old.subject === subject && (old.isRaised || patienceMs(old.reason) <= patienceMs(reason)));
}

/** Once raised it keeps the contributors that it has, so that its message stays as it is. */
function still(old: Finding, verdict: Problem, { raiseAfterMs }: Patience, now: Moment): Finding {
  const isRaised = old.isRaised || verdict.isUrgent === true || now.monotonicMs - old.sinceMs >= raiseAfterMs;
  const contributors = old.isRaised ? {} : contributorsOf(verdict);
  return { ...old, message: joinToBytes([verdict.message]), ...contributors, goneSinceMs: undefined, isRaised };
}

function contributorsOf(problem: Problem): Pick<Finding, 'contributors'> {
  const text = contributorsText(problem);
  return text === undefined ? {} : { contributors: text };
}

/** Would a look at this time raise this problem, and did none before? Pure. */
export function isAboutToRaise(before: CheckState, problem: Problem, spec: ReasonTable, atMs: number): boolean {
  const old = before.findings.find((finding) => keyOf(finding) === keyOf(problem));
  if (old?.isRaised === true) return false;
  return problem.isUrgent === true || atMs - (old?.sinceMs ?? atMs) >= (reasonSpec(spec, problem.reason)?.raiseAfterMs ?? 0);
}

function fading(old: Finding, { clearAfterMs }: Patience, now: Moment): readonly Finding[] {
  const goneSinceMs = old.goneSinceMs ?? now.monotonicMs;
  const isOver = !old.isRaised || now.monotonicMs - goneSinceMs >= clearAfterMs;
  return isOver ? [] : [{ ...old, goneSinceMs }];
}

function keyOf({ reason, subject }: { readonly reason: string; readonly subject: string }): string {
  return `${reason}\0${subject}`;
}
