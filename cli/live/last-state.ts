import { renderConditions, renderEvents, renderHeader } from '../render/describe.ts';
import type { View } from './view.ts';
import { harmless } from './width.ts';

/** The last state as plain text, for the scrollback: the terminal has forgotten the view. Nothing, if nothing was ever known. */
export function renderLastState(view: View, nowMs: number): string {
  const { node, note, conditions, heartbeatMs, events, ended, silences } = view;
  if (conditions.length === 0) return '';
  const told = [...(ended === undefined ? [] : [ended]), ...[...silences].map(([source, { message }]) => `${source}: no answer: ${message}`)];
  return [
    renderHeader(node, note), renderConditions(conditions, heartbeatMs),
    renderEvents(events.map(({ type, lastMs, ...event }) => ({ ...event, severity: type === 'Warning' ? 'warn' : 'info', timestampMs: lastMs })), nowMs),
    ...told.map((line) => `${harmless(line)}\n`),
  ].join('');
}
