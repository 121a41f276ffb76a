import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import packageJson from '../package.json' with { type: 'json' };

/**
 * Starts the bundle as it ships: does it know its version, and does `demo --once --json` tell the state of this machine?
 * Which state that is does not matter here: exit codes 0, 1 and 2 are all answers.
 */

const BUNDLE = join(import.meta.dirname, '../dist/npd-plugins.mjs');
const LIMIT_MS = 60_000;

function run(args: readonly string[]): { readonly code: number | null; readonly stdout: string } {
  const { status, stdout, error } = spawnSync(process.execPath, [BUNDLE, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], timeout: LIMIT_MS });
  if (error !== undefined) throw new Error(`npd-plugins ${args.join(' ')}`, { cause: error });
  return { code: status, stdout };
}

function expect(isTrue: boolean, claim: string, found: unknown): void {
  if (!isTrue) throw new Error(`${claim}, found ${JSON.stringify(found)}`);
}

const version = run(['--version']);
expect(version.code === 0, '--version ends with 0', version.code);
expect(version.stdout.includes(packageJson.version), `--version names ${packageJson.version}`, version.stdout);
const demo = run(['demo', '--once', '--json']);
expect(demo.code !== null && [0, 1, 2].includes(demo.code), 'demo --once --json ends with 0, 1 or 2', demo.code);
const answers = demo.stdout.trimEnd().split('\n').map((line): unknown => JSON.parse(line));
expect(answers.length > 1 && answers.every((answer) => typeof answer === 'object' && answer !== null), 'demo --once --json prints an object for each monitor, a line each', demo.stdout);
// Loaded by nothing else: a sidecar pays for no monitor but its own.
const gpus = run(['check', 'gpu-monitor', '--json']);
expect(gpus.code !== null && [0, 1, 2].includes(gpus.code), 'check gpu-monitor --json ends with 0, 1 or 2', gpus.code);
JSON.parse(gpus.stdout);
// As on a terminal: the formatter for people is a chunk of its own, which nothing else loads.
const check = run(['check', 'host-inspector', '--log-format', 'console']);
expect(check.code !== null && [0, 1, 2].includes(check.code), 'check --log-format console ends with 0, 1 or 2', check.code);
console.log(`${version.stdout.trim()}; demo ended with ${demo.code}`);
