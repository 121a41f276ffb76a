import type { MonitorStatistics } from '../core/statistics.ts';
import type { ReportSource } from './report-source.ts';

/** One monitor of this process as HTTP tells of it. */
export interface ObservedMonitor {
  readonly name: string;
  /** Its public socket, and whether that is ours: `lost` when it is not and nobody answers there, `yielded` when another server does. */
  readonly socketPath: string;
  readonly socketState: () => 'held' | 'lost' | 'yielded' | 'released';
  readonly lostForMs: () => number;
  readonly statistics: () => MonitorStatistics;
  /** Dials the public socket anew: undefined when this very process answered, else what went wrong. Has a deadline, never rejects. */
  readonly askSelf: () => Promise<string | undefined>;
}

/** What is baked into the program, for `npd_plugins_build_info`. */
export interface BuildInfo {
  readonly version: string;
  readonly commit: string;
}

/** Everything that the HTTP server tells of. */
export interface Observed {
  readonly build: BuildInfo;
  /** Names of all monitors that are, or are about to be, served. */
  readonly names: readonly string[];
  /** Those that are served by now. */
  readonly monitors: () => readonly ObservedMonitor[];
  /** Where host-inspector is among them. */
  readonly report?: ReportSource | undefined;
}

/** An answer to a request. */
export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** A page of plain lines. */
export function linesPage(status: number, lines: readonly string[]): Page {
  return { status, contentType: 'text/plain; charset=utf-8', body: lines.map((line) => `${line}\n`).join('') };
}
