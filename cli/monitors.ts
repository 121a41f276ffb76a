import { dirname, join, resolve } from 'node:path';
import { isRecord } from '../plugins/core/decode.ts';
import { ConfigError, UsageError, quote } from '../plugins/core/errors.ts';
import type { MonitorDefinition } from '../plugins/core/monitor.ts';
import { type SettingsOf, type SettingsTable, readSettings } from '../plugins/core/settings.ts';
import { type FilesystemProbe, createFilesystemProbe } from '../plugins/linux/filesystem-probe.ts';
import type { ParsedArgs } from './command.ts';
import { readConfigFile } from './config-file.ts';
import { isFolder } from './is-folder.ts';
import type { MonitorParts } from './monitor-parts.ts';
import { gpuOptions, networkOptions, text } from './options.ts';

/** How long a file system may take to answer statfs before it counts as stuck. */
const STATFS_TIMEOUT_MS = 5_000;

export const DEFAULT_SOCKET_DIR = '/var/run/npd';

/** For all that look at this machine's file systems: of one that hangs, all of them know. */
export function filesystemProbe(): FilesystemProbe {
  return createFilesystemProbe({ timeoutMs: STATFS_TIMEOUT_MS });
}

/** Every monitor there is; a new one is one more row. Loaded when it is asked for: a sidecar pays for no monitor but its own. */
const MAKERS: Record<string, (parts: MonitorParts) => Promise<MonitorDefinition<SettingsTable>>> = {
  'host-inspector': async (parts) => {
    const { hostInspectorOf } = await import('./host-inspector.ts');
    return erased(hostInspectorOf(parts, parts.recorded?.probe ?? parts.probe ?? filesystemProbe(), socketFolder(parts.args)));
  },
  'gpu-monitor': async (parts) => erased((await import('./gpu-monitor.ts')).gpuMonitorOf(parts)),
  'network-verifier': async (parts) => erased(await (await import('./network-verifier.ts')).networkVerifierOf(parts)),
};

const names = Object.keys(MAKERS);

export const monitorNames: readonly string[] = names;

/** Of a recorded host all but those that look at what no recording can hold. */
export function monitorsOf(recording: object | undefined): readonly string[] {
  return recording === undefined ? names : names.filter((name) => name !== 'network-verifier');
}

/** What commands and configuration files call a monitor, by the name that it says itself: in a Pod that is another, see `--scope`. */
function calledName(monitor: string): string {
  return monitor === 'pod-network-verifier' ? 'network-verifier' : monitor;
}

/** One more monitor for every command, before any of them is loaded: help texts list the names. Throws ConfigError for a name that is taken. */
export function addMonitor<T extends SettingsTable>(definition: MonitorDefinition<T>): void {
  const { name } = definition;
  if (names.includes(name)) throw new ConfigError('', `there is a monitor ${quote(name)} already`);
  MAKERS[name] = async () => erased(definition);
  names.push(name);
}

/** Flags that only one monitor knows. */
const OWN_FLAGS: Readonly<Record<string, readonly string[]>> = { 'gpu-monitor': Object.keys(gpuOptions), 'network-verifier': Object.keys(networkOptions) };

/** Flags that are thresholds, with their key in the monitor's table of settings. */
const SETTING_FLAGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'gpu-monitor': { 'expect-gpus': 'expectGpus', 'temp-threshold': 'temperature_threshold', 'memory-threshold': 'memory_threshold' },
  'network-verifier': { 'dns': 'dnsNames', 'name-server': 'nameServers', 'target': 'targets', 'quorum': 'targetQuorum', 'peers': 'peers', 'check-timeout': 'checkTimeout' },
};

/** Checks only get settings that their own table has read, so forgetting the table's exact type loses nothing. */
function erased<T extends SettingsTable>(definition: MonitorDefinition<T>): MonitorDefinition<SettingsTable> {
  return definition as unknown as MonitorDefinition<SettingsTable>;
}

/** A monitor by name. Throws UsageError naming the known ones, and what its own flags throw. */
export async function monitorByName(name: string, parts: MonitorParts): Promise<MonitorDefinition<SettingsTable>> {
  const make = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
  if (make === undefined) throw new UsageError(`unknown monitor ${quote(name)}; known are ${monitorNames.join(', ')}`);
  return await make(parts);
}

/** Refuses flags that none of these monitors knows: whoever gives one counts on it. */
export function refuseForeignFlags(args: ParsedArgs, monitors: readonly string[]): void {
  for (const [monitor, flags] of Object.entries(OWN_FLAGS)) {
    const given = flags.find((flag) => args.values[flag] !== undefined);
    if (given !== undefined && !monitors.includes(monitor)) throw new UsageError(`--${given}: only with ${monitor}`);
  }
}

/** Where the sockets of `serve` lie, and so those of the node's other monitors. */
export function socketFolder(args: ParsedArgs): string {
  const one = text(args, 'socket');
  return resolve(one === undefined ? (text(args, 'socket-dir') ?? DEFAULT_SOCKET_DIR) : dirname(one));
}

/** `npd-host-inspector.sock`, the name that our npd-config files expect; by the name that the monitor says itself. */
export function socketNameOf(monitor: string): string {
  return `npd-${monitor}.sock`;
}

/** The section of `--config FILE` for this monitor, or the defaults; a flag wins. Throws ConfigError naming file and key, or the flag. */
export function configuredSettings(args: ParsedArgs, definition: MonitorDefinition<SettingsTable>): SettingsOf<SettingsTable> {
  const { settings } = definition;
  const name = calledName(definition.name);
  const configured = { ...configuredInFile(args, name, settings) };
  for (const [flag, key] of Object.entries(SETTING_FLAGS[name] ?? {})) {
    const given = text(args, flag);
    if (given !== undefined) configured[key] = settings[key]?.read(given, `--${flag}`);
  }
  refuseMisfits(definition, configured, text(args, 'config'));
  return configured;
}

/** Which of flag and file is wrong only a person can tell: the monitor is named, and the file if there is one. */
function refuseMisfits({ name, refuseMisfits: refuse }: MonitorDefinition<SettingsTable>, configured: SettingsOf<SettingsTable>, file: string | undefined): void {
  try {
    refuse?.(configured);
  } catch (cause) {
    throw cause instanceof ConfigError ? new ConfigError(`${file === undefined ? '' : `${file}: `}${calledName(name)}`, cause.message, { cause }) : cause;
  }
}

function configuredInFile(args: ParsedArgs, name: string, settings: SettingsTable): SettingsOf<SettingsTable> {
  const file = text(args, 'config');
  if (file === undefined) return readSettings(settings, {}, name);
  const sections = readConfigFile(file);
  for (const key of Object.keys(sections)) {
    if (!monitorNames.includes(key)) throw new ConfigError(file, `unknown section ${quote(key)}; known are ${monitorNames.join(', ')}`);
  }
  const section = Object.hasOwn(sections, name) ? sections[name] : {};
  if (!isRecord(section)) throw new ConfigError(`${file}: ${name}`, 'expected an object with settings');
  return readSettings(settings, section, `${file}: ${name}`);
}

/** Refuses a host root that is no folder or holds no /proc: every check would only say that it could not tell. */
export function hostRoot(args: ParsedArgs): string {
  const root = resolve(text(args, 'host-root') ?? '/');
  const remedy = "give the folder where the host's / is mounted, e.g. /host";
  if (!isFolder(root)) throw new ConfigError('--host-root', `${root} is not a folder; ${remedy}`);
  if (!isFolder(join(root, 'proc'))) throw new ConfigError('--host-root', `${root} holds no folder proc; ${remedy}`);
  return root;
}
