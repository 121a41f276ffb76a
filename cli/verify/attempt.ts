import type { Check, Look } from '../../plugins/core/check.ts';
import type { SettingsOf, SettingsTable } from '../../plugins/core/settings.ts';
import type { Condition } from '../../plugins/core/status.ts';
import { type SingleLookOptions, singleLook } from '../single-look.ts';

export type Subject = Omit<SingleLookOptions, 'savedState'>;

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
  const monitor = singleLook({ definition: { ...definition, checks }, configured, root, log });
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
