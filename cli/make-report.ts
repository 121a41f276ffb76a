import { join, resolve } from 'node:path';
import type { RunningMonitor } from '../plugins/core/monitor.ts';
import type { SettingsOf, SettingsTable } from '../plugins/core/settings.ts';
import { collectReport } from '../plugins/host-inspector/report/collect.ts';
import type { NodeReport } from '../plugins/host-inspector/report/model.ts';
import type { HostSettings } from '../plugins/host-inspector/settings.ts';
import { runChild } from '../plugins/linux/child.ts';
import { ownGroup } from '../plugins/linux/sys/own-group.ts';
import type { Context, ParsedArgs } from './command.ts';
import type { Host } from './host.ts';
import { givenNodeName } from './node-name.ts';
import { text } from './options.ts';
import { type ReportFormat, renderReport } from './render/report/formats.ts';
import { reportKeeper } from './report-keeper.ts';
import { memorySparer } from './spare-memory.ts';
import { version } from './version.ts';

/** Less than the 10 s after which a client over HTTP is cut off, see plugins/http/server.ts. */
const TIMEOUT_MS = 7_000;
const CPU_WINDOW_MS = 500;

/** systeminformation takes 20 MiB, as measured; where there is less the whole container could be killed. */
const INVENTORY_BYTES = 32 * 2 ** 20;

export interface ServedNode {
  readonly host: Host;
  /** Of host-inspector. */
  readonly configured: SettingsOf<SettingsTable>;
  readonly monitor: RunningMonitor;
}

/** Reports of the node that is served here, in any form; one is kept for a minute. Rejects with what kept it from being made. */
export function reportMaker(args: ParsedArgs, context: Context, node: ServedNode): (format: ReportFormat) => Promise<string> {
  // Each leaves some MiB behind, which V8 would keep; they come seldom enough for a collection of their own.
  const keeper = reportKeeper(async () => await make(args, context, node), () => memorySparer()());
  return async (format) => await renderReport(await keeper.report(), format);
}

async function make(args: ParsedArgs, context: Context, { host, configured, monitor }: ServedNode): Promise<NodeReport> {
  return await collectReport({
    root: host.root,
    nodeName: givenNodeName(args, context, host.recording),
    version: version(),
    // The table of the monitor is the host-inspector's own.
    settings: configured as unknown as HostSettings,
    probe: host.probe,
    conditions: { ready: async () => {}, now: monitor.conditions },
    timeoutMs: TIMEOUT_MS,
    cpuWindowMs: CPU_WINDOW_MS,
    isRecording: host.recording !== undefined,
    inventory: host.recording === undefined ? inventoryOf(args, context) : undefined,
    run: runChild,
    nowMs: host.nowMs,
    signal: context.signal,
  });
}

/** Asked once per boot, which needs a place where it is kept. */
function inventoryOf(args: ParsedArgs, { self: [executable, ...first] }: Context): { readonly command: readonly [string, ...string[]]; readonly cacheFile: string } | undefined {
  const folder = text(args, 'state-dir');
  if (folder === undefined || (ownGroup().freeMemoryBytes() ?? Infinity) < INVENTORY_BYTES) return undefined;
  return { command: [executable, ...first, 'inspect', '--inventory'], cacheFile: join(resolve(folder), 'inventory.json') };
}
