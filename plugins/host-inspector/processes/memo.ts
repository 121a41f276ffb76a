import { isCount, isRecord } from '../../core/decode.ts';
import { type Blocked, MOST_BLOCKED, MOST_PARENTS, type Zombies } from './states.ts';

/** A process that was blocked at the look before. */
export type Suspect = Pick<Blocked, 'pid' | 'startTicks' | 'switches'>;

/** What is kept for the next look of this boot. */
export interface ProcessMemo {
  /** So many looks until the next walk over all processes. */
  readonly looksLeft: number;
  readonly suspects: readonly Suspect[];
  /** Of the last walk. */
  readonly zombies: Zombies;
}

/** As JSON. Pure. */
export function encodeMemo({ looksLeft, suspects, zombies }: ProcessMemo): unknown {
  return {
    looksLeft,
    suspects: suspects.map(({ pid, startTicks, switches }) => [Number(pid), startTicks, switches]),
    zombies: { count: zombies.count, parents: zombies.parents.map(({ comm, count }) => [comm, count]) },
  };
}

/** A memo as it was kept, or undefined for anything else. Pure. */
export function decodeMemo(memo: unknown): ProcessMemo | undefined {
  if (!isRecord(memo) || !isCount(memo['looksLeft']) || !isRecord(memo['zombies']) || !isCount(memo['zombies']['count'])) return undefined;
  const suspects = listOf(memo['suspects'], MOST_BLOCKED, (value): Suspect | undefined => {
    if (!Array.isArray(value) || value.length !== 3 || !value.every(isCount)) return undefined;
    const [pid = 0, startTicks = 0, switches = 0] = value;
    return { pid: String(pid), startTicks, switches };
  });
  const parents = listOf(memo['zombies']['parents'], MOST_PARENTS, (value) => {
    const [comm, count] = Array.isArray(value) ? (value as unknown[]) : [];
    return typeof comm === 'string' && isCount(count) ? { comm, count } : undefined;
  });
  if (suspects === undefined || parents === undefined) return undefined;
  return { looksLeft: memo['looksLeft'], suspects, zombies: { count: memo['zombies']['count'], parents } };
}

function listOf<T>(value: unknown, most: number, read: (entry: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(value) || value.length > most) return undefined;
  const entries = value.map(read).filter((entry) => entry !== undefined);
  return entries.length === value.length ? entries : undefined;
}
