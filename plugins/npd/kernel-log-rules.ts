/** One rule of NPD's system log monitor. `permanent` ones are not made here: the condition they set is never cleared. */
export interface KernelLogRule {
  /** CamelCase: the reason of the event. */
  readonly reason: string;
  /** In the syntax of RE2, to match up to the end of a message; NPD itself anchors it there. */
  readonly pattern: string;
}

/**
 * A configuration file for NPD's own system log monitor, which follows /dev/kmsg and makes an event of each message that a rule
 * matches; see docs of node-problem-detector, "System Log Monitor".
 *
 * @param source becomes `source.component` of the events
 */
export function kernelLogMonitorText(source: string, rules: readonly KernelLogRule[]): string {
  const file = {
    plugin: 'kmsg',
    lookback: '5m',
    bufferSize: 10,
    source,
    metricsReporting: true,
    conditions: [],
    rules: rules.map(({ reason, pattern }) => ({ type: 'temporary', reason, pattern })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}
