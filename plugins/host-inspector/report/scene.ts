import type { Condition } from '../../core/status.ts';
import type { FilesystemProbe } from '../../linux/filesystem-probe.ts';
import type { RunChild } from '../../linux/child.ts';
import type { HostSettings } from '../settings.ts';

/** What a report is made of. */
export interface ReportOptions {
  /** The host's root folder: `/`, `/host`, or a recorded tree. */
  readonly root: string;
  /** Undefined: the host's own. */
  readonly nodeName: string | undefined;
  /** Of this program. */
  readonly version: string;
  readonly settings: HostSettings;
  /** The one that the checks have, so that what hangs is known. */
  readonly probe: FilesystemProbe;
  /** The conditions as they are when it is asked: of the monitor that runs here, or of one look. It may take its time; then those known so far count. */
  readonly conditions: ConditionsSource;
  /** Until then the report is made, with whatever is there. */
  readonly timeoutMs: number;
  /** Between the two looks at how busy the CPUs are. */
  readonly cpuWindowMs: number;
  /** Then no time passes in /proc, and what this machine says of itself is of another one. */
  readonly isRecording: boolean;
  /** Asks systeminformation; absent for a recording, which is another machine than this one. */
  readonly inventory?: AskInventory | undefined;
  /** Runs what reads files that may lie on a disk. */
  readonly run: RunChild;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly signal?: AbortSignal | undefined;
}

/** How systeminformation is asked, and what it said is kept. */
export interface AskInventory {
  /** Prints what `askSysteminformation` gives, as JSON. */
  readonly command: readonly [string, ...string[]];
  /** Kept there for the rest of the boot; asked each time without. */
  readonly cacheFile?: string | undefined;
}

export interface ConditionsSource {
  /** Settles when every check has looked. */
  readonly ready: () => Promise<void>;
  readonly now: () => readonly Condition[];
}

/** What every part of the report gets. */
export interface ReportScene extends ReportOptions {
  /** Aborted when the time is over. */
  readonly signal: AbortSignal;
  readonly startedMs: number;
  /** For one file or one child of a disk: less than the whole has, so that one that hangs is told. */
  readonly diskTimeoutMs: number;
}
