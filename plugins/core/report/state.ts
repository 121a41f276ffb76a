import type { Check } from '../check.ts';
import type { ConditionSpec } from '../conditions.ts';
import type { ConditionStatus, MonitorEvent } from '../status.ts';

/** One moment on both clocks: durations are measured on `monotonicMs`, people read `wallMs`. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** What never changes in the life of a process: which conditions there are and which checks feed them. */
export interface ReportPlan {
  readonly specs: readonly ConditionSpec[];
  readonly checks: readonly CheckPlan[];
  /** Raise and clear at once: for a single look, where there is no time to wait. */
  readonly immediate: boolean;
}

export type CheckPlan = Pick<Check<never>, 'name' | 'condition' | 'periodMs'>;

/** Everything that is known, as data. Only the functions of this folder make new ones; none changes in place. */
export interface ReportState {
  readonly checks: ReadonlyMap<string, CheckState>;
  readonly conditions: ReadonlyMap<string, ConditionState>;
  readonly queue: EventQueue;
}

export interface CheckState {
  /** End of the last look; before the first one undefined, or the process start for what was restored. */
  readonly lookedAt: Moment | undefined;
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
  /** What the last look found missing on this node, if anything. */
  readonly notApplicable: string | undefined;
  /** In place of the reason of the condition for that. */
  readonly notApplicableReason: string | undefined;
  /** The last look found nothing it could apply to. */
  readonly appliesNowhere: boolean;
  /** A look of this boot found something healthy, and neither a problem nor anything that it could not tell. */
  readonly isProven: boolean;
  /** What the check keeps for its next look. */
  readonly memo: unknown;
  /** What it keeps for good, over boots too. */
  readonly baseline: unknown;
}

/** How long a finding must last, or be gone, before it counts. */
export interface Patience {
  readonly raiseAfterMs: number;
  readonly clearAfterMs: number;
}

/** A problem over time, named by reason and subject. */
export interface Finding {
  readonly reason: string;
  readonly subject: string;
  readonly message: string;
  /** Who had most of it when it was raised, as it stands behind the message. */
  readonly contributors?: string;
  /** Monotonic: first look of an unbroken series that saw it. */
  readonly sinceMs: number;
  /** Monotonic: first look of an unbroken series that no longer saw it; undefined while it is there. */
  readonly goneSinceMs: number | undefined;
  /** Lasted long enough to be told. */
  readonly isRaised: boolean;
}

/** A subject (or '' for the whole check) of which nothing can be told. */
export interface Gap {
  readonly subject: string;
  readonly message: string;
  /** In place of the unknown reason of the condition. */
  readonly reason?: string;
  /** Monotonic: when it was last known; `-Infinity` if never. */
  readonly knownAtMs: number;
}

export interface ConditionState {
  readonly status: ConditionStatus;
  readonly transitionMs: number;
  readonly reason: string;
  readonly message: string;
  /** Reasons whose begin was told as an event in the present episode. */
  readonly announced: readonly string[];
}

export interface EventQueue {
  readonly pending: readonly QueuedEvent[];
  readonly nextId: number;
  /** Oldest ones that had to go because nobody collected them. */
  readonly droppedCount: number;
}

export interface QueuedEvent extends MonitorEvent {
  readonly id: number;
}

/** After this many periods without a usable look the last known state is given up. */
export const MISSED_PERIODS = 3;
