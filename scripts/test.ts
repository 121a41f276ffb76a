import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { COUNTS_FILE_VARIABLE, type Counts } from '../test/support/count-reporter.ts';
import packageJson from '../package.json' with { type: 'json' };
import { SUITES, type Suite, filesOf } from './test-suites.ts';

/**
 * Runs one suite and says what was counted, what was skipped and what was not run at all.
 *
 *     node scripts/test.ts default|root|manifests|images [FILE|FOLDER|GLOB...] [--grep TEXT] [--bail]
 *
 * Fails when a test failed, when nothing ran, when the run did not end in time, and when it ended without counts
 * (a `process.exit` in a test). `TEST_COUNTS_FILE` keeps the counts for the caller.
 */

/** A process that is still there so long after its last test has a handle that nobody closed. */
const LEAK_GRACE_MS = 20_000;

type Ending =
  | { readonly kind: 'exited'; readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly kind: 'late' }
  | { readonly kind: 'leaking' };

const ROOT = join(import.meta.dirname, '..');

function requirePinnedNode(): void {
  const pinned = packageJson.devDependencies.node;
  if (process.versions.node === pinned) return;
  console.error(`tests run on Node.js ${pinned}, which images ship; this is ${process.versions.node}. Use: npm ci, then npm test`);
  process.exit(64);
}

function readCounts(path: string): Counts | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Counts;
  } catch {
    return undefined;
  }
}

/** Runs mocha in a process group of its own, so that what its tests leave behind can be ended with it. */
async function runMocha(args: readonly string[], countsPath: string, limitMs: number): Promise<Ending> {
  const child = spawn(process.execPath, [join(ROOT, 'node_modules/mocha/bin/mocha.js'), ...args], {
    cwd: ROOT,
    detached: true,
    env: { ...process.env, [COUNTS_FILE_VARIABLE]: countsPath },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const endGroup = (signal: NodeJS.Signals): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => endGroup(signal));
  const startedMs = performance.now();
  let countedMs: number | undefined;
  let ending: Ending | undefined;
  const watch = setInterval(() => {
    const nowMs = performance.now();
    if (readCounts(countsPath) !== undefined) countedMs ??= nowMs;
    if (countedMs !== undefined && nowMs - countedMs > LEAK_GRACE_MS) ending ??= { kind: 'leaking' };
    if (nowMs - startedMs > limitMs) ending ??= { kind: 'late' };
    if (ending !== undefined) endGroup('SIGKILL');
  }, 500);
  const exited = Promise.withResolvers<Ending>();
  child.once('error', exited.reject);
  child.once('exit', (code, signal) => exited.resolve({ kind: 'exited', code, signal }));
  const exit = await exited.promise.finally(() => clearInterval(watch));
  return ending ?? exit;
}

/** What is wrong with this run as a whole, or nothing. */
function faultOf(ending: Ending, counts: Counts | undefined, limitMs: number): string | undefined {
  if (ending.kind === 'late') return `the run did not end within ${limitMs / 1_000} s and was killed`;
  if (ending.kind === 'leaking') return 'all tests have ended but the process has not: something holds its event loop; it was killed';
  if (counts === undefined) return `the run ended (code ${ending.code}, signal ${ending.signal}) without counts: did a test call process.exit?`;
  if (counts.failed > 0) return `${counts.failed} failed`;
  if (counts.passed === 0) return 'not one test has run';
  if (ending.code !== 0) return `every test passed, yet mocha ended with code ${ending.code}, signal ${ending.signal}`;
  return undefined;
}

function report(suite: Suite, counts: Counts | undefined, fault: string | undefined): void {
  console.log(`\n${suite.name}: ${counts?.passed ?? 0} passed, ${counts?.failed ?? 0} failed, ${counts?.skipped.length ?? 0} skipped`);
  for (const title of counts?.skipped ?? []) console.log(`  skipped: ${title}`);
  for (const line of suite.notRun) console.log(`  not run: ${line}`);
  if (fault !== undefined) console.error(`${suite.name}: ${fault}`);
}

async function main(): Promise<number> {
  requirePinnedNode();
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { grep: { type: 'string', short: 'g' }, bail: { type: 'boolean', short: 'b' } },
  });
  const [name, ...patterns] = positionals;
  const suite = SUITES.find((known) => known.name === name);
  if (suite === undefined) {
    console.error(`usage: node scripts/test.ts ${SUITES.map((known) => known.name).join('|')} [FILE|FOLDER|GLOB...] [--grep TEXT] [--bail]`);
    return 64;
  }
  const files = filesOf(ROOT, patterns.length > 0 ? patterns : suite.folders);
  if (files.length === 0) {
    console.error(`${suite.name}: no test file matches ${patterns.join(' ')}`);
    return 1;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'npd-plugins-test-'));
  try {
    const countsPath = process.env[COUNTS_FILE_VARIABLE] ?? join(scratch, 'counts.json');
    rmSync(countsPath, { force: true });
    const options = ['--reporter', join(ROOT, 'test/support/count-reporter.ts')];
    if (values.grep !== undefined) options.push('--grep', values.grep);
    if (values.bail === true) options.push('--bail');
    const ending = await runMocha([...options, ...files], countsPath, suite.limitMs);
    const counts = readCounts(countsPath);
    const fault = faultOf(ending, counts, suite.limitMs);
    report(suite, counts, fault);
    return fault === undefined ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

process.exitCode = await main();
