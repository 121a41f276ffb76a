import type { Condition } from '../../plugins/core/status.ts';
import type { EventWrite } from '../../plugins/npd/events.ts';
import type { Poll } from '../poller.ts';
import type { Looks } from './looks.ts';

/** Everything the live view knows. Times are wall clock milliseconds. */
export interface View {
  readonly node: string;
  /** The monitors and their version, e.g. `host-inspector 0.1.0`. */
  readonly monitors: string;
  readonly intervalMs: number;
  /** What these data are if not the machine in front of you, e.g. `recording of …`. */
  readonly note?: string | undefined;
  readonly conditions: readonly SeenCondition[];
  /** When NPD would last have written the conditions. */
  readonly heartbeatMs: number;
  /** Oldest first. */
  readonly events: readonly SeenEvent[];
  /** Events that NPD would not write, and those that no longer have room here. */
  readonly droppedEventCount: number;
  readonly looks: Looks;
  /** Monitors that do not answer, by name. */
  readonly silences: ReadonlyMap<string, Silence>;
  /** That the plugin has ended, and how; `undefined` while it runs. */
  readonly ended?: string | undefined;
  /** The newest line of the plugin's log, if it wrote one. */
  readonly logLine?: string | undefined;
}

export interface SeenCondition extends Condition {
  /** When status, reason or message changed before our eyes; undefined for what it was from the start. */
  readonly changedMs?: number | undefined;
}

export interface SeenEvent {
  readonly source: string;
  readonly type: EventWrite['type'];
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** When it came before our eyes; undefined for what was there from the start. */
  readonly changedMs?: number | undefined;
}

export interface Silence {
  readonly sinceMs: number;
  readonly message: string;
}

/** More than any screen shows. */
const MOST_EVENTS = 200;

/** Nothing known yet. */
export function startView(about: Pick<View, 'node' | 'monitors' | 'intervalMs' | 'note'>): View {
  return {
    ...about, conditions: [], heartbeatMs: 0, events: [], droppedEventCount: 0,
    looks: { kind: 'unknown', message: 'not asked yet' }, silences: new Map(),
  };
}

/** After one poll; `conditions` is what would stand on the node now. */
export function withPoll(view: View, poll: Poll, conditions: readonly Condition[]): View {
  const { config: { source }, answer, atMs, patches, events } = poll;
  const silences = new Map(view.silences);
  if (answer.kind === 'reply') silences.delete(source);
  else silences.set(source, { sinceMs: silences.get(source)?.sinceMs ?? atMs, message: answer.message });
  const written = events.filter(({ kind }) => kind !== 'drop').reduce(withEvent, view.events);
  const kept = written.slice(-MOST_EVENTS);
  return {
    ...view,
    silences,
    conditions: conditions.map((condition) => seen(view.conditions.find(({ type }) => type === condition.type), condition, atMs)),
    heartbeatMs: patches.at(-1)?.atMs ?? view.heartbeatMs,
    events: kept,
    droppedEventCount: view.droppedEventCount + events.filter(({ kind }) => kind === 'drop').length + written.length - kept.length,
  };
}

/** What is known after the first round of polls was so from the start, and nothing of it is news. */
export function withoutNews(view: View): View {
  const known = { changedMs: undefined };
  return { ...view, conditions: view.conditions.map((condition) => ({ ...condition, ...known })), events: view.events.map((event) => ({ ...event, ...known })) };
}

function seen(before: SeenCondition | undefined, now: Condition, atMs: number): SeenCondition {
  const isSame = before !== undefined && before.status === now.status && before.reason === now.reason && before.message === now.message;
  return { ...now, changedMs: isSame ? before.changedMs : atMs };
}

/** An event that came again is one line with a count, at the place of its last time. */
function withEvent(events: readonly SeenEvent[], { atMs, source, type, reason, message, count }: EventWrite): readonly SeenEvent[] {
  const isSame = (event: SeenEvent): boolean => event.source === source && event.type === type && event.reason === reason && event.message === message;
  const before = count > 1 ? events.find(isSame) : undefined;
  const now = { source, type, reason, message, count, firstMs: before?.firstMs ?? atMs, lastMs: atMs, changedMs: atMs };
  return [...events.filter((event) => event !== before), now];
}
