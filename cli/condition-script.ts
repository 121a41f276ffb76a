import { join } from 'node:path';
import type { Logger } from '../plugins/core/log.ts';
import { writeFileAtomically } from '../plugins/linux/atomic-file.ts';
import { runChild } from '../plugins/linux/child.ts';
import { CONDITION_SCRIPT_NAME } from '../plugins/npd/bridge-names.ts';
import { CONDITION_SCRIPT } from '../plugins/npd/bridge-script.ts';

const DEADLINE_MS = 2_000;

/** NPD says Unknown as long as it is gone; nobody removes it but by mistake. */
const LOOK_EVERY_MS = 120_000;

/**
 * Prints the script if it may stay. NPD runs it with all rights, so one that belongs to somebody with fewer rights than ours
 * is not left there, even if it is right today.
 */
const READ = '[ ! -h "$1" ] || exit 1; [ "$2" != 0 ] || [ -O "$1" ] || exit 1; exec head -c "$3" -- "$1"';

/** Keeps the script that NPD runs in the folder of the status files until disposed of. Never throws; trouble is logged once per kind, and tried again. */
export function keepConditionScript(folder: string, log: Logger, lookEveryMs: number = LOOK_EVERY_MS): Disposable {
  const path = join(folder, CONDITION_SCRIPT_NAME);
  const told = new Set<string>();

  async function look(): Promise<void> {
    if (await isThere(path)) return;
    const result = await writeFileAtomically(path, CONDITION_SCRIPT, { timeoutMs: DEADLINE_MS, isPassing: true });
    const problem = result.kind === 'ok' ? undefined : result.message;
    if (told.has(problem ?? '')) return;
    told.add(problem ?? '');
    if (problem === undefined) log.info({ path }, 'script for NPD is written');
    else log.warn({ path, problem, remedy: `${folder} must be a folder in which this user may write` }, 'script for NPD not written; NPD will say Unknown');
  }

  void look();
  const timer = setInterval(() => void look(), lookEveryMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

async function isThere(path: string): Promise<boolean> {
  const bytes = Buffer.byteLength(CONDITION_SCRIPT) + 1;
  const args = ['-c', READ, 'sh', path, String(process.geteuid?.()), String(bytes)];
  const result = await runChild({ command: 'sh', args, timeoutMs: DEADLINE_MS, maxOutputBytes: bytes });
  return result.kind === 'exited' && result.code === 0 && result.stdout === CONDITION_SCRIPT;
}
