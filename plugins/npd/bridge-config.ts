import type { ConditionSpec } from '../core/conditions.ts';
import { LONGEST_MESSAGE_BYTES } from '../core/text.ts';

export interface BridgeConfigOptions {
  readonly monitor: string;
  readonly specs: readonly ConditionSpec[];
  /** Paths as NPD sees them. */
  readonly statusFile: string;
  readonly script: string;
}

/**
 * There in every image and on every host. NPD refuses to start if the path of a rule is not there, and the script comes
 * only when its plugin has started.
 */
const SHELL = '/bin/sh';

/**
 * One run takes 4 ms of CPU, 10 ms if every condition has the longest message. The rules of a node's own monitors (29) and of the
 * pod-network-verifier (5), two at a time of each, share the 10 thousandths of a CPU that NPD may use: a run ends after 3 s, 8 s at the
 * worst, and all of them after 14 s and 34 s, which then is 4 s late.
 */
const INTERVAL = '30s';
const TIMEOUT = '10s';
const CONCURRENCY = 2;

/**
 * The configuration file with which the custom plugin monitor of a released NPD (`--config.custom-plugin-monitor`) publishes the
 * conditions of a status file. Durations are strings here.
 *
 * NPD shows the reason of a rule while the condition is True, and the one of `conditions` while it is False **or Unknown**, so
 * that one must be right for both, and for the moment after NPD's start when nothing was asked yet.
 */
export function bridgeConfigText({ monitor, specs, statusFile, script }: BridgeConfigOptions): string {
  const file = {
    plugin: 'custom',
    source: monitor,
    pluginConfig: {
      invoke_interval: INTERVAL,
      timeout: TIMEOUT,
      concurrency: CONCURRENCY,
      max_output_length: LONGEST_MESSAGE_BYTES,
      enable_message_change_based_condition_update: true,
      skip_initial_status: true,
    },
    conditions: specs.map(({ type }) => ({ type, reason: `${type}NotReported`, message: `${type} is not reported by ${monitor}` })),
    rules: specs.map(({ type }) => ({ type: 'permanent', condition: type, reason: `${type}Reported`, path: SHELL, args: [script, statusFile, type] })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}
