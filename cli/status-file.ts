import { dirname, join } from 'node:path';
import type { Logger } from '../plugins/core/log.ts';
import type { Condition } from '../plugins/core/status.ts';
import { writeFileAtomically } from '../plugins/linux/atomic-file.ts';
import { runChild } from '../plugins/linux/child.ts';
import { statusFileNameOf } from '../plugins/npd/bridge-names.ts';
import { bridgeFileText, bridgeHeader, bridgeLines } from '../plugins/npd/bridge-status.ts';

/** The folder may lie on a disk that no longer answers: neither writing nor removing may hold us longer than this. */
const DEADLINE_MS = 2_000;

/** A change is written within this time. NPD asks every 30 s, and a look costs 0.2 ms of CPU. */
const LOOK_MS = 5_000;

/** A write costs 6 ms of CPU, half of it the child's. The file counts as stale after 90 s, that is three periods, as a check does. */
const WRITE_EVERY_MS = 30_000;

export interface StatusFileOptions {
  readonly folder: string;
  readonly monitor: string;
  /** What the monitor says now. Takes no events from it. */
  readonly conditions: () => readonly Condition[];
  /** False while another process serves this monitor: then the file is that one's. */
  readonly isOurs: () => boolean;
  readonly log: Logger;
  readonly lookMs?: number;
  readonly writeEveryMs?: number;
}

export interface StatusFile extends AsyncDisposable {
  readonly path: string;
}

/** Keeps the status file of one monitor fresh until it is disposed of, which removes the file. Never throws; trouble is logged once per kind, and tried again. */
export function keepStatusFile(options: StatusFileOptions): StatusFile {
  const { folder, monitor, conditions, isOurs, log, lookMs = LOOK_MS, writeEveryMs = WRITE_EVERY_MS } = options;
  const path = join(folder, statusFileNameOf(monitor));
  const troubles = new Set<string>();
  let tried: { readonly text: string; readonly wallMs: number; readonly header: string } | undefined;
  let writing: Promise<void> | undefined;

  async function write(lines: readonly string[], wallMs: number): Promise<void> {
    const result = await writeFileAtomically(path, bridgeFileText(lines, wallMs), { timeoutMs: DEADLINE_MS, isPassing: true });
    if (result.kind !== 'ok') {
      if (!troubles.has(result.message)) log.warn({ path, problem: result.message, remedy: remedyFor(path) }, 'status file not written; NPD will say Unknown');
      troubles.add(result.message);
    } else if (troubles.size > 0) {
      log.info({ path }, 'status file is written again');
      troubles.clear();
    }
  }

  function look(): void {
    if (!isOurs()) tried = undefined;
    if (!isOurs() || writing !== undefined) return;
    const wallMs = Date.now();
    const lines = bridgeLines(conditions());
    const text = lines.join('\n');
    // By the clock on the wall, for it is that time which is written: it may have been set, or the machine have slept.
    if (tried?.text === text && Math.abs(wallMs - tried.wallMs) < writeEveryMs) return;
    tried = { text, wallMs, header: bridgeHeader(lines, wallMs) };
    writing = write(lines, wallMs).finally(() => {
      writing = undefined;
    });
  }

  look();
  const timer = setInterval(look, lookMs).unref();
  return {
    path,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      const isLast = isOurs();
      await writing;
      // A file system that did not answer does not do so now, and we are to end.
      if (isLast && tried !== undefined && troubles.size === 0) await removeOurs(path, tried.header);
    },
  };
}

function remedyFor(path: string): string {
  return `${dirname(path)} must be a folder in which this user may write, with room on its disk`;
}

/** Only if it is the one that we wrote last: a successor may have begun already. */
async function removeOurs(path: string, header: string): Promise<void> {
  const script = 'IFS= read -r header <"$1" && [ "$header" = "$2" ] && exec rm -f -- "$1"';
  await runChild({ command: 'sh', args: ['-c', script, 'sh', path, header], timeoutMs: DEADLINE_MS, maxOutputBytes: 4_096 });
}
