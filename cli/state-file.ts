import { join } from 'node:path';
import type { Logger } from '../plugins/core/log.ts';
import { readSmallFile, writeFileAtomically } from '../plugins/linux/atomic-file.ts';

/** The folder may lie on a disk that no longer answers: neither reading nor writing may hold us longer than this. */
const DEADLINE_MS = 2_000;

/** 256 events of 1 KiB and some; more than this was not written by us. */
const LONGEST_BYTES = 2 ** 20;

/** A disk that was full may have room again. */
const RETRY_MS = 30_000;

/** Where one monitor keeps what outlives its process. */
export interface StateFile {
  /** The predecessor's text, or undefined with a warning unless there is simply none. */
  readonly load: () => Promise<string | undefined>;
  /** Writes soon, the newest text only. What could not be written is a warning, once per kind, and tried again. */
  readonly save: (text: string) => void;
  /** Another process writes the file now: what we could not write is no longer news. */
  readonly forget: () => void;
  /** Settles when the newest text is written, or after one last try. */
  readonly flush: () => Promise<void>;
}

/** Keeps nothing: without `--state-dir` transition times begin anew with each process. */
export const noStateFile: StateFile = { load: async () => undefined, save: () => {}, forget: () => {}, flush: async () => {} };

/** The state file of one monitor in `folder`, which is made when something is to be written. No call of it rejects. */
export function stateFile(folder: string, monitor: string, log: Logger, retryMs: number = RETRY_MS): StateFile {
  const path = join(folder, `${monitor}.state.json`);
  let unsaved: string | undefined;
  let lastWrite: Promise<void> | undefined;
  let lastTrouble = '';
  let retry: NodeJS.Timeout | undefined;

  async function write(text: string): Promise<void> {
    clearTimeout(retry);
    unsaved = text;
    const result = await writeFileAtomically(path, text, { timeoutMs: DEADLINE_MS });
    const trouble = result.kind === 'ok' ? '' : result.message;
    if (trouble !== '' && trouble !== lastTrouble) log.warn({ path, problem: trouble }, 'state not saved; a restart would lose transition times');
    if (trouble === '' && lastTrouble !== '') log.info({ path }, 'state is saved again');
    lastTrouble = trouble;
    if (unsaved !== text) return;
    if (trouble === '') unsaved = undefined;
    else retry = setTimeout(() => save(text), retryMs).unref();
  }

  function save(text: string): void {
    lastWrite = write(text);
  }

  return {
    async load() {
      const result = await readSmallFile(path, { timeoutMs: DEADLINE_MS, maxBytes: LONGEST_BYTES });
      if (result.kind === 'ok') return result.value;
      if (result.kind !== 'absent') log.warn({ path, problem: result.message }, 'state file cannot be read, starting afresh');
      return undefined;
    },
    save,
    forget() {
      unsaved = undefined;
      clearTimeout(retry);
    },
    async flush() {
      await lastWrite;
      if (unsaved !== undefined) await write(unsaved);
      clearTimeout(retry);
    },
  };
}
