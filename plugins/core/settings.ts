import { parseCount, parseDecimal, parseDurationMs, parseSizeBytes } from './decode.ts';
import { ConfigError, messageOf, quote } from './errors.ts';

/**
 * One threshold: its default, how its text is read, what it means. The same table serves the configuration file,
 * poll parameters and the documentation.
 */
export interface Setting<T> {
  readonly initial: T;
  /** Reads a scalar of the configuration file or the text of a poll parameter; throws `ConfigError` naming `path`. */
  readonly read: (value: unknown, path: string) => T;
  readonly help: string;
}

export type SettingsTable = Readonly<Record<string, Setting<unknown>>>;
export type SettingsOf<T extends SettingsTable> = { readonly [K in keyof T]: T[K]['initial'] };

/** A percentage from 0 to 100, decimals allowed, as text or number, without a `%`. Reading throws ConfigError naming the path. */
export function percentSetting(initial: number, help: string): Setting<number> {
  return { initial, help, read: (value, path) => bounded(textOf(value, path), path, 100) };
}

/** A whole number ≥ 0 as text or number. Reading throws ConfigError naming the path. */
export function countSetting(initial: number, help: string): Setting<number> {
  return { initial, help, read: (value, path) => asConfig(() => parseCount(textOf(value, path), path)) };
}

/** Milliseconds inside, `30s` outside. */
export function durationSetting(initialMs: number, help: string): Setting<number> {
  return { initial: initialMs, help, read: (value, path) => parseDurationMs(textOf(value, path), path) };
}

/** Bytes inside, `100Mi` outside. */
export function sizeSetting(initialBytes: number, help: string): Setting<number> {
  return { initial: initialBytes, help, read: (value, path) => parseSizeBytes(textOf(value, path), path) };
}

/** A list in the file, a comma-separated text as a poll parameter. */
export function listSetting(initial: readonly string[], help: string): Setting<readonly string[]> {
  return {
    initial,
    help,
    read(value, path) {
      if (Array.isArray(value)) return value.map((entry, index) => textOf(entry, `${path}[${index}]`));
      return textOf(value, path).split(',').map((entry) => entry.trim()).filter((entry) => entry !== '');
    },
  };
}

/** The settings of a table where nothing is configured. */
export function defaultsOf<T extends SettingsTable>(table: T): SettingsOf<T> {
  return Object.fromEntries(Object.entries(table).map(([name, { initial }]) => [name, initial])) as SettingsOf<T>;
}

/** Settings from a configuration file's section. A malformed one stops the start: a silent default would switch a limit off. */
export function readSettings<T extends SettingsTable>(table: T, section: Readonly<Record<string, unknown>>, path: string): SettingsOf<T> {
  const settings: Record<string, unknown> = { ...defaultsOf(table) };
  for (const [name, value] of Object.entries(section)) {
    const setting = Object.hasOwn(table, name) ? table[name] : undefined;
    if (setting === undefined) {
      throw new ConfigError(path, `unknown key ${quote(name)}; known are ${Object.keys(table).join(', ')}`);
    }
    settings[name] = setting.read(value, `${path}.${name}`);
  }
  return settings as SettingsOf<T>;
}

export interface Overridden<T extends SettingsTable> {
  readonly settings: SettingsOf<T>;
  /** One per parameter that could not be used, naming it. */
  readonly invalid: readonly string[];
}

/** Poll parameters over configured settings. A bad or unknown one keeps the configured value and is named. */
export function overrideSettings<T extends SettingsTable>(
  table: T, configured: SettingsOf<T>, parameters: Readonly<Record<string, string>>,
): Overridden<T> {
  const settings: Record<string, unknown> = { ...configured };
  const invalid: string[] = [];
  for (const [name, text] of Object.entries(parameters)) {
    const setting = Object.hasOwn(table, name) ? table[name] : undefined;
    try {
      if (setting === undefined) throw new ConfigError(quote(name), 'unknown parameter');
      settings[name] = setting.read(text, name);
    } catch (cause) {
      invalid.push(messageOf(cause));
    }
  }
  return { settings: settings as SettingsOf<T>, invalid };
}

function textOf(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw new ConfigError(path, `expected a text or a number, got ${quote(JSON.stringify(value) ?? 'nothing')}`);
}

function bounded(text: string, path: string, most: number): number {
  const value = asConfig(() => parseDecimal(text, path));
  if (value < 0 || value > most) throw new ConfigError(path, `expected a number from 0 to ${most}, got ${quote(text)}`);
  return value;
}

/** Parse errors of a setting are configuration errors; both already name the path. */
function asConfig<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new ConfigError('', messageOf(cause), { cause });
  }
}
