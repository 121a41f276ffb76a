import { silentLogger } from '../plugins/core/log.ts';
import type { MonitorDefinition } from '../plugins/core/monitor.ts';
import type { SettingsTable } from '../plugins/core/settings.ts';
import { xidKernelLogRules } from '../plugins/gpu-monitor/xid/npd-rules.ts';
import { bridgeConfigText } from '../plugins/npd/bridge-config.ts';
import { CONDITION_SCRIPT_NAME, statusFileNameOf } from '../plugins/npd/bridge-names.ts';
import { hostConfigText } from '../plugins/npd/config-text.ts';
import { kernelLogMonitorText } from '../plugins/npd/kernel-log-rules.ts';
import type { ParsedArgs } from './command.ts';
import { monitorByName, monitorNames, socketNameOf } from './monitors.ts';

/** NPD's own defaults: every 30 s, with 10 s to answer. */
const INVOKE_INTERVAL_MS = 30_000;
const TIMEOUT_MS = 10_000;

/** The folder that NPD and the plugins share. */
const SOCKET_DIR = '/var/run/npd';

/**
 * Where the node container keeps its status files in the stock-npd overlay, and the script beside them: NPD runs that with all rights, so
 * it lies where no plugin with fewer rights than root can write. The others keep their status files beside their sockets.
 */
const BRIDGE_DIR = '/var/run/npd-bridge';
const IN_NODE_CONTAINER: ReadonlySet<string> = new Set(['host-inspector', 'network-verifier']);

const NO_FLAGS: ParsedArgs = { positionals: [], values: {} };

/** Each monitor, and the one that has another name in a Pod. */
function everyMonitor(): readonly { readonly monitor: string; readonly args: ParsedArgs }[] {
  return [...monitorNames.map((monitor) => ({ monitor, args: NO_FLAGS })), { monitor: 'network-verifier', args: { positionals: [], values: { scope: 'pod' } } }];
}

interface ConfigFile {
  readonly name: string;
  readonly text: string;
}

/** What `npd-config/` holds: one file per monitor. */
export async function npdConfigFiles(): Promise<readonly ConfigFile[]> {
  return await filesOf('.json', async (monitor, args) => await npdConfigText(monitor, SOCKET_DIR, args));
}

/** For the custom plugin monitor of a released NPD, which reads what `serve --status-dir` writes: one file per monitor. */
export async function stockConfigFiles(): Promise<readonly ConfigFile[]> {
  return await filesOf('-stock.json', stockConfigText);
}

async function filesOf(ending: string, textOf: (monitor: string, args: ParsedArgs) => Promise<string>): Promise<readonly ConfigFile[]> {
  return await Promise.all(everyMonitor().map(async ({ monitor, args }) => {
    const { name } = await definitionOf(monitor, args);
    return { name: `${name}${ending}`, text: await textOf(monitor, args) };
  }));
}

/** The same for one monitor; flags may add conditions. */
export async function stockConfigText(monitor: string, args: ParsedArgs): Promise<string> {
  const { name, specs } = await definitionOf(monitor, args);
  const statusFile = `${IN_NODE_CONTAINER.has(name) ? BRIDGE_DIR : SOCKET_DIR}/${statusFileNameOf(name)}`;
  const pace = monitor === 'network-verifier' ? 'slow' : 'usual';
  return bridgeConfigText({ monitor: name, specs, statusFile, pace, script: `${BRIDGE_DIR}/${CONDITION_SCRIPT_NAME}` });
}

const XID_MONITOR = 'gpu-xid-kernel-monitor';

/** For NPD's own monitor of the kernel log (`--config.system-log-monitor`), where no plugin may read that. */
export function kernelLogConfigFile(): { readonly name: string; readonly text: string } {
  return { name: `${XID_MONITOR}.json`, text: kernelLogMonitorText(XID_MONITOR, xidKernelLogRules) };
}

/** NPD's configuration for one monitor on its socket in this folder; flags may add conditions. */
export async function npdConfigText(monitor: string, socketDir: string, args: ParsedArgs): Promise<string> {
  const { name, specs } = await definitionOf(monitor, args);
  return hostConfigText({ monitor: name, specs, socketAddress: `${socketDir}/${socketNameOf(name)}`, invokeIntervalMs: INVOKE_INTERVAL_MS, timeoutMs: TIMEOUT_MS });
}

async function definitionOf(monitor: string, args: ParsedArgs): Promise<MonitorDefinition<SettingsTable>> {
  return await monitorByName(monitor, { args, log: silentLogger });
}
