import type { Check, Histogram, Look, Metric, Reading } from './check.ts';
import type { ConditionSpec } from './conditions.ts';
import type { EventQueue } from './report/state.ts';
import type { Condition } from './status.ts';
import type { Verdict } from './verdict.ts';

/** What a monitor knows and has done since this process began, as plain data: for metrics and for people who watch. */
export interface MonitorStatistics {
  readonly monitor: string;
  /** Polls answered that took events and thresholds along. */
  readonly pollCount: number;
  /** Polls answered that only looked, see PEEK_PARAMETER. */
  readonly peekCount: number;
  readonly events: EventStatistics;
  /** In the order of the plugin's list. */
  readonly checks: readonly CheckStatistics[];
  /** In the order of the condition table. */
  readonly conditions: readonly ConditionStatistics[];
}

export interface EventStatistics {
  /** Put into the queue by this process; without those of a predecessor, which `pendingCount` holds too. */
  readonly queuedCount: number;
  /** Told in a reply that was read. */
  readonly sentCount: number;
  /** Thrown away because nobody collected them. Those left to another server on our socket are neither sent nor dropped. */
  readonly droppedCount: number;
  readonly pendingCount: number;
}

export interface CheckStatistics {
  readonly name: string;
  /** Undefined for one that only tells events. */
  readonly condition: string | undefined;
  readonly periodMs: number;
  /** Looks that ended in time. */
  readonly inTimeCount: number;
  /** Deadlines that passed without an end, and periods for which the same look still had none. */
  readonly lateCount: number;
  /** Time that all looks which ended in time took together. */
  readonly totalMs: number;
  /** The last look that ended in time; undefined before the first. */
  readonly last: { readonly tookMs: number; readonly endedWallMs: number } | undefined;
  /** What was last found, which may be that there was no answer in time; none before the first look. */
  readonly verdicts: readonly Verdict[];
  readonly readings: readonly Reading[];
  /** What the last look gave for `/metrics` alone. */
  readonly metrics: readonly Metric[];
  readonly histograms: readonly Histogram[];
}

export interface ConditionStatistics {
  readonly condition: Condition;
  readonly spec: ConditionSpec;
  /** Reasons of the table that are raised now, also beside the worst one that the condition names. */
  readonly raisedReasons: readonly string[];
}

type CheckTally = Pick<CheckStatistics, 'inTimeCount' | 'lateCount' | 'totalMs' | 'last'>;

/** Counts while a monitor runs: a few additions per look and poll, nothing else until somebody asks. */
export interface Tally {
  readonly polled: (isPeek: boolean) => void;
  /** A look ended after `tookMs`, or (undefined) was late, at this wall time. */
  readonly looked: (checkName: string, tookMs: number | undefined, wallMs: number) => void;
  /** One queue became another by new events. */
  readonly queued: (before: EventQueue, after: EventQueue) => void;
  readonly sent: (count: number) => void;
  readonly polls: () => Pick<MonitorStatistics, 'pollCount' | 'peekCount'>;
  readonly events: (queue: EventQueue) => EventStatistics;
  readonly check: (check: Pick<Check<never>, 'name' | 'condition' | 'periodMs'>, look: Look | undefined) => CheckStatistics;
}

const NEVER: CheckTally = { inTimeCount: 0, lateCount: 0, totalMs: 0, last: undefined };

/** All counters at zero. */
export function createTally(): Tally {
  const looks = new Map<string, CheckTally>();
  let [pollCount, peekCount, queuedCount, sentCount, droppedCount] = [0, 0, 0, 0, 0];
  return {
    polled(isPeek) {
      if (isPeek) peekCount += 1;
      else pollCount += 1;
    },
    looked(checkName, tookMs, wallMs) {
      const before = looks.get(checkName) ?? NEVER;
      looks.set(checkName, tookMs === undefined ? { ...before, lateCount: before.lateCount + 1 } : {
        ...before, inTimeCount: before.inTimeCount + 1, totalMs: before.totalMs + tookMs, last: { tookMs, endedWallMs: wallMs },
      });
    },
    queued(before, after) {
      queuedCount += after.nextId - before.nextId;
      droppedCount += after.droppedCount - before.droppedCount;
    },
    sent(count) {
      sentCount += count;
    },
    polls: () => ({ pollCount, peekCount }),
    events: ({ pending }) => ({ queuedCount, sentCount, droppedCount, pendingCount: pending.length }),
    check({ name, condition, periodMs }, look) {
      const { verdicts = [], readings = [], metrics = [], histograms = [] } = look ?? {};
      return { name, condition, periodMs, ...looks.get(name) ?? NEVER, verdicts, readings, metrics, histograms };
    },
  };
}
