import { silentLogger } from '../plugins/core/log.ts';
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
 * Where host-inspector keeps its status file in the stock-npd overlay, and the script beside it: NPD runs that with all rights, so it
 * lies where no plugin with fewer rights than root can write. gpu-monitor keeps its status file beside its socket.
 */
const BRIDGE_DIR = '/var/run/npd-bridge';

const NO_FLAGS: ParsedArgs = { positionals: [], values: {} };

/** What `npd-config/` holds: one file per monitor. */
export async function npdConfigFiles(): Promise<readonly { readonly name: string; readonly text: string }[]> {
  return await Promise.all(monitorNames.map(async (monitor) => ({
    name: `${monitor}.json`,
    text: await npdConfigText(monitor, `${SOCKET_DIR}/${socketNameOf(monitor)}`, NO_FLAGS),
  })));
}

/** For the custom plugin monitor of a released NPD, which reads what `serve --status-dir` writes: one file per monitor. */
export async function stockConfigFiles(): Promise<readonly { readonly name: string; readonly text: string }[]> {
  return await Promise.all(monitorNames.map(async (monitor) => ({ name: `${monitor}-stock.json`, text: await stockConfigText(monitor, NO_FLAGS) })));
}

/** The same for one monitor; flags may add conditions. */
export async function stockConfigText(monitor: string, args: ParsedArgs): Promise<string> {
  const { specs } = await monitorByName(monitor, { args, log: silentLogger });
  const statusFile = `${monitor === 'host-inspector' ? BRIDGE_DIR : SOCKET_DIR}/${statusFileNameOf(monitor)}`;
  return bridgeConfigText({ monitor, specs, statusFile, script: `${BRIDGE_DIR}/${CONDITION_SCRIPT_NAME}` });
}

const XID_MONITOR = 'gpu-xid-kernel-monitor';

/** For NPD's own monitor of the kernel log (`--config.system-log-monitor`), where no plugin may read that. */
export function kernelLogConfigFile(): { readonly name: string; readonly text: string } {
  return { name: `${XID_MONITOR}.json`, text: kernelLogMonitorText(XID_MONITOR, xidKernelLogRules) };
}

/** NPD's configuration for one monitor on one socket; flags may add conditions. */
export async function npdConfigText(monitor: string, socketAddress: string, args: ParsedArgs): Promise<string> {
  const { specs } = await monitorByName(monitor, { args, log: silentLogger });
  return hostConfigText({ monitor, specs, socketAddress, invokeIntervalMs: INVOKE_INTERVAL_MS, timeoutMs: TIMEOUT_MS });
}
