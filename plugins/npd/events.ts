import type { MonitorEvent, MonitorStatus } from '../core/status.ts';
import { formatWithoutArguments } from './go-format.ts';
import { withRecent, type RecentMap } from './recent-map.ts';

/** What the host does to the Events of its node. */
export interface EventWrite {
  /** Milliseconds since 1970; the time stamp that the reply gave the event is not used. */
  readonly atMs: number;
  /** A new Event object, the count of one raised, or nothing because the source sent too many. */
  readonly kind: 'create' | 'update' | 'drop';
  readonly source: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly count: number;
}

/** What the host remembers of events, as client-go's event correlator does. */
export interface EventMemory {
  readonly groups: RecentMap<Group>;
  readonly written: RecentMap<Written>;
  readonly allowances: RecentMap<Allowance>;
}

/** Events that differ only in their message. */
interface Group {
  readonly messages: ReadonlySet<string>;
  readonly lastMs: number;
}

interface Written {
  readonly count: number;
  readonly isOnServer: boolean;
}

interface Allowance {
  readonly tokens: number;
  readonly atMs: number;
}

/** The tenth message of a group is the first that is merged, as long as no ten minutes pass without one. */
const GROUP_SIZE = 10;
const GROUP_INTERVAL_MS = 600_000;
/** Each source and type may write 25 events at once, and one more per 5 min. */
const BURST = 25;
const REFILL_MS = 300_000;

/** What the event recorder of a host that has just started knows: nothing merged, nothing written, every allowance full. */
export function createEventMemory(): EventMemory {
  return { groups: new Map(), written: new Map(), allowances: new Map() };
}

/** Passes the events of a reply that goes on through formatting, merging, counting and the spam filter. */
export function writeEvents(memory: EventMemory, { source, events }: MonitorStatus, nowMs: number): { readonly memory: EventMemory; readonly writes: readonly EventWrite[] } {
  let current = memory;
  const writes = events.map((event) => {
    const { memory: next, write } = writeEvent(current, source, event, nowMs);
    current = next;
    return write;
  });
  return { memory: current, writes };
}

function writeEvent(memory: EventMemory, source: string, event: MonitorEvent, nowMs: number): { readonly memory: EventMemory; readonly write: EventWrite } {
  const type = event.severity === 'warn' ? 'Warning' : 'Normal';
  const text = formatWithoutArguments(event.message);
  const groupKey = JSON.stringify([source, type, event.reason]);
  const { groups, isMerged } = group(memory.groups, groupKey, text, nowMs);
  const key = isMerged ? groupKey : JSON.stringify([source, type, event.reason, text]);
  const before = memory.written.get(key);
  const count = (before?.count ?? 0) + 1;
  const { allowances, isAllowed } = spend(memory.allowances, JSON.stringify([source, type]), nowMs);
  const isOnServer = before?.isOnServer ?? false;
  return {
    memory: { groups, allowances, written: withRecent(memory.written, key, { count, isOnServer: isOnServer || isAllowed }) },
    write: {
      atMs: nowMs, kind: !isAllowed ? 'drop' : isOnServer ? 'update' : 'create', source, type, reason: event.reason,
      message: isMerged ? `(combined from similar events): ${text}` : text, count,
    },
  };
}

/**
 * Of a full group client-go forgets any one message, so that it never grows beyond its size; we forget the one just added.
 * (It matters only to a message that was merged and comes again.)
 */
function group(groups: RecentMap<Group>, key: string, message: string, nowMs: number): { readonly groups: RecentMap<Group>; readonly isMerged: boolean } {
  const before = groups.get(key);
  const isFresh = before !== undefined && nowMs - before.lastMs <= GROUP_INTERVAL_MS;
  const kept = isFresh ? before.messages : new Set<string>();
  const messages = new Set(kept).add(message);
  const isMerged = messages.size >= GROUP_SIZE;
  return { groups: withRecent(groups, key, { messages: isMerged ? kept : messages, lastMs: nowMs }), isMerged };
}

/** A token bucket that starts full. */
function spend(allowances: RecentMap<Allowance>, key: string, nowMs: number): { readonly allowances: RecentMap<Allowance>; readonly isAllowed: boolean } {
  const { tokens, atMs } = allowances.get(key) ?? { tokens: BURST, atMs: nowMs };
  const refilled = Math.min(BURST, tokens + (nowMs - atMs) / REFILL_MS);
  const isAllowed = refilled >= 1;
  return { allowances: withRecent(allowances, key, { tokens: isAllowed ? refilled - 1 : refilled, atMs: nowMs }), isAllowed };
}
