import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import packageJson from '../package.json' with { type: 'json' };

/**
 * Starts the bundle as it ships: does it know its version, and does `demo --once --json` tell the state of this machine?
 * Which state that is does not matter here: exit codes 0, 1 and 2 are all answers.
 */

const BUNDLE = join(import.meta.dirname, '../dist/npd-plugins.mjs');
const LIMIT_MS = 60_000;

/** No name server and no cluster is asked, wherever this runs. */
const NOBODY = ['--resolv-conf', '/dev/null'];
const ENV = { ...process.env, KUBERNETES_SERVICE_HOST: '', KUBECONFIG: '' };

function run(args: readonly string[]): { readonly code: number | null; readonly stdout: string } {
  const { status, stdout, error } = spawnSync(process.execPath, [BUNDLE, ...args], { env: ENV, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], timeout: LIMIT_MS });
  if (error !== undefined) throw new Error(`npd-plugins ${args.join(' ')}`, { cause: error });
  return { code: status, stdout };
}

function expect(isTrue: boolean, claim: string, found: unknown): void {
  if (!isTrue) throw new Error(`${claim}, found ${JSON.stringify(found)}`);
}

const version = run(['--version']);
expect(version.code === 0, '--version ends with 0', version.code);
expect(version.stdout.includes(packageJson.version), `--version names ${packageJson.version}`, version.stdout);
const demo = run(['demo', '--once', '--json', ...NOBODY]);
expect(demo.code !== null && [0, 1, 2].includes(demo.code), 'demo --once --json ends with 0, 1 or 2', demo.code);
const answers = demo.stdout.trimEnd().split('\n').map((line): unknown => JSON.parse(line));
expect(answers.length > 1 && answers.every((answer) => typeof answer === 'object' && answer !== null), 'demo --once --json prints an object for each monitor, a line each', demo.stdout);
// Loaded by nothing else: a sidecar pays for no monitor but its own.
const gpus = run(['check', 'gpu-monitor', '--json']);
expect(gpus.code !== null && [0, 1, 2].includes(gpus.code), 'check gpu-monitor --json ends with 0, 1 or 2', gpus.code);
JSON.parse(gpus.stdout);
// With the readers of YAML, of DNS messages and of HTTP: nobody listens on that port, nor is there a need.
const folder = mkdtempSync(join(tmpdir(), 'npd-smoke-'));
const settings = join(folder, 'knr.yaml');
writeFileSync(settings, 'maxRetries: 0\ncheckTimeoutSeconds: 1\n');
const kubeconfig = join(folder, 'kubeconfig');
writeFileSync(kubeconfig, 'current-context: a\ncontexts: [{name: a, context: {cluster: a}}]\nclusters: [{name: a, cluster: {server: "https://127.0.0.1:9"}}]\n');
const verified = run(['verify', '--json', '--kube-node-ready', settings, '--kubeconfig', kubeconfig, '--name-server', '127.0.0.1:9', '--target', 'https://127.0.0.1:9/', ...NOBODY]);
rmSync(folder, { recursive: true });
expect(verified.code !== null && [0, 1, 2].includes(verified.code), 'verify --json ends with 0, 1 or 2', verified.code);
expect(verified.stdout.trimEnd().split('\n').map((line): unknown => JSON.parse(line)).length === 2, 'verify --json prints a line for its one attempt and one for the result', verified.stdout);
// As on a terminal: the formatter for people is a chunk of its own, which nothing else loads.
const check = run(['check', 'host-inspector', '--log-format', 'console']);
expect(check.code !== null && [0, 1, 2].includes(check.code), 'check --log-format console ends with 0, 1 or 2', check.code);
console.log(`${version.stdout.trim()}; demo ended with ${demo.code}`);
