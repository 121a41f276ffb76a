import { setTimeout as sleep } from 'node:timers/promises';
import { ParseError } from '../../core/errors.ts';
import { cpuSharesBetween } from '../../linux/proc/cpu-time.ts';
import { parseLoadavg } from '../../linux/proc/loadavg.ts';
import { parseMeminfo } from '../../linux/proc/meminfo.ts';
import { type PressureResource, readPressure } from '../../linux/proc/pressure.ts';
import { type KernelStat, parseStat } from '../../linux/proc/stat.ts';
import { parseSwaps } from '../../linux/proc/swaps.ts';
import { valueOrThrow } from '../../linux/read.ts';
import { parseCpuList } from '../../linux/sys/cpu-list.ts';
import type { SectionOf } from './model.ts';
import type { ReportScene } from './scene.ts';
import { attempt, percentOf, readSource, round, type Source, sourceOf } from './values.ts';

type Resources = SectionOf<'resources'>;

/** CPU, memory, swap, load and pressure, all of the host in any container. */
export function readResources(root: string, cpu: CpuLooks): Resources {
  return { ...readCpu(root, cpu), ...readLoad(root), ...readMemory(root), ...readSwapAreas(root), ...readPressures(root) };
}

/** Two looks at /proc/stat. */
export interface CpuLooks {
  readonly before: Source<KernelStat>;
  readonly after: Source<KernelStat>;
  /** Between the two looks at a recording no time passes. */
  readonly isRecording: boolean;
}

/** Waits in between. To be called while this process does nothing else, which would be counted. */
export async function lookAtCpus({ root, cpuWindowMs, isRecording, signal }: Pick<ReportScene, 'root' | 'cpuWindowMs' | 'isRecording' | 'signal'>): Promise<CpuLooks> {
  const look = (): Source<KernelStat> => readSource(root, 'proc/stat', parseStat);
  const before = look();
  if (!isRecording) await sleep(cpuWindowMs, undefined, { signal }).catch(() => {});
  return { before, after: look(), isRecording };
}

function readCpu(root: string, { before, after, isRecording }: CpuLooks): Pick<Resources, 'cpuCores' | 'cpuUsed' | 'cpuUsedPercent' | 'ioWaitPercent' | 'stealPercent'> {
  const online = readSource(root, 'sys/devices/system/cpu/online', parseCpuList);
  const cores = after.outcome.kind === 'ok' && after.outcome.value.cpus.length > 0
    ? after.tell('count', ({ cpus }) => cpus.length)
    : online.tell('count', (cpus) => cpus.length);
  const shares = sourceOf('/proc/stat', isRecording && after.outcome.kind === 'ok' ? { kind: 'absent', message: 'a recording, in which no time passes' } : attempt(() => {
    const [first, second] = [valueOrThrow(before.outcome), valueOrThrow(after.outcome)];
    const between = cpuSharesBetween(first.total, second.total);
    if (between === undefined) throw new ParseError('/proc/stat', 'numbers that grow between two looks', 'the same twice');
    return { ...between, usedCores: (between.busyPercent / 100) * second.cpus.length };
  }));
  return {
    cpuCores: cores,
    cpuUsed: shares.tell('cores', ({ usedCores }) => round(usedCores, 2)),
    cpuUsedPercent: shares.tell('percent', ({ busyPercent }) => busyPercent),
    ioWaitPercent: shares.tell('percent', ({ ioWaitPercent }) => ioWaitPercent),
    stealPercent: shares.tell('percent', ({ stealPercent }) => stealPercent),
  };
}

function readLoad(root: string): Pick<Resources, 'load1' | 'load5' | 'load15' | 'threads'> {
  const load = readSource(root, 'proc/loadavg', parseLoadavg);
  return {
    load1: load.tell('tasks', ({ load1 }) => load1),
    load5: load.tell('tasks', ({ load5 }) => load5),
    load15: load.tell('tasks', ({ load15 }) => load15),
    threads: load.tell('count', ({ threads }) => threads),
  };
}

type Memory = Pick<
  Resources,
  'memoryTotal' | 'memoryAvailable' | 'memoryUsed' | 'memoryUsedPercent' | 'swapEnabled' | 'swapTotal' | 'swapUsed' | 'swapUsedPercent'
>;

function readMemory(root: string): Memory {
  const memory = readSource(root, 'proc/meminfo', parseMeminfo);
  return {
    memoryTotal: memory.tell('bytes', ({ totalBytes }) => totalBytes),
    memoryAvailable: memory.tell('bytes', ({ availableBytes }) => availableBytes),
    memoryUsed: memory.tell('bytes', ({ totalBytes, availableBytes }) => availableBytes === undefined ? undefined : totalBytes - availableBytes),
    memoryUsedPercent: memory.tell('percent', ({ totalBytes, availableBytes }) => availableBytes === undefined ? undefined : percentOf(totalBytes - availableBytes, totalBytes)),
    swapEnabled: memory.tell('', ({ swapTotalBytes }) => swapTotalBytes > 0),
    swapTotal: memory.tell('bytes', ({ swapTotalBytes }) => swapTotalBytes),
    swapUsed: memory.tell('bytes', ({ swapTotalBytes, swapFreeBytes }) => Math.max(0, swapTotalBytes - swapFreeBytes)),
    swapUsedPercent: memory.tell('percent', ({ swapTotalBytes, swapFreeBytes }) => percentOf(Math.max(0, swapTotalBytes - swapFreeBytes), swapTotalBytes)),
  };
}

function readSwapAreas(root: string): Pick<Resources, 'swapAreas'> {
  const areas = readSource(root, 'proc/swaps', parseSwaps);
  return { swapAreas: areas.tell('', (found) => found) };
}

/** The lines that say that something is amiss: of memory and I/O that in which all tasks waited, see docs/adr/0010. */
function readPressures(root: string): Pick<Resources, 'cpuPressure' | 'memoryPressure' | 'ioPressure'> {
  const read = (resource: PressureResource, line: 'some' | 'full') => {
    const file = attempt(() => readPressure(root, resource));
    const pressure = sourceOf(`/proc/pressure/${resource}`, file.kind === 'ok' ? file.value : file);
    return pressure.tell('percent', (stalls) => stalls[line]?.avg60Percent);
  };
  return { cpuPressure: read('cpu', 'some'), memoryPressure: read('memory', 'full'), ioPressure: read('io', 'full') };
}
