import { readFileSync, statSync } from 'node:fs';
import { isRecord } from '../plugins/core/decode.ts';
import { ConfigError, UsageError, messageOf } from '../plugins/core/errors.ts';
import type { MonitorDefinition } from '../plugins/core/monitor.ts';
import { type SettingsOf, type SettingsTable, readSettings } from '../plugins/core/settings.ts';
import { hostInspector } from '../plugins/host-inspector/host-inspector.ts';
import { createFilesystemProbe } from '../plugins/linux/filesystem-probe.ts';
import type { ParsedArgs } from './command.ts';
import { text } from './options.ts';

/** How long a file system may take to answer statfs before it counts as stuck. */
const STATFS_TIMEOUT_MS = 5_000;

/** Every monitor there is. A new one is one more row. */
const MAKERS: Readonly<Record<string, () => MonitorDefinition<SettingsTable>>> = {
  'host-inspector': () => erased(hostInspector(createFilesystemProbe({ timeoutMs: STATFS_TIMEOUT_MS }))),
};

export const monitorNames: readonly string[] = Object.keys(MAKERS);

/** Checks only get settings that their own table has read, so forgetting the table's exact type loses nothing. */
function erased<T extends SettingsTable>(definition: MonitorDefinition<T>): MonitorDefinition<SettingsTable> {
  return definition as unknown as MonitorDefinition<SettingsTable>;
}

/** A monitor by name. Throws UsageError naming the known ones. */
export function monitorByName(name: string): MonitorDefinition<SettingsTable> {
  const make = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
  if (make === undefined) throw new UsageError(`unknown monitor ${JSON.stringify(name)}; known are ${monitorNames.join(', ')}`);
  return make();
}

/** `npd-host-inspector.sock`, the name that our npd-config files expect. */
export function socketNameOf(monitor: string): string {
  return `npd-${monitor}.sock`;
}

/** The section of `--config FILE` for this monitor, or the defaults. Throws ConfigError naming file and key. */
export function configuredSettings(args: ParsedArgs, { name, settings }: MonitorDefinition<SettingsTable>): SettingsOf<SettingsTable> {
  const file = text(args, 'config');
  if (file === undefined) return readSettings(settings, {}, name);
  const sections = readConfigFile(file);
  for (const key of Object.keys(sections)) {
    if (!monitorNames.includes(key)) throw new ConfigError(file, `unknown section ${JSON.stringify(key)}; known are ${monitorNames.join(', ')}`);
  }
  const section = sections[name] ?? {};
  if (!isRecord(section)) throw new ConfigError(`${file}: ${name}`, 'expected an object with settings');
  return readSettings(settings, section, `${file}: ${name}`);
}

function readConfigFile(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isRecord(value)) return value;
  } catch (cause) {
    throw new ConfigError(file, `cannot be used as configuration: ${messageOf(cause)}`, { cause });
  }
  throw new ConfigError(file, 'expected an object with one section per monitor, e.g. {"host-inspector": {}}');
}

/** Refuses a host root that is no folder or holds no /proc: every check would only say that it could not tell. */
export function hostRoot(args: ParsedArgs): string {
  const root = text(args, 'host-root') ?? '/';
  const isFolder = statSync(root, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder) throw new ConfigError('--host-root', `${root} is not a folder; it must hold the host's proc and sys`);
  return root;
}
