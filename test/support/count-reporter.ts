import { writeFileSync } from 'node:fs';

import Mocha from 'mocha';

/** Environment variable with the file that receives the counts. */
export const COUNTS_FILE_VARIABLE = 'TEST_COUNTS_FILE';

/** What one run of mocha counted; written when the run has ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Full titles of the tests that did not run. */
  readonly skipped: readonly string[];
  /** Full title of each test or hook that failed, and why, in one line. */
  readonly failures: readonly string[];
}

const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = Mocha.Runner.constants;

/**
 * mocha's Spec, and at the end of the run the counts as JSON. A `process.exit` in a test leaves no file behind,
 * which is how the runner finds out.
 */
export default class CountReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const skipped: string[] = [];
    const failures: string[] = [];
    runner.on(EVENT_TEST_PENDING, (test) => skipped.push(test.fullTitle()));
    runner.on(EVENT_TEST_FAIL, (test, error: unknown) => failures.push(`${test.fullTitle()}: ${lineOf(error)}`));
    runner.once(EVENT_RUN_END, () => {
      const path = process.env[COUNTS_FILE_VARIABLE];
      if (path === undefined) return;
      const counts: Counts = { passed: this.stats.passes, failed: this.stats.failures, skipped, failures };
      writeFileSync(path, JSON.stringify(counts));
    });
  }
}

function lineOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error).replaceAll(/\s+/g, ' ').slice(0, 1_000);
}
