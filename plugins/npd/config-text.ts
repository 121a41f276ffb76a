import type { ConditionSpec } from '../core/conditions.ts';

export interface ConfigTextOptions {
  readonly monitor: string;
  readonly specs: readonly ConditionSpec[];
  readonly socketAddress: string;
  readonly invokeIntervalMs: number;
  readonly timeoutMs: number;
}

/**
 * The configuration file that NPD loads for a monitor, made from its condition table. Durations are integers in
 * nanoseconds, as the host decodes them; `skip_initial_status` keeps a restart of NPD from making a sick node look
 * healthy for one interval.
 */
export function hostConfigText({ monitor, specs, socketAddress, invokeIntervalMs, timeoutMs }: ConfigTextOptions): string {
  const file = {
    plugin: 'external',
    source: monitor,
    pluginConfig: {
      socketAddress,
      invoke_interval: invokeIntervalMs * 1_000_000,
      timeout: timeoutMs * 1_000_000,
      skip_initial_status: true,
    },
    conditions: specs.map(({ type, healthy }) => ({ type, reason: healthy.reason, message: healthy.message })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}
