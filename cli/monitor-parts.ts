import type { Logger } from '../plugins/core/log.ts';
import type { RunChild } from '../plugins/linux/child.ts';
import type { FilesystemProbe } from '../plugins/linux/filesystem-probe.ts';
import type { LogFollower } from '../plugins/linux/log-follower.ts';
import type { HostSources } from '../plugins/host-inspector/sources.ts';
import type { LocateSmi } from '../plugins/gpu-monitor/smi/locate.ts';
import type { ParsedArgs } from './command.ts';

/** What a monitor is made of, beside the host's root. */
export interface MonitorParts {
  readonly args: ParsedArgs;
  readonly log: Logger;
  /** Asks the file systems, for others as well. */
  readonly probe?: FilesystemProbe;
  /** The environment that the container runtime has set. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What a recorded host has in place of this machine's. */
  readonly recorded?: RecordedParts;
}

export interface RecordedParts {
  /** Asks the file systems. */
  readonly probe: FilesystemProbe;
  /** Reads its disks, and its clock. */
  readonly sources: HostSources;
  /** Runs nvidia-smi. */
  readonly runSmi: RunChild;
  /** What its kernel said. */
  readonly kernelLog: LogFollower;
  /** Where nvidia-smi lies on that host. */
  readonly locateSmi: LocateSmi;
}
