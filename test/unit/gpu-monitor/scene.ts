import { silentLogger } from '../../../plugins/core/log.ts';
import type { Check, Look } from '../../../plugins/core/check.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import type { Verdict } from '../../../plugins/core/verdict.ts';
import { type GpuContext, type GpuFinding, judgeAll } from '../../../plugins/gpu-monitor/checks/per-gpu.ts';
import type { GpuInventory } from '../../../plugins/gpu-monitor/inventory/inventory.ts';
import { ALL_VISIBLE } from '../../../plugins/gpu-monitor/inventory/visibility.ts';
import { type GpuSettings, gpuSettings } from '../../../plugins/gpu-monitor/settings.ts';
import type { SmiEnd } from '../../../plugins/gpu-monitor/smi/complaints.ts';
import { type SmiReader, createSmiReader } from '../../../plugins/gpu-monitor/smi/reader.ts';
import type { SmiDocument } from '../../../plugins/gpu-monitor/smi/record.ts';
import { parseSmiXml } from '../../../plugins/gpu-monitor/smi/xml.ts';
import type { GpuSources } from '../../../plugins/gpu-monitor/sources.ts';
import type { ChildResult } from '../../../plugins/linux/child.ts';
import { type SmiSample, smiXml } from '../../support/smi-xml.ts';

/** Address, UUID, serial and name in messages of the GPUs of a sample, from 0. */
export const ADDRESSES = ['0000:18:00.0', '0000:2a:00.0', '0000:3a:00.0', '0000:5d:00.0', '0000:9a:00.0', '0000:ab:00.0', '0000:ba:00.0', '0000:db:00.0'] as const;
export const uuidOf = (gpu: number): string => `GPU-0a0b0c0d-0000-4000-8000-00000000000${gpu}`;
export const nameOf = (gpu: number): string => `GPU ${ADDRESSES[gpu]} (${uuidOf(gpu)}, serial 155000000000${gpu})`;
export const [FIRST, NAME] = [ADDRESSES[0], nameOf(0)];

/** What a board of the sample or its driver does not report. */
export const notReported = (message: string): Verdict => ({ kind: 'not-applicable', message, reason: 'NotReportedByGPU' });

export function settingsWith(changes: Partial<GpuSettings> = {}): GpuSettings {
  return { ...defaultsOf(gpuSettings), ...changes };
}

export interface Earlier {
  readonly settings?: Partial<GpuSettings>;
  readonly look?: Look | undefined;
  readonly givenAway?: () => ReadonlySet<string>;
}

type Judge = (context: GpuContext) => GpuFinding;

const PERIOD_MS = 30_000;

/** One look at a document, a period after that of `earlier`. */
export function lookAt(judge: Judge, document: SmiDocument, { settings, look, givenAway = () => new Set<string>() }: Earlier = {}): Look {
  const memo = look?.memo as { readonly uptimeMs: number; readonly gpus: Readonly<Record<string, unknown>> } | undefined;
  const baseline = (look?.baseline ?? {}) as Readonly<Record<string, unknown>>;
  return judgeAll({ document, complaints: [] }, { settings: settingsWith(settings), uptimeMs: (memo?.uptimeMs ?? 1_000_000) + PERIOD_MS, memo, baseline, givenAway }, judge);
}

/** As `lookAt`, of one GPU with these changes. */
export function lookAtGpu(judge: Judge, sample: Omit<SmiSample, 'gpus'>, earlier?: Earlier): Look {
  return lookAt(judge, parseSmiXml(smiXml({ ...sample, gpus: 1 })), earlier);
}

export function verdictsOf(judge: Judge, sample: Omit<SmiSample, 'gpus'>, earlier?: Earlier): readonly Verdict[] {
  return lookAtGpu(judge, sample, earlier).verdicts;
}

/** Eight GPUs, or as many, all on the bus and bound. */
export function inventoryOf(addresses: readonly string[] = ADDRESSES): GpuInventory {
  return { pci: addresses.map((address) => ({ address, driver: 'nvidia', isVirtualFunction: false })), proc: addresses.map((address) => ({ address, uuid: undefined })), moduleVersion: '580.105.08' };
}

/** How nvidia-smi ends, by the question; each may change between two looks. */
export interface Answers {
  query: Partial<SmiEnd> | Exclude<ChildResult, { readonly kind: 'exited' }>;
  nvlink: string;
}

/** The reader itself, whose child only says what it is told to say. */
export function readerOf(answers: Answers, inventory: GpuInventory | (() => GpuInventory) = inventoryOf()): SmiReader {
  return createSmiReader({
    inventory: typeof inventory === 'function' ? inventory : () => inventory,
    ownGroup: { throttledMs: () => undefined, freeMemoryBytes: () => undefined },
    async run({ args }) {
      const { query } = answers;
      if ('kind' in query) return query;
      const end: Partial<SmiEnd> = args[0] === 'nvlink' ? { stdout: answers.nvlink } : args.join(' ') === '-q -x' ? query : { code: 2, stdout: '' };
      const { code = 0, signal = null, stdout = '', stderr = '' } = end;
      return { kind: 'exited', code, signal: signal as NodeJS.Signals | null, stdout, stderr };
    },
  });
}

/** A kernel log in which nothing happens. */
const QUIET_LOG: GpuSources['kernelLog'] = { read: async () => ({ kind: 'ok', lostCount: 0, position: 0 }) };

export function sourcesOf(answers: Answers, inventory: GpuInventory | (() => GpuInventory) = inventoryOf()): GpuSources {
  const ask = typeof inventory === 'function' ? inventory : () => inventory;
  return { smi: readerOf(answers, ask), kernelLog: QUIET_LOG, inventory: ask, visibility: () => ALL_VISIBLE };
}

/** Looks once with a check, as the sampler does. */
export function lookWith(check: Check<GpuSettings>, root: string, { settings, look }: Pick<Earlier, 'settings' | 'look'> = {}): Promise<Look> {
  return runCheck(check, { root, settings: settingsWith(settings), memo: look?.memo, baseline: look?.baseline, signal: new AbortController().signal, log: silentLogger });
}
