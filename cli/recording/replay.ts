import { systemClock } from '../../plugins/core/clock.ts';
import { silentLogger } from '../../plugins/core/log.ts';
import { type MonitorDefinition, createMonitor } from '../../plugins/core/monitor.ts';
import type { SettingsOf, SettingsTable } from '../../plugins/core/settings.ts';
import type { Recording } from '../recording.ts';

/** The same monitor, but time passes on the recorded host from look to look: before any check looks for another time. */
export function replaying<T extends SettingsTable>(definition: MonitorDefinition<T>, { step }: Pick<Recording, 'step'>): MonitorDefinition<T> {
  const looked = new Set<string>();
  const checks = definition.checks.map((check) => ({
    ...check,
    look(scene: Parameters<typeof check.look>[0]) {
      if (looked.has(check.name)) {
        step();
        looked.clear();
      }
      looked.add(check.name);
      return check.look(scene);
    },
  }));
  return { ...definition, checks };
}

/**
 * Looks once at a recorded host and gives the saved state, for a monitor that goes on from there: what tells by the growth
 * of a counter needs a look before.
 */
export async function lookBefore(definition: MonitorDefinition<SettingsTable>, recording: Recording, configured: SettingsOf<SettingsTable>, bootId: string): Promise<string | undefined> {
  const isSudden = recording.variants[0]?.isSudden === true;
  if (isSudden) recording.recover();
  let saved: string | undefined;
  for (let look = 0; look < (recording.variants[0]?.looksBefore ?? 1); look++) {
    const monitor = createMonitor({
      definition, version: '', root: recording.root, configured, clock: systemClock, random: Math.random, log: silentLogger, bootId,
      isSingleLook: true, savedState: saved,
      onSave: (text) => (saved = text),
    });
    await monitor.start();
    monitor.close();
  }
  if (isSudden) recording.fallSick();
  return saved;
}
