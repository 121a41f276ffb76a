import { LONGEST_CONTRIBUTORS_BYTES } from '../contributors.ts';
import { isRecord } from '../decode.ts';
import { quote } from '../errors.ts';
import { cutToBytes } from '../text.ts';
import { type KnownCheck, lostOf } from './conclude.ts';
import { MOST_TRACKED, neverLooked } from './observe.ts';
import { type NewEvent, emptyQueue, enqueue } from './queue.ts';
import { settle } from './report.ts';
import type { CheckState, ConditionState, EventQueue, Finding, Gap, Moment, ReportPlan, ReportState } from './state.ts';

/** Raised when the meaning of a field changes; another version is a fresh start. */
const FORMAT = 1;

/**
 * What outlives the process, as JSON text: transition times, raised findings, announced reasons, memos, baselines and events
 * that nobody collected yet. Only good within the boot `bootId`.
 */
export function saveReport(plan: ReportPlan, state: ReportState, bootId: string, now: Moment): string {
  const checks = plan.checks.flatMap((check) => {
    const known = state.checks.get(check.name);
    if (known?.lookedAt === undefined) return [];
    const fields = SAVED_FIELDS.map((key) => [key, known[key]] as const);
    return [[check.name, { ...troublesOf({ plan: check, state: known }, now), ...Object.fromEntries(fields), memo: known.memo }] as const];
  });
  const baselines = plan.checks.map(({ name }) => [name, state.checks.get(name)?.baseline] as const);
  return JSON.stringify({
    format: FORMAT,
    bootId,
    checks: Object.fromEntries(checks),
    baselines: Object.fromEntries(baselines),
    conditions: Object.fromEntries(state.conditions),
    events: state.queue.pending.map(({ severity, timestampMs, reason, message }) => ({ severity, timestampMs, reason, message })),
    droppedCount: state.queue.droppedCount,
  });
}

/** What the text says of a check as it is, beside findings, gaps and what it remembers. */
export const SAVED_FIELDS = ['notApplicable', 'notApplicableReason', 'appliesNowhere', 'isProven'] as const satisfies readonly (keyof CheckState)[];

/** What stays of findings and gaps in the text, without times: those that are raised, and what cannot be told at this moment. */
export function troublesOf(check: KnownCheck, now: Moment): { readonly findings: readonly object[]; readonly gaps: readonly object[] } {
  const raised = check.state.findings.filter(({ isRaised }) => isRaised);
  return {
    findings: raised.map(({ reason, subject, message, contributors }) => ({ reason, subject, message, contributors })),
    gaps: lostOf(check, now).map(({ subject, message, reason }) => ({ subject, message, reason })),
  };
}

/**
 * Takes up where a predecessor stopped. What it knew holds for three periods, or until the first look of each check.
 * From an earlier boot only the events and the baselines are taken. Throws on a text that is not what `saveReport` writes.
 */
export function restoreReport(plan: ReportPlan, fresh: ReportState, text: string, bootId: string, now: Moment): ReportState {
  const saved: unknown = JSON.parse(text);
  if (!isRecord(saved) || saved['format'] !== FORMAT) throw new Error(`not a state file of format ${FORMAT}`);
  const queue = list(saved['events'], 'events').map(readEvent).reduce<EventQueue>(enqueue, {
    ...emptyQueue, droppedCount: count(saved['droppedCount'], 'droppedCount'),
  });
  // A file of an older version has none.
  const baselines = record(saved['baselines'] ?? {}, 'baselines');
  const checks = new Map(plan.checks.map(({ name }): [string, CheckState] => [name, { ...neverLooked, baseline: baselines[name] }]));
  if (saved['bootId'] !== bootId) return { ...fresh, checks, queue };
  for (const { name } of plan.checks) {
    const entry = record(saved['checks'], 'checks')[name];
    if (entry !== undefined) checks.set(name, { ...readCheck(record(entry, `checks.${name}`), now), baseline: baselines[name] });
  }
  const conditions = new Map<string, ConditionState>();
  for (const { type } of plan.specs) {
    const entry = record(saved['conditions'], 'conditions')[type];
    if (entry !== undefined) conditions.set(type, readCondition(record(entry, `conditions.${type}`)));
  }
  return settle(plan, { checks, conditions, queue }, now);
}

