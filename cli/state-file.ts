import { join } from 'node:path';
import type { Logger } from '../plugins/core/log.ts';
import { readSmallFile, writeFileAtomically } from '../plugins/linux/atomic-file.ts';

/** The folder may lie on a disk that no longer answers: neither reading nor writing may hold us longer than this. */
const DEADLINE_MS = 2_000;

/** 256 events of 1 KiB and some; more than this was not written by us. */
const LONGEST_BYTES = 2 ** 20;

/** Where one monitor keeps what outlives its process. */
export interface StateFile {
  /** The predecessor's text, or undefined with a warning unless there is simply none. */
  readonly load: () => Promise<string | undefined>;
  /** Writes soon, the newest text only; a failure is a warning, once per kind. */
  readonly save: (text: string) => void;
  /** Settles when nothing is left to write, or at the deadline. */
  readonly flush: () => Promise<void>;
}

/** Keeps nothing: without `--state-dir` transition times begin anew with each process. */
export const noStateFile: StateFile = { load: async () => undefined, save: () => {}, flush: async () => {} };

export function stateFile(folder: string, monitor: string, log: Logger): StateFile {
  const path = join(folder, `${monitor}.state.json`);
  let lastWrite: Promise<void> | undefined;
  let lastTrouble = '';

  function complain(trouble: string, message: string): void {
    if (trouble !== '' && trouble !== lastTrouble) log.warn({ path, problem: trouble }, message);
    lastTrouble = trouble;
  }

  async function write(text: string): Promise<void> {
    const result = await writeFileAtomically(path, text, { timeoutMs: DEADLINE_MS });
    complain(result.kind === 'ok' ? '' : result.message, 'state not saved; a restart would lose transition times');
  }

  return {
    async load() {
      const result = await readSmallFile(path, { timeoutMs: DEADLINE_MS, maxBytes: LONGEST_BYTES });
      if (result.kind === 'ok') return result.value;
      if (result.kind !== 'absent') complain(result.message, 'state file cannot be read, starting afresh');
      return undefined;
    },
    save(text) {
      lastWrite = write(text);
    },
    flush: async () => lastWrite,
  };
}
