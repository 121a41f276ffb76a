import { isCount, isRecord } from '../../core/decode.ts';
import type { ControlGroup } from '../../linux/sys/control-groups.ts';

/** What one group had counted. */
export interface Counted {
  readonly limitReached: number;
  readonly killed: number;
}

/** By UID of a Pod, or folder of another group; without those in which nothing was killed. */
export type Tally = ReadonlyMap<string, Counted>;

/** Killed in one group since the tally before. */
export interface Kills {
  readonly group: ControlGroup;
  readonly count: number;
  /** Whether a limit of its own was reached meanwhile; undefined where that is not told. */
  readonly isOwnLimit: boolean | undefined;
}

export interface Counting {
  readonly group: ControlGroup;
  readonly limitReached: number | undefined;
  readonly killed: number;
}

/** Far more than a node has groups in which something was killed. */
const MOST_REMEMBERED = 200;
const LONGEST_KEY = 256;

/** The groups to remember. Pure. */
export function tallyOf(counting: readonly Counting[]): Tally {
  const kept = counting.filter(({ group, killed }) => killed > 0 && keyOf(group).length <= LONGEST_KEY);
  return new Map(kept.slice(0, MOST_REMEMBERED).map(({ group, limitReached = 0, killed }) => [keyOf(group), { limitReached, killed }]));
}

/**
 * What has been killed since, most first. A group that was not there before has killed all that it counts since then; and one
 * whose count went back was made anew, as that of a service that was started again. Pure.
 */
export function killsSince(before: Tally, counting: readonly Counting[]): readonly Kills[] {
  // Of what it did not remember nobody can tell what is new.
  const isFull = before.size >= MOST_REMEMBERED;
  return counting.flatMap(({ group, killed, limitReached }): readonly Kills[] => {
    const known = before.get(keyOf(group));
    if (known === undefined && isFull) return [];
    const old = known === undefined || known.killed > killed ? { killed: 0, limitReached: 0 } : known;
    const count = killed - old.killed;
    return count > 0 ? [{ group, count, isOwnLimit: limitReached === undefined ? undefined : limitReached > old.limitReached }] : [];
  }).toSorted((a, b) => b.count - a.count);
}

function keyOf({ pod, folder }: ControlGroup): string {
  return pod ?? folder;
}

/** As JSON, for the memo. */
export function writtenTally(tally: Tally): Readonly<Record<string, readonly [number, number]>> {
  return Object.fromEntries([...tally].map(([key, { limitReached, killed }]) => [key, [limitReached, killed]]));
}

/** Undefined for what is no tally: then what was counted before is not known. */
export function readTally(value: unknown): Tally | undefined {
  if (!isRecord(value)) return undefined;
  const tally = new Map<string, Counted>();
  for (const [key, counted] of Object.entries(value).slice(0, MOST_REMEMBERED)) {
    const [limitReached, killed]: readonly unknown[] = Array.isArray(counted) ? counted : [];
    if (!isCount(limitReached) || !isCount(killed)) return undefined;
    tally.set(key, { limitReached, killed });
  }
  return tally;
}
