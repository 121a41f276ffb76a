import { arch, cpus, release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { messageOf } from '../plugins/core/errors.ts';
import { amongMany } from './crowd.ts';
import { simulatedDay } from './day.ts';
import { gpuCpu, gpuJudging, gpuMemory, gpuStart } from './gpu.ts';
import { inspectCpu } from './inspect.ts';
import { insideLimit, privateMemory } from './memory.ts';
import { type Row, skipped } from './row.ts';
import { answerTime, startTime, steadyCpu, throttledStartTime, verifiedTime } from './time.ts';

/**
 * Measures the built bundle against its budgets, over its real socket.
 *
 *     npm run bench -- [--only TEXT] [--quick] [--strict]
 *
 * JSON goes to stdout, progress to stderr. A missed budget is a row with `ok: false`; with `--strict` it is also exit code 1.
 * Needs root for control groups and dead mounts; without it those rows say why they were skipped.
 */

const BUNDLE = join(import.meta.dirname, '../dist/npd-plugins.mjs');
/** The rarest look is one in five minutes. */
const STEADY_MS = 305_000;
const QUICK_STEADY_MS = 10_000;

const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean' }, strict: { type: 'boolean' } } });

const measurements: Readonly<Record<string, () => Promise<Row | readonly Row[]>>> = {
  start: () => startTime(BUNDLE),
  'throttled-start': () => throttledStartTime(BUNDLE),
  verified: () => verifiedTime(BUNDLE),
  answer: () => answerTime(BUNDLE),
  memory: () => privateMemory(BUNDLE),
  'memory-limit': () => insideLimit(BUNDLE),
  crowd: () => amongMany(BUNDLE),
  cpu: () => steadyCpu(BUNDLE, values.quick === true ? QUICK_STEADY_MS : STEADY_MS),
  inspect: () => inspectCpu(BUNDLE),
  day: () => simulatedDay(),
  'gpu-judging': async () => gpuJudging(),
  'gpu-start': () => gpuStart(BUNDLE),
  'gpu-memory': () => gpuMemory(BUNDLE),
  'gpu-cpu': () => gpuCpu(BUNDLE, values.quick === true ? QUICK_STEADY_MS : STEADY_MS),
};

const rows: Row[] = [];
for (const [name, measure] of Object.entries(measurements)) {
  if (values.only !== undefined && !name.includes(values.only)) continue;
  process.stderr.write(`${name} …\n`);
  const found = await measure().catch((error: unknown) => skipped(name, `failed: ${messageOf(error)}`));
  rows.push(...[found].flat());
}

const machine = { node: process.versions.node, kernel: release(), arch: arch(), cpus: cpus().length };
process.stdout.write(`${JSON.stringify({ machine, rows }, null, 2)}\n`);
const isMissed = rows.some((row) => ('ok' in row ? !row.ok : row.skipped.startsWith('failed')));
process.exitCode = values.strict === true && isMissed ? 1 : 0;
