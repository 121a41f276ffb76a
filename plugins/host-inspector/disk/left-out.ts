import type { Look } from '../../core/check.ts';
import { unknownOf } from '../../core/verdict.ts';

/**
 * What a look leaves out, as a subject of its own: without one it would stand for the whole look, and hide what is told of
 * the others. How many is a reading, since mounts come and go while the state stays. Nothing where none was left out. Pure.
 *
 * @param beyond e.g. `mounts beyond 256`
 * @param source the mount table, as the host names it
 */
export function leftOut(beyond: string, count: number, source: string): Required<Pick<Look, 'verdicts' | 'readings'>> {
  if (count === 0) return { verdicts: [], readings: [] };
  return {
    verdicts: [unknownOf(beyond, `${beyond}: not looked at`)],
    readings: [{ name: 'left_out', subject: beyond, value: count, unit: 'count', source }],
  };
}
