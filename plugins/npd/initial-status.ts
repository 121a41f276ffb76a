import type { MonitorStatus } from '../core/status.ts';
import type { HostConfig } from './config.ts';

/**
 * What the host publishes before it has asked anybody: every condition of the file with status False, as if it had just changed.
 * Undefined when the file says `skip_initial_status` or names no condition.
 */
export function initialStatus({ source, skipInitialStatus, conditions }: HostConfig, nowMs: number): MonitorStatus | undefined {
  if (skipInitialStatus || conditions.length === 0) return undefined;
  return {
    source,
    events: [],
    conditions: conditions.map(({ type, reason, message }) => ({ type, status: 'False', transitionMs: nowMs, reason, message })),
  };
}
