import type { Decoded, Shape } from './shape.ts';

const STRING = { kind: 'string' } as const satisfies Shape;
const DURATION = { kind: 'duration' } as const satisfies Shape;
const INTEGER = { kind: 'integer' } as const satisfies Shape;
const BOOLEAN = { kind: 'boolean' } as const satisfies Shape;

/** Keys and types of a configuration file, the same in both hosts. */
export const MONITOR_SHAPE = {
  kind: 'object',
  fields: {
    plugin: STRING,
    source: STRING,
    metricsReporting: BOOLEAN,
    pluginConfig: {
      kind: 'object',
      fields: {
        socketAddress: STRING,
        invoke_interval: DURATION,
        timeout: DURATION,
        skip_initial_status: BOOLEAN,
        retryPolicy: {
          kind: 'object',
          fields: { maxAttempts: INTEGER, backoffMultiplier: { kind: 'float' }, maxBackoff: DURATION, initialBackoff: DURATION },
        },
        healthCheck: { kind: 'object', fields: { interval: DURATION, timeout: DURATION, errorThreshold: INTEGER } },
        pluginParameters: { kind: 'string map' },
      },
    },
    conditions: { kind: 'list', of: { kind: 'object', fields: { type: STRING, reason: STRING, message: STRING } } },
  },
} as const satisfies Shape;

export type MonitorFile = Decoded<typeof MONITOR_SHAPE>;

const SECOND = 1_000_000_000n;

/** Puts the host's defaults where a zero stands, whether it was written or not. */
export function withDefaults(file: MonitorFile): MonitorFile {
  const { pluginConfig } = file;
  const { retryPolicy, healthCheck } = pluginConfig;
  return {
    ...file,
    metricsReporting: true,
    pluginConfig: {
      ...pluginConfig,
      invoke_interval: pluginConfig.invoke_interval || 30n * SECOND,
      timeout: pluginConfig.timeout || 10n * SECOND,
      retryPolicy: {
        maxAttempts: retryPolicy.maxAttempts || 5n,
        backoffMultiplier: retryPolicy.backoffMultiplier || 2,
        maxBackoff: retryPolicy.maxBackoff || 300n * SECOND,
        initialBackoff: retryPolicy.initialBackoff || SECOND,
      },
      healthCheck: {
        interval: healthCheck.interval || 30n * SECOND,
        timeout: healthCheck.timeout || 5n * SECOND,
        errorThreshold: healthCheck.errorThreshold || 3n,
      },
    },
  };
}
