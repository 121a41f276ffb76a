import type { Logger } from './log.ts';
import { type SettingsOf, type SettingsTable, overrideSettings } from './settings.ts';
import { RESERVED_PARAMETER_PREFIX } from './status.ts';

/** A client that sends a thousand bad parameters is answered with this many complaints. */
const MOST_COMPLAINTS = 8;

/** The settings in force: the configured ones under the parameters of the last poll that was no peek. */
export interface Parameters<T extends SettingsTable> {
  readonly settings: () => SettingsOf<T>;
  /** Takes the parameters of a poll; true if that changed anything. */
  readonly apply: (parameters: Readonly<Record<string, string>>) => boolean;
}

/**
 * Poll parameters over configured settings. Whoever polled last decides, also with none: then the configured values are
 * back. A bad value keeps the configured one and is told to `complain` once, not with every poll.
 */
export function createParameters<T extends SettingsTable>(
  table: T, configured: SettingsOf<T>, log: Logger, complain: (message: string) => void,
): Parameters<T> {
  let settings = configured;
  let inForce = '[]';
  /** Complaints about the last set that was not empty: another client's empty one in between is no reason to repeat them. */
  let told: readonly string[] = [];

  function tell(invalid: readonly string[]): void {
    for (const message of invalid.filter((message) => !told.includes(message)).slice(0, MOST_COMPLAINTS)) {
      log.warn({ parameter: message }, 'poll parameter not used, the configured value stays');
      complain(message);
    }
    told = invalid.slice(0, MOST_COMPLAINTS);
  }

  return {
    settings: () => settings,
    apply(parameters) {
      // Sorted: Go sends a map in another order each time.
      const ours = Object.entries(parameters)
        .filter(([name]) => !name.startsWith(RESERVED_PARAMETER_PREFIX))
        .toSorted(([a], [b]) => (a < b ? -1 : 1));
      const wanted = JSON.stringify(ours);
      if (wanted === inForce) return false;
      inForce = wanted;
      const overridden = overrideSettings(table, configured, Object.fromEntries(ours));
      settings = overridden.settings;
      log.info({ count: ours.length }, ours.length === 0 ? 'no poll parameters any more, the configured settings are back' : 'poll parameters change the settings');
      if (ours.length > 0) tell(overridden.invalid);
      return true;
    },
  };
}
