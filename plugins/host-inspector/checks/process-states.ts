import type { Check, Look, Reading } from '../../core/check.ts';
import { messageOf } from '../../core/errors.ts';
import { cutToBytes, oneLine } from '../../core/text.ts';
import { type Unknown, type Verdict, healthy, notApplicable, problem, unknownOf } from '../../core/verdict.ts';
import { parseStat } from '../../linux/proc/stat.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { createSlices } from '../../linux/slices.ts';
import { isNear } from '../limits/near.ts';
import { type PidLimits, readPidLimits } from '../limits/pid-limit.ts';
import { type Suspect, decodeMemo, encodeMemo } from '../processes/memo.ts';
import { type Blocked, type ProcessStates, type Zombies, readTask, stillBlocked, walkProcesses } from '../processes/states.ts';
import type { HostSettings } from '../settings.ts';
import type { HostSources } from '../sources.ts';

const SUBJECT = 'states of processes';

/** A walk over all processes every five minutes; in between only those that were blocked are looked at. */
const LOOKS_PER_WALK = 5;

/** So many names are told; the others have the same cause, most likely. */
const MOST_NAMES = 16;

/**
 * Is a process stuck in the kernel, or does nobody reap those that have ended? The kernel's own count of blocked tasks
 * (procs_blocked of /proc/stat) cannot call for the walk: only tasks that wait for a disk are in it, and none that wait for a
 * share, a lock or a driver.
 */
export function processStates({ run }: HostSources): Check<HostSettings> {
  return {
    name: 'process-states',
    condition: 'ProcessesStuck',
    periodMs: 60_000,
    timeoutMs: 50_000,
    isSlow: true,
    async look({ root, settings, memo, signal }) {
      const first = readTask(root, '1');
      if (first.kind === 'absent' || first.kind === 'denied') return { verdicts: [notApplicable(`${SUBJECT} (no /proc/1/stat: hidepid, or no /proc)`)] };
      if (first.kind === 'failed') return { verdicts: [unknownOf(SUBJECT, first.message, first.cause)] };
      const before = decodeMemo(memo);
      const seen = before === undefined || before.looksLeft === 0
        ? { looksLeft: LOOKS_PER_WALK - 1, ...(await walkProcesses(root, createSlices(signal))) }
        : { looksLeft: before.looksLeft - 1, processes: undefined, zombies: before.zombies, isPartlyHidden: false, ...stillBlocked(root, before.suspects) };
      const stuck = stuckSince(before?.suspects ?? [], seen.blocked);
      const { verdicts, readings = [] } = judge(seen, stuck, limitsOf(root), settings);
      return {
        verdicts,
        readings: [...readings, { name: 'blocked_tasks', value: parseStat(valueOrThrow(readText(root, 'proc/stat'))).blockedTasks, unit: 'count', source: '/proc/stat' }],
        // What could not be told is asked again at once.
        memo: encodeMemo({ looksLeft: seen.failures.length > 0 ? 0 : seen.looksLeft, suspects: seen.blocked, zombies: seen.zombies }),
        async contributorsTo({ subject }, abort) {
          const { ownersOfBlocked } = await import('../processes/owners.ts');
          return await ownersOfBlocked(root, stuck.filter((each) => subjectOf(each) === subject), run, abort);
        },
      };
    },
  };
}

/** Those that have not run since the look before. Pure. */
function stuckSince(suspects: readonly Suspect[], blocked: readonly Blocked[]): readonly Blocked[] {
  const before = new Map(suspects.map((suspect) => [suspect.pid, suspect]));
  return blocked.filter(({ pid, startTicks, switches }) => before.get(pid)?.startTicks === startTicks && before.get(pid)?.switches === switches);
}

function subjectOf({ comm }: Pick<Blocked, 'comm'>): string {
  return `${nameOf(comm)} in state D`;
}

function nameOf(comm: string): string {
  return cutToBytes(oneLine(comm), 32);
}

const ALL_ZOMBIES = 'zombies of the node';

type Seen = Pick<ProcessStates, 'failures' | 'isPartlyHidden' | 'zombies'> & { readonly processes: number | undefined };

/** Without them the rest is told all the same: a look that fails as a whole would walk again a minute later. */
function limitsOf(root: string): PidLimits | Unknown {
  try {
    return readPidLimits(root);
  } catch (cause) {
    return unknownOf(ALL_ZOMBIES, messageOf(cause), cause);
  }
}

type Limits = Pick<HostSettings, 'zombiesMaxPercent' | 'zombiesPerParentMax'>;

/** Pure. By name and not by PID, so that what is told of a program stays the same while its processes come and go. */
function judge(seen: Seen, stuck: readonly Blocked[], limits: PidLimits | Unknown, settings: Limits): Look {
  const subjects = [...new Set(stuck.map(subjectOf))].toSorted().slice(0, MOST_NAMES);
  const problems = [
    ...subjects.map((subject) => problem('ProcessesUninterruptible', subject, `${subject}: waits in the kernel without having run for minutes (/proc/<pid>/stat)`)),
    ...judgeZombies(seen.zombies, 'limits' in limits ? limits.limits : [], settings),
  ];
  const [failure] = seen.failures.toSorted();
  const gaps: readonly Verdict[] = [
    ...(failure === undefined ? [] : [unknownOf(SUBJECT, failure)]),
    ...('limits' in limits ? [] : [limits]),
    ...(seen.isPartlyHidden ? [notApplicable(`${SUBJECT} that are hidden (hidepid)`)] : []),
  ];
  const verdicts = [...problems, ...gaps];
  return {
    verdicts: verdicts.some(({ kind }) => kind !== 'not-applicable') ? verdicts : [healthy, ...verdicts],
    readings: [
      ...(seen.processes === undefined ? [] : [{ name: 'processes', value: seen.processes, unit: 'count', source: '/proc/<pid>/stat' }]),
      { name: 'stuck_processes', value: stuck.length, unit: 'count', source: '/proc/<pid>/{stat,status}' },
      { name: 'zombies', value: seen.zombies.count, unit: 'count', source: '/proc/<pid>/stat' },
      ...seen.zombies.parents.slice(0, 3).map(({ comm, count }): Reading => ({ name: 'zombies', subject: `of ${nameOf(comm)}`, value: count, unit: 'count', source: '/proc/<pid>/stat' })),
    ],
  };
}

/** A few that wait to be reaped are a healthy node's; what counts is a parent that never does so, and that PIDs run out. */
function judgeZombies({ count, parents }: Zombies, limits: PidLimits['limits'], { zombiesMaxPercent, zombiesPerParentMax }: Limits): readonly Verdict[] {
  const names = [...new Set(parents.filter((parent) => parent.count > zombiesPerParentMax).map(({ comm }) => nameOf(comm)))].toSorted();
  const [binding] = limits.toSorted((a, b) => a.limit - b.limit);
  const isShare = binding !== undefined && isNear({ used: count, limit: binding.limit }, zombiesMaxPercent);
  return [
    ...names.map((name) => problem('ZombieProcesses', `zombies of ${name}`, `zombies of ${name}: more than ${zombiesPerParentMax} that it does not reap (/proc/<pid>/stat)`)),
    ...(isShare ? [problem('ZombieProcesses', ALL_ZOMBIES, `${ALL_ZOMBIES}: more than ${zombiesMaxPercent}% of ${binding.limitName} (${binding.limit})`)] : []),
  ];
}