function readCheck(entry: Readonly<Record<string, unknown>>, now: Moment): CheckState {
  const findings = list(entry['findings'], 'findings').map((value): Finding => {
    const finding = record(value, 'finding');
    return {
      reason: reasonName(finding['reason'], 'reason'),
      subject: string(finding['subject'], 'subject'),
      message: string(finding['message'], 'message'),
      // A file of an older version has none.
      ...(finding['contributors'] === undefined ? {} : { contributors: cutToBytes(string(finding['contributors'], 'contributors'), LONGEST_CONTRIBUTORS_BYTES) }),
      sinceMs: now.monotonicMs,
      goneSinceMs: undefined,
      isRaised: true,
    };
  }).slice(0, MOST_TRACKED);
  const gaps = list(entry['gaps'], 'gaps').map((value): Gap => {
    const gap = record(value, 'gap');
    const reason = gap['reason'] === undefined ? {} : { reason: reasonName(gap['reason'], 'reason') };
    return { subject: string(gap['subject'], 'subject'), message: string(gap['message'], 'message'), ...reason, knownAtMs: -Infinity };
  });
  const { notApplicable, notApplicableReason } = entry;
  return {
    lookedAt: now,
    findings,
    gaps,
    notApplicable: notApplicable === undefined ? undefined : string(notApplicable, 'notApplicable'),
    notApplicableReason: notApplicableReason === undefined ? undefined : reasonName(notApplicableReason, 'notApplicableReason'),
    appliesNowhere: entry['appliesNowhere'] === true,
    isProven: entry['isProven'] === true,
    memo: entry['memo'],
    baseline: undefined,
  };
}

function readCondition(entry: Readonly<Record<string, unknown>>): ConditionState {
  const { status } = entry;
  if (status !== 'True' && status !== 'False' && status !== 'Unknown') throw new Error('status: expected True, False or Unknown');
  return {
    status,
    transitionMs: time(entry['transitionMs'], 'transitionMs'),
    reason: reasonName(entry['reason'], 'reason'),
    message: string(entry['message'], 'message'),
    announced: list(entry['announced'], 'announced').map((reason) => reasonName(reason, 'announced')),
  };
}

function readEvent(value: unknown): NewEvent {
  const event = record(value, 'event');
  return {
    severity: event['severity'] === 'warn' ? 'warn' : 'info',
    timestampMs: time(event['timestampMs'], 'timestampMs'),
    reason: reasonName(event['reason'], 'reason'),
    message: string(event['message'], 'message'),
  };
}

function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new Error(`${name}: expected an object`);
  return value;
}

function list(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${name}: expected a list`);
  return value;
}

function string(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new Error(`${name}: expected a text`);
  return value;
}

/** Perhaps one of an older table, but of the form that all have. */
function reasonName(value: unknown, name: string): string {
  const text = string(value, name);
  if (!/^[A-Za-z][A-Za-z0-9]{0,127}$/.test(text)) throw new Error(`${name}: expected a reason in CamelCase, got ${quote(text)}`);
  return text;
}

function count(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new Error(`${name}: expected a whole number ≥ 0`);
  return value;
}

/** The last millisecond of the year 9999: RFC 3339, and with it protobuf and Kubernetes, cannot write a later one. */
const LAST_TIME_MS = Date.UTC(10_000, 0) - 1;

function time(value: unknown, name: string): number {
  const ms = count(value, name);
  if (ms > LAST_TIME_MS) throw new Error(`${name}: expected a time before the year 10000`);
  return ms;
}
