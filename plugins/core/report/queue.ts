import type { Severity } from '../status.ts';
import { LONGEST_MESSAGE_BYTES, joinToBytes, withoutPercent } from '../text.ts';
import type { EventQueue, QueuedEvent } from './state.ts';

/** Room for a day without NPD on a node that fails every few minutes, and 256 KiB at most. */
const LONGEST_QUEUE = 256;

export const emptyQueue: EventQueue = { pending: [], nextId: 1, droppedCount: 0 };

export interface NewEvent {
  readonly severity: Severity;
  readonly timestampMs: number;
  readonly reason: string;
  readonly message: string;
}

/** Adds one event; the oldest goes when the queue is full. Begin, end and begin again stay three, in this order. */
export function enqueue(queue: EventQueue, event: NewEvent): EventQueue {
  const message = joinToBytes([withoutPercent(event.message)], LONGEST_MESSAGE_BYTES);
  const pending: QueuedEvent[] = [...queue.pending, { ...event, message, id: queue.nextId }];
  const surplus = Math.max(0, pending.length - LONGEST_QUEUE);
  return {
    pending: pending.slice(surplus),
    nextId: queue.nextId + 1,
    droppedCount: queue.droppedCount + surplus,
  };
}

/** Removes the events with these ids: a reply that carried them was written. */
export function consume(queue: EventQueue, ids: ReadonlySet<number>): EventQueue {
  const pending = queue.pending.filter(({ id }) => !ids.has(id));
  return pending.length === queue.pending.length ? queue : { ...queue, pending };
}
