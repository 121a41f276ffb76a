import type { Monitor, MonitorEvent } from '../../plugins/core/status.ts';

export interface MonitorForTests extends Monitor {
  readonly polls: () => number;
  /** How often a reply was reported as delivered. */
  readonly deliveries: () => number;
  readonly stops: () => number;
}

export interface MonitorTraits {
  readonly name?: string;
  /** Length of the condition's message. */
  readonly messageBytes?: number;
  readonly onDelivered?: () => void;
  readonly onStop?: () => void;
}

const EVENT: MonitorEvent = { severity: 'warn', timestampMs: 1_700_000_000_123, reason: 'KernelTainted', message: 'module out of tree' };

/** One condition for ever, and one event until a reply with it was delivered. */
export function monitorForTests({ name = 'test-monitor', messageBytes, onDelivered = () => {}, onStop = () => {} }: MonitorTraits = {}): MonitorForTests {
  let events: readonly MonitorEvent[] = [EVENT];
  let polls = 0;
  let deliveries = 0;
  let stops = 0;
  const message = messageBytes === undefined ? 'all good' : 'x'.repeat(messageBytes);
  return {
    metadata: { name, version: '1.2.3', description: 'for tests', supportedConditions: ['DiskSpaceLow'], capabilities: { events: 'yes' }, apiVersion: 'v1' },
    checkHealth: (parameters) => {
      polls += 1;
      if ('throw' in parameters) throw new Error('the monitor broke');
      return {
        status: { source: name, events, conditions: [{ type: 'DiskSpaceLow', status: 'False', transitionMs: 1_600_000_000_000, reason: 'DiskSpaceIsSufficient', message }] },
        delivered: () => {
          events = [];
          deliveries += 1;
          onDelivered();
        },
      };
    },
    stop: () => {
      stops += 1;
      onStop();
    },
    polls: () => polls,
    deliveries: () => deliveries,
    stops: () => stops,
  };
}
