import type { Condition, MonitorStatus } from '../core/status.ts';

/**
 * Whether a reply goes on to the node: the first one, one with events, or one whose conditions differ from the last reply
 * in order, type, status, reason or message. The transition time does not count here.
 * @param last what came before: the last reply, or the initial status
 */
export function goesOn(last: MonitorStatus | undefined, next: MonitorStatus): boolean {
  if (last === undefined || next.events.length > 0) return true;
  return last.conditions.length !== next.conditions.length || !next.conditions.every((condition, index) => isSame(condition, last.conditions[index]));
}

function isSame(a: Condition, b: Condition | undefined): boolean {
  return b !== undefined && a.type === b.type && a.status === b.status && a.reason === b.reason && a.message === b.message;
}
