import type { Condition } from '../../plugins/core/status.ts';
import { stateOf } from '../exit-code.ts';
import type { CheckLook } from '../live/looks.ts';

/** A row of one thing, or of several that say the same. */
export type Joined<T> = T & { readonly memberCount: number };

/** Two rows are read as fast as one that stands for two. */
const LEAST_MEMBERS = 3;

/**
 * For people: a monitor that has nothing to look at on this node gives the same reason for all its conditions, which then
 * become one row in the place of the first, `GPUHung and 9 more`. What is not healthy always has a row of its own.
 */
export function joined<T extends Condition>(conditions: readonly T[]): readonly Joined<T>[] {
  return joinedBy(conditions, (condition) => (stateOf(condition) === 'healthy' ? `${condition.status} ${condition.reason}` : condition.type), (first, members) => ({
    ...first, type: nameOf(first.type, members), transitionMs: Math.max(...members.map(({ transitionMs }) => transitionMs)),
  }));
}

/** The same for looks: those of a monitor that say nothing but that this node has no such thing. */
export function joinedLooks(checks: readonly CheckLook[]): readonly Joined<CheckLook>[] {
  return joinedBy(checks, wordOf, (first, members) => ({ ...first, name: nameOf(first.name, members) }));
}

function wordOf({ monitor, name, verdicts: [verdict, ...more] }: CheckLook): string {
  return verdict?.kind === 'not-applicable' && more.length === 0 ? `${monitor} ${verdict.detail}` : `${monitor}/${name}`;
}

function nameOf(first: string, members: readonly unknown[]): string {
  return `${first} and ${members.length - 1} more`;
}

/** In the order of the first of each group. */
function joinedBy<T>(rows: readonly T[], keyOf: (row: T) => string, join: (first: T, members: readonly T[]) => T): readonly Joined<T>[] {
  return [...Map.groupBy(rows, keyOf).values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined || members.length < LEAST_MEMBERS) return members.map((member) => ({ ...member, memberCount: 1 }));
    return [{ ...join(first, members), memberCount: members.length }];
  });
}
