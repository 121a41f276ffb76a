import type { ConditionSpec } from '../core/conditions.ts';
import { LONGEST_MESSAGE_BYTES } from '../core/text.ts';

export interface BridgeConfigOptions {
  readonly monitor: string;
  readonly specs: readonly ConditionSpec[];
  /** Paths as NPD sees them. */
  readonly statusFile: string;
  readonly script: string;
  readonly pace: BridgePace;
}

/**
 * There in every image and on every host. NPD refuses to start if the path of a rule is not there, and the script comes
 * only when its plugin has started.
 */
const SHELL = '/bin/sh';

/**
 * How often NPD runs the script for each condition, and how many of those runs go on at once. `slow` is for what is looked at once a
 * minute anyway.
 *
 * One run takes 4 ms of CPU, 10 ms if every condition has the longest message. The 24 rules of host-inspector and gpu-monitor, two at a
 * time of each, and the 10 of both network-verifiers, one at a time of each, share the 10 thousandths of a CPU that NPD may use: in
 * 30 s that is work for 12 s, 29 s at the worst, and a run ends after 3 s, 6 s at the worst.
 */
const PACES = { usual: { interval: '30s', concurrency: 2 }, slow: { interval: '60s', concurrency: 1 } } as const;
const TIMEOUT = '15s';

export type BridgePace = keyof typeof PACES;

/**
 * The configuration file with which the custom plugin monitor of a released NPD (`--config.custom-plugin-monitor`) publishes the
 * conditions of a status file. Durations are strings here.
 *
 * NPD shows the reason of a rule while the condition is True, and the one of `conditions` while it is False **or Unknown**, so
 * that one must be right for both, and for the moment after NPD's start when nothing was asked yet.
 */
export function bridgeConfigText({ monitor, specs, statusFile, script, pace }: BridgeConfigOptions): string {
  const { interval, concurrency } = PACES[pace];
  const file = {
    plugin: 'custom',
    source: monitor,
    pluginConfig: {
      invoke_interval: interval,
      timeout: TIMEOUT,
      concurrency,
      max_output_length: LONGEST_MESSAGE_BYTES,
      enable_message_change_based_condition_update: true,
      skip_initial_status: true,
    },
    conditions: specs.map(({ type, polarity }) => ({ type, reason: `${type}NotReported`, message: polarity === 'positive' ? `${type} is not reported as True by ${monitor}; its other conditions say why` : `${type} is not reported by ${monitor}` })),
    rules: specs.map(({ type }) => ({ type: 'permanent', condition: type, reason: `${type}Reported`, path: SHELL, args: [script, statusFile, type] })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}
