import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { eventually } from './eventually.ts';
import type { OciConfig } from './oci-config.ts';

export interface ContainerExit {
  readonly code: number | null;
  readonly tookMs: number;
}

/** A running container; killed and removed when disposed. */
export interface Container extends AsyncDisposable {
  /** Of its first process, as this machine numbers it. */
  readonly pid: number;
  /** On the clock of `performance.now`, just before the runtime was started. */
  readonly startedMs: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly isRunning: () => boolean;
  /** Of /proc/<pid>/status: `NoNewPrivs` and the like. */
  readonly status: () => Readonly<Record<string, string>>;
  /** Most memory that was ever in use at once, files in the page cache and children included. */
  readonly peakMemoryBytes: () => number;
  readonly oomKillCount: () => number;
  /** What it was given of one CPU for which time; undefined without a limit. */
  readonly cpuQuotaUs: () => number | undefined;
  readonly memoryLimitBytes: () => number;
  /** Sends SIGTERM as kubelet does, and waits for the end. */
  readonly terminate: () => Promise<ContainerExit>;
  /** Waits for its end. */
  readonly ended: Promise<number | null>;
}

let count = 0;

/** A control group that no other run on this machine has, not below another one, which runc would leave behind. */
export function freshCgroupsPath(): string {
  count += 1;
  return `/npd-plugins-images-${process.pid}-${count}`;
}

const STARTS_WITHIN_MS = 60_000;

/** Starts it with runc, which keeps its own state in a folder of this container alone. */
export async function startContainer(config: OciConfig): Promise<Container> {
  const bundle = mkdtempSync(join(tmpdir(), 'npd-container-'));
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
  const [state, pidFile, id] = [join(bundle, 'state'), join(bundle, 'pid'), config.linux.cgroupsPath.slice(1)];
  mkdirSync(state);
  const startedMs = performance.now();
  const child = spawn('runc', ['--root', state, 'run', '--bundle', bundle, '--pid-file', pidFile, id], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const runc = async (...args: readonly string[]): Promise<unknown> => await promisify(execFile)('runc', ['--root', state, ...args]);
  const dispose = async (): Promise<void> => {
    if (child.exitCode === null) await runc('delete', '--force', id);
    await ended;
    rmSync(bundle, { recursive: true, force: true });
  };
  try {
    const pid = Number(await eventually('the container to start', () => {
      if (child.exitCode !== null && !existsSync(pidFile)) throw new Error(`runc ended with ${child.exitCode}: ${err()}`);
      return existsSync(pidFile) && readFileSync(pidFile, 'utf8');
    }, STARTS_WITHIN_MS));
    return {
      pid, startedMs, ended, stdout: out, stderr: err,
      isRunning: () => child.exitCode === null,
      status: () => statusOf(pid),
      ...accountsOf(pid),
      async terminate() {
        const sentMs = performance.now();
        await runc('kill', id, 'TERM');
        return { code: await ended, tookMs: performance.now() - sentMs };
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  return () => text;
}

function statusOf(pid: number): Readonly<Record<string, string>> {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').trimEnd().split('\n');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim().replaceAll('\t', ' ')]));
}

type Accounts = Pick<Container, 'peakMemoryBytes' | 'oomKillCount' | 'cpuQuotaUs' | 'memoryLimitBytes'>;

/** Files of control groups, version 1 (memory.rst, sched-bwc.rst) or 2 (cgroup-v2.rst). */
function accountsOf(pid: number): Accounts {
  const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n');
  const pathOf = (controller: string): string | undefined => groups.find((line) => line.split(':')[1]?.split(',').includes(controller))?.split(':')[2];
  const [memory, cpu] = [pathOf('memory'), pathOf('cpu')];
  if (memory !== undefined && cpu !== undefined) {
    const [ofMemory, ofCpu] = [join('/sys/fs/cgroup/memory', memory), join('/sys/fs/cgroup/cpu', cpu)];
    return {
      peakMemoryBytes: () => numberIn(join(ofMemory, 'memory.max_usage_in_bytes'), /^(\d+)$/m),
      oomKillCount: () => numberIn(join(ofMemory, 'memory.oom_control'), /^oom_kill (\d+)$/m),
      memoryLimitBytes: () => numberIn(join(ofMemory, 'memory.limit_in_bytes'), /^(\d+)$/m),
      cpuQuotaUs: () => positive(numberIn(join(ofCpu, 'cpu.cfs_quota_us'), /^(-?\d+)$/m)),
    };
  }
  const unified = join('/sys/fs/cgroup', groups.find((line) => line.startsWith('0::'))?.slice(3) ?? '');
  return {
    peakMemoryBytes: () => numberIn(join(unified, 'memory.peak'), /^(\d+)$/m),
    oomKillCount: () => numberIn(join(unified, 'memory.events'), /^oom_kill (\d+)$/m),
    memoryLimitBytes: () => numberIn(join(unified, 'memory.max'), /^(\d+)$/m),
    cpuQuotaUs: () => positive(numberIn(join(unified, 'cpu.max'), /^(\d+|max)/m)),
  };
}

function positive(value: number): number | undefined {
  return value > 0 ? value : undefined;
}

function numberIn(path: string, pattern: RegExp): number {
  const found = pattern.exec(readFileSync(path, 'utf8'))?.[1];
  if (found === undefined) throw new Error(`${path}: expected ${String(pattern)}`);
  return Number(found);
}
