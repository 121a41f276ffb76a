import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until `probe` gives something; fails after `withinMs`, naming what was waited for. */
export async function eventually<T>(what: string, probe: () => T | undefined | false | Promise<T | undefined | false>, withinMs = 30_000): Promise<T> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > endMs) throw new Error(`waited ${withinMs} ms in vain for: ${what}`);
    await sleep(10);
  }
}

export interface Folder extends Disposable {
  readonly path: string;
  readonly file: (name: string) => string;
}

/** A folder of its own for one test, gone afterwards. A program that was killed may have left a child that still writes into it. */
export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'npd-'));
  return { path, file: (name) => join(path, name), [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }) };
}
