import type { Look } from '../../plugins/core/check.ts';
import { UsageError } from '../../plugins/core/errors.ts';
import type { MonitorDefinition } from '../../plugins/core/monitor.ts';
import type { SettingsTable } from '../../plugins/core/settings.ts';
import type { Condition } from '../../plugins/core/status.ts';
import type { Command } from '../command.ts';
import { exitCodeOf } from '../exit-code.ts';
import { openHost, recordingNote } from '../host.ts';
import { configuredSettings, monitorNames, refuseForeignFlags } from '../monitors.ts';
import { nodeName } from '../node-name.ts';
import { flag, gpuOptions, hostOptions, networkOptions, recordingOption } from '../options.ts';
import { renderHeader, renderLook } from '../render/describe.ts';
import { withoutCauses } from '../render/without-causes.ts';
import { THIS_BOOT, singleLook } from '../single-look.ts';
import { version } from '../version.ts';

/** One look without a server, for people and scripts. */
export const check: Command = {
  details: [
    `MONITOR is one of: ${monitorNames.join(', ')}.`,
    'A single look has no time to wait: what lasts for the first time is told at once, where serve would wait first.',
  ],
  options: { ...hostOptions, ...gpuOptions, ...networkOptions, ...recordingOption, json: { type: 'boolean', help: 'every verdict with its numbers and sources, as JSON' } },
  logLevel: 'warn',
  async run(args, context) {
    const [name, ...more] = args.positionals;
    if (name === undefined || more.length > 0) throw new UsageError(`check: expected one monitor of ${monitorNames.join(', ')}`);
    refuseForeignFlags(args, [name]);
    using host = await openHost(args, context);
    const definition = await host.monitor(name);
    const configured = configuredSettings(args, definition);
    if (host.recording !== undefined) context.complain(`npd-plugins: ${recordingNote(host.recording)}\n`);
    const monitor = singleLook({ definition, configured, root: host.root, log: context.log, savedState: await host.stateBefore(definition, configured, THIS_BOOT) });
    await monitor.start();
    monitor.close();
    const conditions = monitor.conditions();
    const node = nodeName(args, context, host.recording);
    // A recording has been looked at by somebody else.
    const privileges = flag(args, 'json') && host.recording === undefined ? (await definition.selfTest?.(host.root))?.details : undefined;
    if (flag(args, 'json')) context.out(`${JSON.stringify({ ...asJson(node, definition, conditions, monitor.looks()), privileges }, withoutCauses, 2)}\n`);
    else context.out(`${renderHeader(node, host.recording && recordingNote(host.recording))}${renderLook(conditions)}`);
    return exitCodeOf(conditions);
  },
};

function asJson(
  node: string, definition: MonitorDefinition<SettingsTable>, conditions: readonly Condition[], looks: ReadonlyMap<string, Look>,
): object {
  const checks = definition.checks.map(({ name, condition }) => {
    const look = looks.get(name);
    return { name, condition, verdicts: look?.verdicts ?? [], events: look?.events ?? [], readings: look?.readings ?? [] };
  });
  return { node, monitor: definition.name, version: version(), conditions, checks };
}
