import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isRecord } from '../plugins/core/decode.ts';
import { ConfigError, UsageError, quote } from '../plugins/core/errors.ts';
import type { MonitorDefinition } from '../plugins/core/monitor.ts';
import { type SettingsOf, type SettingsTable, readSettings } from '../plugins/core/settings.ts';
import { hostInspector } from '../plugins/host-inspector/host-inspector.ts';
import { type FilesystemProbe, createFilesystemProbe } from '../plugins/linux/filesystem-probe.ts';
import type { ParsedArgs } from './command.ts';
import { readConfigFile } from './config-file.ts';
import { text } from './options.ts';

/** How long a file system may take to answer statfs before it counts as stuck. */
const STATFS_TIMEOUT_MS = 5_000;

/** Every monitor there is. A new one is one more row. */
const MAKERS: Readonly<Record<string, (probe: FilesystemProbe) => MonitorDefinition<SettingsTable>>> = {
  'host-inspector': (probe) => erased(hostInspector(probe)),
};

export const monitorNames: readonly string[] = Object.keys(MAKERS);

/** Checks only get settings that their own table has read, so forgetting the table's exact type loses nothing. */
function erased<T extends SettingsTable>(definition: MonitorDefinition<T>): MonitorDefinition<SettingsTable> {
  return definition as unknown as MonitorDefinition<SettingsTable>;
}

/** A monitor by name; `probe` asks the file systems, by default those of this machine. Throws UsageError naming the known ones. */
export function monitorByName(name: string, probe: FilesystemProbe = createFilesystemProbe({ timeoutMs: STATFS_TIMEOUT_MS })): MonitorDefinition<SettingsTable> {
  const make = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
  if (make === undefined) throw new UsageError(`unknown monitor ${quote(name)}; known are ${monitorNames.join(', ')}`);
  return make(probe);
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

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
