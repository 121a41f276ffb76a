import { hostConfigText } from '../plugins/npd/config-text.ts';
import { monitorByName, monitorNames, socketNameOf } from './monitors.ts';

/** NPD's own defaults: every 30 s, with 10 s to answer. */
const INVOKE_INTERVAL_MS = 30_000;
const TIMEOUT_MS = 10_000;

/** The folder that NPD and the plugins share. */
const SOCKET_DIR = '/var/run/npd';

/** What `npd-config/` holds: one file per monitor. */
export function npdConfigFiles(): readonly { readonly name: string; readonly text: string }[] {
  return monitorNames.map((monitor) => ({
    name: `${monitor}.json`,
    text: npdConfigText(monitor, `${SOCKET_DIR}/${socketNameOf(monitor)}`),
  }));
}

/** NPD's configuration for one monitor on one socket. */
export function npdConfigText(monitor: string, socketAddress: string): string {
  const { specs } = monitorByName(monitor);
  return hostConfigText({ monitor, specs, socketAddress, invokeIntervalMs: INVOKE_INTERVAL_MS, timeoutMs: TIMEOUT_MS });
}
