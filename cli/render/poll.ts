import type { Condition } from '../../plugins/core/status.ts';
import { oneLine } from '../../plugins/core/text.ts';
import type { EventWrite } from '../../plugins/npd/events.ts';
import type { Poll } from '../poller.ts';
import { renderConditions, renderEvents, renderHeader } from './describe.ts';

/** What a person sees of one poll: the node if the host would write a change, one line if not. For `note` see `renderHeader`. */
export function renderPoll(node: string, conditions: readonly Condition[], poll: Poll, note?: string): string {
  const { answer, atMs, config, patches, events } = poll;
  const stamp = `${new Date(atMs).toISOString().slice(11, 19)}  ${note === undefined ? '' : `${oneLine(note)}  `}${oneLine(config.source)}: `;
  if (answer.kind === 'error') return `${stamp}no answer, NPD would keep the last state and go on writing its heartbeat: ${oneLine(answer.message)}\n`;
  const isChange = patches.some(({ cause }) => cause === 'change');
  const heartbeat = patches.length > 0 ? 'NPD would write its heartbeat' : 'NPD would write nothing';
  if (!isChange && events.length === 0) return `${stamp}answered, no change: ${heartbeat}.\n`;
  return `${renderHeader(node, note)}${renderConditions(conditions, atMs)}${renderEventWrites(events, atMs)}`;
}

/** Events that NPD would write, as `kubectl describe node` prints them at `nowMs` (wall clock), and how many it would drop. */
export function renderEventWrites(writes: readonly EventWrite[], nowMs: number): string {
  const written = writes.filter(({ kind }) => kind !== 'drop');
  const dropped = writes.length - written.length;
  const events = written.map(({ atMs, source, type, reason, message }) => ({
    severity: type === 'Warning' ? 'warn' as const : 'info' as const, timestampMs: atMs, source, reason, message,
  }));
  const note = dropped > 0 ? `  (${dropped} more that NPD would drop: it lets 25 through at once, then one per 5 minutes)\n` : '';
  return renderEvents(events, nowMs) + note;
}

/** One poll as one line of JSON. For `note` see `renderHeader`. */
export function pollAsJson(node: string, poll: Poll, note?: string): string {
  const { answer, config, metadata, patches, events } = poll;
  const said = answer.kind === 'reply' ? { conditions: answer.status.conditions, events: answer.status.events } : { error: answer.message };
  const time = new Date(poll.atMs).toISOString();
  return `${JSON.stringify({ time, node, note, monitor: config.source, socket: config.socketAddress, metadata, ...said, wouldWrite: { patches, events } })}\n`;
}
