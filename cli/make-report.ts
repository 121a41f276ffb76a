import type { RunningMonitor } from '../plugins/core/monitor.ts';
import type { SettingsOf, SettingsTable } from '../plugins/core/settings.ts';
import type { NodeReport } from '../plugins/host-inspector/report/model.ts';
import { ownGroup } from '../plugins/linux/sys/own-group.ts';
import { collectNode, inventoryOf } from './collect-node.ts';
import type { Context, ParsedArgs } from './command.ts';
import type { Host } from './host.ts';
import { text } from './options.ts';
import { type ReportFormat, renderReport } from './render/report/formats.ts';
import { reportKeeper } from './report-keeper.ts';
import { memorySparer } from './spare-memory.ts';

/** Less than the 10 s after which a client over HTTP is cut off, see plugins/http/server.ts. */
const TIMEOUT_MS = 7_000;

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
  return await collectNode(args, context, host, configured, {
    conditions: { ready: async () => {}, now: monitor.conditions },
    timeoutMs: TIMEOUT_MS,
    inventory: hasRoomForInventory(args) ? inventoryOf(args, context) : undefined,
  });
}

/** Asked once per boot, which needs a place where it is kept. */
function hasRoomForInventory(args: ParsedArgs): boolean {
  return text(args, 'state-dir') !== undefined && (ownGroup().freeMemoryBytes() ?? Infinity) >= INVENTORY_BYTES;
}
