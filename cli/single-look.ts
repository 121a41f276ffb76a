import { systemClock } from '../plugins/core/clock.ts';
import type { Logger } from '../plugins/core/log.ts';
import { type MonitorDefinition, type RunningMonitor, createMonitor } from '../plugins/core/monitor.ts';
import type { SettingsOf, SettingsTable } from '../plugins/core/settings.ts';
import { version } from './version.ts';

/** Nothing outlives this process, so any name will do. */
export const THIS_BOOT = 'this boot';

export interface SingleLookOptions {
  readonly definition: MonitorDefinition<SettingsTable>;
  readonly configured: SettingsOf<SettingsTable>;
  readonly root: string;
  readonly log: Logger;
  /** A look before, within `THIS_BOOT`. */
  readonly savedState?: string | undefined;
}

/** A monitor for one look of each check, not yet started; what it finds is told at once. */
export function singleLook(options: SingleLookOptions): RunningMonitor {
  return createMonitor({ ...options, version: version(), clock: systemClock, random: Math.random, bootId: THIS_BOOT, isSingleLook: true });
}
