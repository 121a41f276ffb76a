import type { Check, Look, Scene } from './check.ts';
import { messageOf } from './errors.ts';
import { unknown } from './verdict.ts';

/**
 * The one place where a thrown error becomes a verdict. Never rejects.
 * It waits for the look itself, however long that takes: deadlines are the sampler's, which must know whether
 * a look has really ended before it starts another.
 */
export async function runCheck<S>(check: Check<S>, scene: Scene<S>): Promise<Look> {
  try {
    const look = await check.look(scene);
    return look.verdicts.length > 0 ? look : { ...look, verdicts: [unknown(`${check.name} looked at nothing`)] };
  } catch (cause) {
    scene.log.debug({ check: check.name, err: cause }, 'could not tell');
    return { verdicts: [unknown(messageOf(cause), cause)] };
  }
}
