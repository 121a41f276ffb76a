import { type AskSibling, noSiblings } from './monitors/siblings.ts';
import { type RunChild, runChild } from '../linux/child.ts';

/** What checks ask beside /proc, /sys and file systems; a recording hands in its own. */
export interface HostSources {
  /** Runs the programs that read files and folders which may lie on a disk, see linux/disk-file.ts. */
  readonly run: RunChild;
  /** What programs tell of the kernel is that host's; else it is this machine's, whatever root was given. */
  readonly isRecorded?: boolean;
  /** Milliseconds since 1970 by the host's clock. */
  readonly wallMs: () => number;
  /** Asks the node's other monitors. */
  readonly askSibling: AskSibling;
}

export const liveSources: HostSources = { run: runChild, wallMs: () => Date.now(), askSibling: noSiblings };
