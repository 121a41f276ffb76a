import { readFileSync } from 'node:fs';

import type { Counts } from '../test/support/count-reporter.ts';

/**
 * Adds up the counts that `scripts/test.ts` left, names what failed, for it stands far above, and prints `N passed, N failed`.
 *
 *     node scripts/counts.ts FILE...
 *
 * Fails when a test failed, when none passed, and when a file is missing: that suite died before it could count.
 */

function read(path: string): Counts | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Counts;
  } catch (cause) {
    console.error(`no counts in ${path}: ${cause instanceof Error ? cause.message : String(cause)}`);
    return undefined;
  }
}

const counts = process.argv.slice(2).map(read);
const passed = counts.reduce((sum, count) => sum + (count?.passed ?? 0), 0);
const failed = counts.reduce((sum, count) => sum + (count?.failed ?? 0), 0);
for (const failure of counts.flatMap((count) => count?.failures ?? [])) console.log(`failed: ${failure}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 || counts.includes(undefined) ? 1 : 0;
