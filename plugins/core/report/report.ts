import type { Look } from '../check.ts';
import type { ConditionSpec } from '../conditions.ts';
import type { Condition, ConditionStatus } from '../status.ts';
import type { Problem } from '../verdict.ts';
import { type Conclusion, type KnownCheck, findingsText } from './conclude.ts';
import { type Concluded, concludedAt, isStillSo } from './concluded.ts';
import { isAboutToRaise, neverLooked, observe, reasonSpec } from './observe.ts';
import { consume, emptyQueue, enqueue } from './queue.ts';
import { rollUp } from './roll-up.ts';
import type { CheckPlan, ConditionState, EventQueue, Moment, ReportPlan, ReportState } from './state.ts';

/** Nothing known yet: every condition is Unknown since `now`. Throws if a check feeds a condition that is not in the table. */
export function startReport(plan: ReportPlan, now: Moment): ReportState {
  const types = new Set(plan.specs.map(({ type }) => type));
  for (const { name, condition } of plan.checks) {
    if (condition !== undefined && !types.has(condition)) throw new Error(`check ${name} feeds ${condition}, which is not in the condition table`);
  }
  const checks = new Map(plan.checks.map(({ name }) => [name, neverLooked]));
  return settle(plan, { checks, conditions: new Map(), queue: emptyQueue }, now);
}

/** Of a check that only tells events: no problem of it is known. */
const NO_CONDITION: Pick<ConditionSpec, 'type' | 'reasons'> = { type: 'a check that only tells events', reasons: [] };

/** Folds one look of one check in. Throws on a check or condition that the plan does not know. */
export function recordLook(plan: ReportPlan, state: ReportState, checkName: string, look: Look, now: Moment): ReportState {
  const after = observe(state.checks.get(checkName) ?? neverLooked, look, patienceOf(plan, checkName), now);
  const queue = (look.events ?? []).reduce<EventQueue>(
    (queue, event) => enqueue(queue, { ...event, timestampMs: now.wallMs }),
    state.queue,
  );
  return settle(plan, { ...state, checks: new Map(state.checks).set(checkName, after), queue }, now);
}

/** Will this problem be told for the first time if its look is recorded at this time? Throws as `recordLook` does. */
export function isNews(plan: ReportPlan, state: ReportState, checkName: string, problem: Problem, atMs: number): boolean {
  return isAboutToRaise(state.checks.get(checkName) ?? neverLooked, problem, patienceOf(plan, checkName), atMs);
}

function patienceOf({ specs, checks, immediate }: ReportPlan, checkName: string): Pick<ConditionSpec, 'type' | 'reasons' | 'provesHealth'> {
  const check = checks.find(({ name }) => name === checkName);
  if (check !== undefined && check.condition === undefined) return NO_CONDITION;
  const spec = specs.find(({ type }) => type === check?.condition);
  if (spec === undefined) throw new Error(`no check ${checkName} with a condition in the plan`);
  return immediate ? { ...spec, reasons: spec.reasons.map((row) => ({ ...row, raiseAfterMs: 0, clearAfterMs: 0 })) } : spec;
}

/** Lets time pass: what has grown too old becomes Unknown. Gives back the very same state if nothing changes. */
export function settle(plan: ReportPlan, state: ReportState, now: Moment): ReportState {
  let { conditions, queue } = state;
  const conclusions = conclusionsOf(plan, state, now);
  for (const spec of plan.specs) {
    const conclusion = conclusions.get(spec.type);
    if (conclusion === undefined) continue;
    const before = conditions.get(spec.type);
    const after = nextCondition(spec, before, conclusion, now);
    queue = announce(queue, spec, before, conclusion, now);
    if (after !== before) conditions = new Map(conditions).set(spec.type, after);
  }
  return conditions === state.conditions && queue === state.queue ? state : { ...state, conditions, queue };
}

/** By condition type; what rolls up others comes after them. */
function conclusionsOf(plan: ReportPlan, state: ReportState, now: Moment): ReadonlyMap<string, Conclusion> {
  const plain = plan.specs.filter(({ rollUpOf }) => rollUpOf === undefined);
  const conclusions = new Map(plain.map((spec) => [spec.type, conclusionOf(plan, state, spec, now)]));
  for (const spec of plan.specs) if (spec.rollUpOf !== undefined) conclusions.set(spec.type, rollUp(spec, conclusions));
  return conclusions;
}

