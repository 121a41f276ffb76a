import type { Look, Reading } from '../../core/check.ts';
import type { InotifyInstance } from '../../linux/inotify.ts';
import { isNear, judgeCount } from './near.ts';

/** A process with inotify instances. */
export interface Holder {
  readonly uid: number;
  readonly parentPid: number;
  readonly instances: readonly InotifyInstance[];
}

/** Of fs.inotify, for each user. */
export interface Limits {
  readonly instances: number;
  readonly watches: number;
}

/**
 * What each user has in use, by user. A child inherits its parent's descriptors, and the instance behind them is one: what
 * both have under the same number and with as many watches counts once. Pure.
 */
export function usersOf(holders: ReadonlyMap<number, Holder>): ReadonlyMap<number, Limits> {
  const users = new Map<number, Limits>();
  for (const { uid, parentPid, instances } of holders.values()) {
    const inherited = holders.get(parentPid)?.instances ?? [];
    const own = instances.filter(({ descriptor, watches }) => !inherited.some((other) => other.descriptor === descriptor && other.watches === watches));
    const before = users.get(uid) ?? { instances: 0, watches: 0 };
    const watches = own.reduce((sum, instance) => sum + instance.watches, before.watches);
    users.set(uid, { instances: before.instances + own.length, watches });
  }
  return users;
}

const KINDS = ['instances', 'watches'] as const;

function subjectOf(kind: keyof Limits, uid: number): string {
  return `inotify ${kind} of uid ${uid}`;
}

/** The processes of the user that a verdict of `judgeUsers` is about, with what each has open, inherited or not. Pure. */
export function holdersBehind(holders: ReadonlyMap<number, Holder>, subject: string): readonly { readonly pid: string; readonly amount: number }[] {
  return [...holders].flatMap(([pid, { uid, instances }]) => {
    if (subject === subjectOf('instances', uid)) return [{ pid: String(pid), amount: instances.length }];
    return subject === subjectOf('watches', uid) ? [{ pid: String(pid), amount: instances.reduce((sum, { watches }) => sum + watches, 0) }] : [];
  });
}

/** Only users near a limit get a verdict, so none means that none is. Pure. */
export function judgeUsers(users: ReadonlyMap<number, Limits>, limits: Limits, percent: number): Look {
  const near = [...users].flatMap(([uid, used]) =>
    KINDS
      .map((kind) => ({ subject: subjectOf(kind, uid), used: used[kind], limit: limits[kind], limitName: `fs.inotify.max_user_${kind}` }))
      .filter((count) => isNear(count, percent)),
  );
  return {
    verdicts: near.map((count) => judgeCount('InotifyNearLimit', count, percent)),
    readings: KINDS.flatMap((kind): readonly Reading[] => {
      const source = '/proc/<pid>/fdinfo';
      const [uid, used] = [...users].toSorted((a, b) => b[1][kind] - a[1][kind])[0] ?? [];
      const limit: Reading = { name: `inotify_${kind}_limit`, value: limits[kind], unit: 'count', source: `/proc/sys/fs/inotify/max_user_${kind}` };
      return used === undefined ? [limit] : [{ name: `inotify_${kind}`, subject: `uid ${uid}`, value: used[kind], unit: 'count', source }, limit];
    }),
  };
}
