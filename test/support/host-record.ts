/**
 * Records what the real host program does, into test/npd-host/NAME:
 *
 *     node test/support/host-record.ts NAME HOST-BINARY [FOLDER...]
 *
 * FOLDER is one of `configurations`, `replies`, `lifecycle`; or `replies/percent` for one recording. Default: all.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { recordConfigurations } from './host-configurations.ts';
import { LIFECYCLE_SCENARIOS } from './host-lifecycle.ts';
import { record, type Scenario } from './host-recorder.ts';
import { REPLY_SCENARIOS } from './host-scenarios.ts';

/** A recording mostly waits; more at once would shift the time stamps of a small machine. */
const AT_ONCE = 6;

const [name, hostBinary, ...wanted] = process.argv.slice(2);
if (name === undefined || hostBinary === undefined) throw new Error('usage: host-record.ts NAME HOST-BINARY [FOLDER...]');
const root = new URL(`../npd-host/${name}/`, import.meta.url).pathname;

function isWanted(path: string): boolean {
  return wanted.length === 0 || wanted.some((one) => path === one || path.startsWith(`${one}/`));
}

async function save(path: string, data: unknown): Promise<void> {
  await mkdir(dirname(`${root}${path}`), { recursive: true });
  await writeFile(`${root}${path}.json`, `${compact(data)}\n`);
  console.log(`${name}/${path}`);
}

/** JSON with one line per happening, step or condition: readable, and a change shows as the line that changed. */
function compact(data: unknown): string {
  const lines = Object.entries(data as Readonly<Record<string, unknown>>).map(([key, value]) => {
    if (!Array.isArray(value) || value.length === 0) return `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    return `  ${JSON.stringify(key)}: [\n${value.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
  });
  return `{\n${lines.join(',\n')}\n}`;
}

async function recordAll(binary: string, jobs: (readonly [string, Scenario])[]): Promise<void> {
  const longestFirst = jobs.toSorted(([, a], [, b]) => b.durationMs - a.durationMs);
  const worker = async (): Promise<void> => {
    for (let job = longestFirst.shift(); job !== undefined; job = longestFirst.shift()) {
      await save(job[0], await record(binary, job[1]));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

if (isWanted('configurations')) await save('configurations', { cases: await recordConfigurations(hostBinary) });
const jobs = [
  ...REPLY_SCENARIOS.map((scenario) => [`replies/${scenario.name}`, scenario] as const),
  ...LIFECYCLE_SCENARIOS.map((scenario) => [`lifecycle/${scenario.name}`, scenario] as const),
].filter(([path]) => isWanted(path));
await recordAll(hostBinary, jobs);
