import type { Check, Look } from '../../plugins/core/check.ts';
import { systemClock } from '../../plugins/core/clock.ts';
import type { Logger } from '../../plugins/core/log.ts';
import { type MonitorDefinition, createMonitor } from '../../plugins/core/monitor.ts';
import type { SettingsOf, SettingsTable } from '../../plugins/core/settings.ts';
import type { Condition } from '../../plugins/core/status.ts';
import { version } from '../version.ts';

/** Nothing outlives this process, so any name will do. */
const BOOT = 'this boot';

export interface Subject {
  readonly definition: MonitorDefinition<SettingsTable>;
  readonly configured: SettingsOf<SettingsTable>;
  readonly root: string;
  readonly log: Logger;
}

/** What one attempt at all checks came to. */
export interface Attempt {
  readonly conditions: readonly Condition[];
  /** By check; of an attempt that was broken off only those that had ended. */
  readonly looks: ReadonlyMap<string, Look>;
  readonly isWhole: boolean;
}

/** Looks with every check once, but for those whose look is known, which stands as it is. Breaks off with the signal. Never rejects. */
export async function attemptAll({ definition, configured, root, log }: Subject, known: ReadonlyMap<string, Look>, signal: AbortSignal): Promise<Attempt> {
  const checks = definition.checks.map((check): Check<SettingsOf<SettingsTable>> => {
    const look = known.get(check.name);
    return look === undefined ? check : { ...check, look: () => look };
  });
  const monitor = createMonitor({
    definition: { ...definition, checks }, version: version(), root, configured, clock: systemClock, random: Math.random, log, bootId: BOOT, isSingleLook: true,
  });
  const broken = Promise.withResolvers<void>();
  const breakOff = (): void => broken.resolve();
  signal.addEventListener('abort', breakOff);
  if (signal.aborted) breakOff();
  await Promise.race([monitor.start(), broken.promise]);
  signal.removeEventListener('abort', breakOff);
  monitor.close();
  // In the order of the checks, and not in that in which they ended.
  const ended = monitor.looks();
  const looks = new Map(checks.flatMap(({ name }) => {
    const look = ended.get(name);
    return look === undefined ? [] : [[name, look] as const];
  }));
  return { conditions: monitor.conditions(), looks, isWhole: checks.every(({ name }) => looks.has(name)) };
}
