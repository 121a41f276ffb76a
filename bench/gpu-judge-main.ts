import { readFileSync } from 'node:fs';

import { silentLogger } from '../plugins/core/log.ts';
import { runCheck } from '../plugins/core/run-check.ts';
import { defaultsOf } from '../plugins/core/settings.ts';
import { gpuChecks } from '../plugins/gpu-monitor/checks/index.ts';
import { gpuSettings } from '../plugins/gpu-monitor/settings.ts';
import { ALL_VISIBLE } from '../plugins/gpu-monitor/inventory/visibility.ts';
import type { SmiLook } from '../plugins/gpu-monitor/smi/look.ts';
import { type KnownFields, rememberFields } from '../plugins/gpu-monitor/smi/remember-fields.ts';
import { parseSmiXml } from '../plugins/gpu-monitor/smi/xml.ts';
import { quantile } from './row.ts';

/** Reads and judges the file of the first argument a hundred times, and prints the median of the CPU time in milliseconds. */
const xml = readFileSync(process.argv[2] ?? '', 'utf8');
const ROUNDS = 100;

let look: SmiLook | undefined;
let known: KnownFields = new Map();
const memos = new Map<string, unknown>();
const sources = {
  smi: { look: async () => look ?? answer(), last: () => look, nvlink: async () => ({ kind: 'none', message: 'no NVLink' }) as const },
  kernelLog: { read: async () => ({ kind: 'ok', lostCount: 0, position: undefined }) as const },
  inventory: () => ({ pci: [], proc: undefined, moduleVersion: '580' }),
  visibility: () => ALL_VISIBLE,
};
const checks = gpuChecks(sources, ['gpu-healthy']);
const settings = defaultsOf(gpuSettings);

function answer(): SmiLook {
  const remembered = rememberFields(known, parseSmiXml(xml));
  known = remembered.known;
  return { kind: 'answered', document: remembered.document, complaints: [], run: { exitCode: 0, tookMs: 1 } };
}

const tookMs: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const before = process.cpuUsage();
  look = answer();
  for (const check of checks) {
    const scene = { root: '/', settings, memo: memos.get(check.name), signal: new AbortController().signal, log: silentLogger };
    memos.set(check.name, (await runCheck(check, scene)).memo);
  }
  const { user, system } = process.cpuUsage(before);
  tookMs.push((user + system) / 1_000);
}
process.stdout.write(`${quantile(tookMs, 0.5)}\n`);
