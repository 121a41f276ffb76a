import type { Condition, MonitorEvent } from '../../plugins/core/status.ts';
import { oneLine } from '../../plugins/core/text.ts';
import { joined } from './joined.ts';
import { table } from './table.ts';
import { age, rfc1123 } from './time.ts';

/** `Name: worker-1`, as `kubectl describe node` begins; `note` says below it what these data are if not of the machine in front of you. */
export function renderHeader(node: string, note?: string): string {
  const heading = `Name:  ${oneLine(node)}\n`;
  return note === undefined ? heading : `${heading}${oneLine(note)}\n`;
}

/** Conditions as `kubectl describe node` prints them, but for those that are one row, see `joined`. `heartbeatMs` is when they were last confirmed. */
export function renderConditions(conditions: readonly Condition[], heartbeatMs: number): string {
  const rows = joined(conditions).map(({ type, status, transitionMs, reason, message }) => [
    type, status, rfc1123(heartbeatMs), rfc1123(transitionMs), reason, message,
  ]);
  return `Conditions:\n${table(['Type', 'Status', 'LastHeartbeatTime', 'LastTransitionTime', 'Reason', 'Message'], rows)}`;
}

/** Conditions of a single look, which knows no times. */
export function renderLook(conditions: readonly Condition[]): string {
  const rows = conditions.map(({ type, status, reason, message }) => [type, status, reason, message]);
  return `Conditions:\n${table(['Type', 'Status', 'Reason', 'Message'], rows)}`;
}

/** Events as `kubectl describe node` prints them. */
export function renderEvents(events: readonly SourcedEvent[], nowMs: number): string {
  if (events.length === 0) return 'Events:  <none>\n';
  const rows = events.map(({ severity, reason, timestampMs, source, message }) => [
    severity === 'warn' ? 'Warning' : 'Normal', reason, age(nowMs - timestampMs), source, message,
  ]);
  return `Events:\n${table(['Type', 'Reason', 'Age', 'From', 'Message'], rows)}`;
}

export interface SourcedEvent extends MonitorEvent {
  readonly source: string;
}
