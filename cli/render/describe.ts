import type { Condition, MonitorEvent } from '../../plugins/core/status.ts';
import { oneLine } from '../../plugins/core/text.ts';
import { table } from './table.ts';

/** `Name: worker-1`, as `kubectl describe node` begins. */
export function renderHeader(node: string): string {
  return `Name:  ${oneLine(node)}\n`;
}

/** Conditions as `kubectl describe node` prints them. `heartbeatMs` is when they were last confirmed. */
export function renderConditions(conditions: readonly Condition[], heartbeatMs: number): string {
  const rows = conditions.map(({ type, status, transitionMs, reason, message }) => [
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

/** `Sat, 21 Nov 2026 01:40:00 +0000`, the form of kubectl. */
function rfc1123(wallMs: number): string {
  return new Date(wallMs).toUTCString().replace('GMT', '+0000');
}

/** `12s`, `5m`, `3h`, `2d` */
function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
