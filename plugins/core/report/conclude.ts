import type { ConditionSpec } from '../conditions.ts';
import { LONGEST_MESSAGE_BYTES, joinToBytes, oneLine } from '../text.ts';
import { EVERYTHING, hides } from './observe.ts';
import { type CheckPlan, type CheckState, type Finding, type Gap, MISSED_PERIODS, type Moment } from './state.ts';

/** What the checks of one condition come to at one moment; worst wins. */
export interface Conclusion {
  readonly kind: 'problem' | 'unknown' | 'healthy';
  readonly reason: string;
  readonly message: string;
  /** Raised findings, in the order of the reasons in the table, then by subject. */
  readonly raised: readonly Finding[];
  /** Of what is healthy: what this node has not got, or nobody may look at. */
  readonly notJudged?: readonly string[];
  /** False where no check applies to this node. */
  readonly isJudged?: boolean;
}

export interface KnownCheck {
  readonly plan: CheckPlan;
  readonly state: CheckState;
}

/** Worst of all checks that feed `spec`. Pure; the same knowledge gives the same bytes. */
export function conclude(spec: ConditionSpec, checks: readonly KnownCheck[], now: Moment): Conclusion {
  const seen = checks.map((check) => ({ findings: check.state.findings, lost: lostOf(check, now) }));
  const raised = sorted(spec, seen.flatMap(({ findings, lost }) => raisedOf(findings, lost)));
  const [worst] = raised;
  if (worst !== undefined) {
    return { kind: 'problem', reason: worst.reason, message: problemMessage(spec, raised), raised };
  }
  // Several checks may read one file, and all of them say the same of it.
  const gaps = seen.flatMap(({ lost }) => lost);
  const blind = unique([...unprovenOf(spec, checks, now), ...gaps.map(({ message }) => message)]);
  if (blind.length > 0 || checks.length === 0) {
    const message = blind.length > 0 ? joinToBytes(blind) : 'no check looks at this';
    return { kind: 'unknown', reason: gaps.find(({ reason }) => reason !== undefined)?.reason ?? spec.unknownReason, message, raised };
  }
  const missing = unique(checks.flatMap(({ state }) => state.notApplicable ?? []));
  if (checks.every(({ state }) => state.appliesNowhere)) {
    const reason = checks.find(({ state }) => state.notApplicableReason !== undefined)?.state.notApplicableReason ?? spec.notApplicableReason;
    return { kind: 'healthy', reason, message: joinToBytes(missing), raised, notJudged: missing, isJudged: false };
  }
  const notJudged = missing.length > 0 ? [`not judged: ${missing.join('; ')}`] : [];
  return { kind: 'healthy', reason: spec.healthy.reason, message: joinToBytes([spec.healthy.message, ...notJudged]), raised, notJudged: missing };
}

function unique(messages: readonly string[]): readonly string[] {
  return [...new Set(messages)];
}

/** What keeps checks from being proven that must be: their findings, though they are not raised; after a restart nothing is known of those. */
function unprovenOf(spec: ConditionSpec, checks: readonly KnownCheck[], now: Moment): readonly string[] {
  if (spec.provesHealth !== true) return [];
  const unproven = checks.filter(({ state: { lookedAt, isProven, appliesNowhere } }) => lookedAt !== undefined && !isProven && !appliesNowhere);
  const findings = sorted(spec, unproven.flatMap(({ state }) => state.findings));
  const silent = unproven.filter((check) => check.state.findings.length === 0 && lostOf(check, now).length === 0);
  const told = findings.length > 0 ? [`not verified yet: ${unique(findings.map(({ message }) => message)).join('; ')}`] : [];
  return [...told, ...silent.map(({ plan }) => `${plan.name}: not verified yet`)];
}

/** Subject and limit of each finding, then what to do about each reason; advice never crowds out more than half of the room. */
function problemMessage(spec: ConditionSpec, raised: readonly Finding[]): string {
  const told = new Set(raised.map(({ reason }) => reason));
  const advice = spec.reasons.filter((row) => told.has(row.reason) && row.advice !== '').map((row) => row.advice);
  const ending = advice.length === 0 ? '' : `. ${oneLine(advice.join(' '))}`;
  const room = LONGEST_MESSAGE_BYTES - Buffer.byteLength(ending);
  return room < LONGEST_MESSAGE_BYTES / 2 ? findingsText(raised) : findingsText(raised, room) + ending;
}

/** Who contributes stands behind each finding, as long as that crowds out no other one. */
export function findingsText(findings: readonly Finding[], maxBytes: number = LONGEST_MESSAGE_BYTES): string {
  const parts = findings.map(({ message }) => oneLine(message));
  let room = maxBytes - Buffer.byteLength(parts.join('; '));
  const told = findings.map(({ contributors }, index) => {
    const message = parts[index] ?? '';
    const long = contributors === undefined ? message : `${message}, ${oneLine(contributors)}`;
    const more = Buffer.byteLength(long) - Buffer.byteLength(message);
    if (more > room) return message;
    room -= more;
    return long;
  });
  return joinToBytes(told, maxBytes);
}

function raisedOf(findings: readonly Finding[], lost: readonly Gap[]): readonly Finding[] {
  return findings.filter((finding) => finding.isRaised && !lost.some((gap) => hides(gap, finding.subject)));
}

/** Part of the message of a condition that waits for its first look. */
export const NO_LOOK_YET = 'no look yet';

/** What cannot be told: a check that has not looked (for too long), or a gap that is older than the last known state is good for. */
export function lostOf({ plan, state: { lookedAt, gaps } }: KnownCheck, now: Moment): readonly Gap[] {
  const everything = (what: string): readonly Gap[] => [{ subject: EVERYTHING, message: `${plan.name}: ${what}`, knownAtMs: -Infinity }];
  if (lookedAt === undefined) return everything(NO_LOOK_YET);
  if (isMissed(lookedAt.monotonicMs, plan, now)) return everything(`no fresh look since ${isoSeconds(lookedAt.wallMs)}`);
  return gaps.filter((gap) => isMissed(gap.knownAtMs, plan, now));
}

function isMissed(knownAtMs: number, plan: Pick<CheckPlan, 'periodMs'>, now: Moment): boolean {
  return now.monotonicMs > goodUntilMs(knownAtMs, plan);
}

/** Monotonic: the last moment at which what was known then still counts. */
export function goodUntilMs(knownAtMs: number, { periodMs }: Pick<CheckPlan, 'periodMs'>): number {
  return knownAtMs + MISSED_PERIODS * periodMs;
}

/** By the place of the reason in the table, then by subject. Nearly always there is nothing to sort, at every look of every check. */
function sorted(spec: ConditionSpec, findings: readonly Finding[]): readonly Finding[] {
  if (findings.length < 2) return findings;
  const rank = new Map(spec.reasons.map(({ reason }, index) => [reason, index]));
  return findings.toSorted((a, b) => (rank.get(a.reason) ?? 0) - (rank.get(b.reason) ?? 0) || (a.subject < b.subject ? -1 : Number(a.subject > b.subject)));
}

/** `2026-01-31T03:12:09Z` */
function isoSeconds(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 19)}Z`;
}
