import type { Logger } from './log.ts';
import type { Severity } from './status.ts';
import type { Problem, Verdict } from './verdict.ts';

/** Everything a check may touch. Tests hand in a recorded tree and a silent logger. */
export interface Scene<Settings> {
  /** Folder that holds the host's `/proc`, `/sys`, `/etc`: `/` on the host, `/host` in a container, a recording in a test. */
  readonly root: string;
  /** Thresholds now in force: defaults, configuration file, flags, poll parameters. */
  readonly settings: Settings;
  /** Aborted at the deadline of the look. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** What this check's previous look kept, also over a restart within one boot; decode it strictly. */
  readonly memo: unknown;
  /** As `memo`, but kept over boots too: what this very machine usually has. Undefined as long as no look kept anything. */
  readonly baseline?: unknown;
}

/** What one look found. */
export interface Look {
  /** One per subject; at least one, or the look counts as unknown. */
  readonly verdicts: readonly Verdict[];
  readonly events?: readonly LookEvent[];
  /** Kept for the next look; JSON only, small. */
  readonly memo?: unknown;
  /** Kept for good, over boots too; JSON only, small. Without it the one before stays. */
  readonly baseline?: unknown;
  /** Numbers behind the verdicts, for people, logs and metrics; never part of a condition message. */
  readonly readings?: readonly Reading[];
  /** For `/metrics` alone, under names of their own. Their number must be bounded by what the machine has. */
  readonly metrics?: readonly Metric[];
  /** As `metrics`. */
  readonly histograms?: readonly Histogram[];
  /**
   * Finds who has most of what a problem of this look is about, see `Problem`; nobody where nobody can be seen. Only asked when the problem is about to be told for the first
   * time, so a healthy node pays nothing; may take some seconds, may throw, and must heed the signal.
   */
  readonly contributorsTo?: (problem: Problem, signal: AbortSignal) => readonly string[] | Promise<readonly string[]>;
  /** The next look is to come so soon, if that is before the period is over. */
  readonly againInMs?: number;
}

/** One sample of a metric; those of one name have the same type, help and label names. Names and units as prometheus.io/docs/practices/naming has them. */
export interface Metric {
  /** `npd_plugins_gpu_temperature_celsius` */
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Observations by size, as prometheus.io/docs/concepts/metric_types has them; those of one name have the same help, label names and bounds. */
export interface Histogram extends Pick<Metric, 'name' | 'help' | 'labels'> {
  /** Upper bounds, ascending, the last one Infinity, and how many observations were at or below each. */
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
  /** Of all observations. */
  readonly sum: number;
}

/** Something that happened, without a condition of its own: an OOM kill, a contained XID. */
export interface LookEvent {
  readonly severity: Severity;
  readonly reason: string;
  readonly message: string;
}

export interface Reading {
  readonly name: string;
  /** What it was read of, e.g. a mount point; absent for the node as a whole. */
  readonly subject?: string;
  readonly value: number | string | boolean;
  /** `bytes`, `percent`, `count`, `seconds`, or '' for a text. */
  readonly unit: string;
  /** The file or command it came from. */
  readonly source: string;
}

export interface Check<Settings> {
  /** kebab-case, unique in its monitor. */
  readonly name: string;
  /** The condition type it feeds; absent for one that only tells events. */
  readonly condition?: string;
  readonly periodMs: number;
  /** Deadline of one look; shorter than the period. */
  readonly timeoutMs: number;
  /** Checks with the same word and period look at the same moment, always, so that they can share what they read. */
  readonly together?: string;
  /** It waits for a program of others or walks over all processes: no first answer waits for it, and it begins a second later. */
  readonly isSlow?: boolean;
  /** Of a slow one: its first look is put off by a random part of this, so that nodes which start at once do not ask at once. */
  readonly startSpreadMs?: number;
  /** May throw: `runCheck` turns that into `unknown`. */
  readonly look: (scene: Scene<Settings>) => Look | Promise<Look>;
}
