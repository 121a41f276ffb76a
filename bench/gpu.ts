import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { V8_FLAGS } from '../cli/v8-flags.ts';
import { type ServedBundle, serveBundle } from '../test/support/bundle.ts';
import { fakeSmi } from '../test/support/fake-smi.ts';
import { gpuHostTree } from '../test/support/gpu-host.ts';
import { smiXml } from '../test/support/smi-xml.ts';
import { DAY_POLLS, growthOf, NO_GROWTH_MIB, range, sampled } from './memory.ts';
import { privateMemoryMib } from './process.ts';
import { type Row, atMost, quantile } from './row.ts';

const GPU_COUNT = 8;
const IDLE_AFTER_MS = 8_000;
const SETTLE_MS = 40_000;
const POLL_EVERY_MS = 30_000;
const STARTS = 10;
const DEADLINE = { timeoutMs: 5_000 };

const LOG = '/dev/kmsg';

function canReadLog(): boolean {
  try {
    closeSync(openSync(LOG, constants.O_RDONLY | constants.O_NONBLOCK));
    return true;
  } catch {
    return false;
  }
}

/** A served gpu-monitor on a host with eight GPUs, asking a program that prints what nvidia-smi would: the time of the real one is its own. */
async function withServed<T>(bundle: string, measure: (served: ServedBundle, smi: ReturnType<typeof fakeSmi>) => Promise<T>): Promise<T> {
  using host = gpuHostTree(GPU_COUNT);
  using smi = fakeSmi({ xml: smiXml({ gpus: GPU_COUNT, withSupportedClocks: true }), nvlink: '' });
  // The device, as in a container that may read it: a file in its place would be read by children.
  const flags = ['--host-root', host.root, '--nvidia-smi', smi.path, ...(canReadLog() ? ['--kmsg', LOG] : [])];
  await using served = await serveBundle({ bundle, monitors: ['gpu-monitor'], flags });
  return await measure(served, smi);
}

/** Private memory of the GPU container's program, idle and during a day of polls run fast, then with a look before every twentieth. */
export async function gpuMemory(bundle: string): Promise<readonly Row[]> {
  return await withServed(bundle, async (served) => {
    await sleep(IDLE_AFTER_MS);
    const idle = privateMemoryMib(served.pid);
    const day = await sampled(served, DAY_POLLS, (sequence) => served.client.checkHealth({}, sequence, DEADLINE));
    const looked = await withLooks(served);
    return [
      atMost('gpu-monitor, 8 GPUs: private memory, idle after the first look', 'MiB', idle, 22),
      atMost('gpu-monitor, 8 GPUs: private memory during 2,880 polls, median', 'MiB', quantile(day, 0.5), 26, range(day)),
      atMost('gpu-monitor, 8 GPUs: private memory held, growth over the last 2,000 of them', 'MiB', growthOf(day), NO_GROWTH_MIB),
      atMost('gpu-monitor, 8 GPUs: private memory during 150 looks, median', 'MiB', quantile(looked, 0.5), 26, range(looked)),
    ];
  });
}

/** A poll parameter that changes makes all checks look at once. */
async function withLooks({ client, pid }: ServedBundle): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let sequence = 1; sequence <= 150; sequence++) {
    await client.checkHealth({ nearSlowdownCelsius: sequence % 2 === 0 ? '3' : '03' }, sequence, DEADLINE);
    await sleep(100);
    samples.push(privateMemoryMib(pid));
  }
  return samples;
}

/** From the start of the process to the first answer, which waits for no nvidia-smi. */
export async function gpuStart(bundle: string): Promise<Row> {
  const starts: number[] = [];
  for (let done = 0; done < STARTS; done++) starts.push(await withServed(bundle, async ({ startMs }) => startMs));
  return atMost('gpu-monitor: start to first answer, median', 'ms', quantile(starts, 0.5), 250, `of ${STARTS}, ${Math.round(Math.min(...starts))} to ${Math.round(Math.max(...starts))}`);
}

/** CPU of the program itself, without that of nvidia-smi, and its memory meanwhile, at the pace at which it looks. */
export async function gpuCpu(bundle: string, windowMs: number): Promise<readonly Row[]> {
  return await withServed(bundle, async ({ pid, client }, smi) => {
    await sleep(SETTLE_MS);
    const [startMs, startCpuMs, before] = [performance.now(), ownCpuMs(pid), smi.starts().length];
    const memory: number[] = [];
    for (let sequence = 1; performance.now() - startMs < windowMs; sequence++) {
      await client.checkHealth({}, sequence, DEADLINE);
      memory.push(privateMemoryMib(pid));
      await sleep(Math.max(0, Math.min(sequence * POLL_EVERY_MS, windowMs) - (performance.now() - startMs)));
    }
    const seconds = (performance.now() - startMs) / 1_000;
    const looks = smi.starts().length - before;
    const note = `over ${Math.round(seconds)} s with ${looks} questions to nvidia-smi`;
    return [
      atMost('gpu-monitor, 8 GPUs: steady CPU, without nvidia-smi itself', 'millicores', (ownCpuMs(pid) - startCpuMs) / seconds, 2, note),
      atMost('gpu-monitor, 8 GPUs: private memory meanwhile, median', 'MiB', quantile(memory, 0.5), 22, range(memory)),
    ];
  });
}

/** utime and stime of proc_pid_stat(5), without those of children; USER_HZ is 100. */
function ownCpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [utime = 0, stime = 0] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number);
  return (utime + stime) * 10;
}

/** How long it takes to read and judge one output of eight GPUs with their clocks, by every check. */
export function gpuJudging(): Row {
  const folder = mkdtempSync(join(tmpdir(), 'npd-gpu-bench-'));
  try {
    const file = join(folder, 'query.xml');
    const xml = smiXml({ gpus: GPU_COUNT, withSupportedClocks: true });
    writeFileSync(file, xml);
    const out = execFileSync(process.execPath, [...V8_FLAGS, join(import.meta.dirname, 'gpu-judge-main.ts'), file], { encoding: 'utf8' });
    return atMost('gpu-monitor: CPU to read and judge one nvidia-smi -q -x of 8 GPUs, median', 'ms', Number(out), 15, `of 100; ${Math.round(xml.length / 1_024)} KiB`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