/** Of the checks that feed it: the one before, while that is still so. */
function conclusionOf(plan: ReportPlan, state: ReportState, spec: ConditionSpec, now: Moment): Conclusion {
  const { checksOf, concluded } = factsOf(plan);
  const checks = (checksOf.get(spec.type) ?? []).map((check): KnownCheck => ({ plan: check, state: state.checks.get(check.name) ?? neverLooked }));
  const before = concluded.get(spec.type);
  if (before !== undefined && isStillSo(before, checks, now)) return before.conclusion;
  const after = concludedAt(spec, checks, now);
  concluded.set(spec.type, after);
  return after.conclusion;
}

/** What every look and every poll would find out anew, though it concerns one check of many: a plan never changes, and what is known of a check is never changed in place. */
interface PlanFacts {
  readonly checksOf: ReadonlyMap<string | undefined, readonly CheckPlan[]>;
  readonly concluded: Map<string, Concluded>;
}

const facts = new WeakMap<ReportPlan, PlanFacts>();

function factsOf(plan: ReportPlan): PlanFacts {
  const known = facts.get(plan) ?? { checksOf: Map.groupBy(plan.checks, ({ condition }) => condition), concluded: new Map() };
  facts.set(plan, known);
  return known;
}

function nextCondition(spec: ConditionSpec, before: ConditionState | undefined, conclusion: Conclusion, now: Moment): ConditionState {
  const { reason, message } = conclusion;
  const status = statusOf(spec, conclusion);
  const announced = nextAnnounced(before, conclusion);
  const isSame = before !== undefined && before.status === status && before.reason === reason
    && before.message === message && before.announced.join() === announced.join();
  if (isSame) return before;
  const transitionMs = before?.status === status ? before.transitionMs : now.wallMs;
  return { status, transitionMs, reason, message, announced };
}

function statusOf({ polarity }: ConditionSpec, { kind }: Conclusion): ConditionStatus {
  if (kind === 'unknown') return 'Unknown';
  return (kind === 'problem') === (polarity === 'problem') ? 'True' : 'False';
}

/** An episode lasts until the condition is known to be healthy again: Unknown in between neither ends nor repeats it. */
function nextAnnounced(before: ConditionState | undefined, { kind, raised }: Conclusion): readonly string[] {
  const announced = before?.announced ?? [];
  if (kind === 'healthy') return [];
  return [...new Set([...announced, ...raised.map(({ reason }) => reason)])];
}

function announce(
  queue: EventQueue, spec: ConditionSpec, before: ConditionState | undefined, conclusion: Conclusion, now: Moment,
): EventQueue {
  const told = before?.announced ?? [];
  const timestampMs = now.wallMs;
  if (conclusion.kind === 'healthy' && told.length > 0) {
    const message = `${spec.type} is over (was ${told.join(', ')}): ${spec.healthy.message}`;
    return enqueue(queue, { severity: 'info', timestampMs, reason: spec.healthy.reason, message });
  }
  const fresh = nextAnnounced(before, conclusion).filter((reason) => !told.includes(reason));
  return fresh.reduce<EventQueue>((queue, reason) => {
    const message = findingsText(conclusion.raised.filter((finding) => finding.reason === reason));
    return enqueue(queue, { severity: reasonSpec(spec, reason)?.severity ?? 'warn', timestampMs, reason, message });
  }, queue);
}

/** The conditions of the table, in its order. */
export function conditionsOf(plan: ReportPlan, state: ReportState): readonly Condition[] {
  return plan.specs.flatMap(({ type }) => {
    const known = state.conditions.get(type);
    if (known === undefined) return [];
    const { status, transitionMs, reason, message } = known;
    return [{ type, status, transitionMs, reason, message }];
  });
}

/** The reasons of one condition that are raised now, also beside the worst one that it names; in the table's order. */
export function raisedReasons(plan: ReportPlan, state: ReportState, spec: ConditionSpec, now: Moment): readonly string[] {
  const { raised } = conclusionOf(plan, state, spec, now);
  return [...new Set(raised.map(({ reason }) => reason))];
}

/** Forgets the events with these ids: a reply that carried them was written. */
export function eventsDelivered(state: ReportState, ids: ReadonlySet<number>): ReportState {
  const queue = consume(state.queue, ids);
  return queue === state.queue ? state : { ...state, queue };
}
