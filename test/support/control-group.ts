import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { codeOf, messageOf } from '../../plugins/core/errors.ts';
import { hasOption, parseMountinfo } from '../../plugins/linux/proc/mountinfo.ts';

export interface Limits {
  /** Of the memory that all processes in it use together. */
  readonly memoryBytes?: number;
  /** Thousandths of one CPU; spent in slices of 100 ms, as kubelet sets it. */
  readonly cpuMillicores?: number;
}

/** A control group with limits; disposing of it kills what is left in it, waits until that is gone, and removes it. */
export interface ControlGroup extends AsyncDisposable {
  /** The command line that runs `argv` in the group. */
  readonly enter: (argv: readonly string[]) => readonly [string, ...string[]];
  /** Processes that the kernel killed for want of memory. */
  readonly oomKillCount: () => number;
  /** Most memory that was ever in use at once, files in the page cache included. */
  readonly peakMemoryBytes: () => number;
}

export type MaybeGroup = { readonly kind: 'ok'; readonly group: ControlGroup } | { readonly kind: 'unavailable'; readonly why: string };

/** Names of the files in the two versions; see cgroups(7), the kernel's cgroup-v1/memory.rst, sched-bwc.rst and cgroup-v2.rst. */
interface Layout {
  readonly folders: readonly string[];
  readonly limit: (limits: Limits) => void;
  readonly oomKillCount: () => number;
  readonly peakMemoryBytes: () => number;
}

const CPU_PERIOD_US = 100_000;

/** How long the kernel may take to let go of processes that have ended. */
const EMPTY_WITHIN_MS = 10_000;

/** Makes a group, or says why this machine or container has none to give. */
export function createControlGroup(limits: Limits): MaybeGroup {
  const name = `npd-plugins-${randomBytes(4).toString('hex')}`;
  let layout: Layout | undefined;
  try {
    layout = findLayout(name);
    if (layout === undefined) return { kind: 'unavailable', why: 'no control groups for memory and cpu are mounted' };
    for (const folder of layout.folders) mkdirSync(folder);
    layout.limit(limits);
    return { kind: 'ok', group: groupOf(layout) };
  } catch (cause) {
    for (const folder of layout?.folders ?? []) removeIfEmpty(folder);
    return { kind: 'unavailable', why: `cannot make a control group: ${messageOf(cause)}` };
  }
}

function groupOf({ folders, oomKillCount, peakMemoryBytes }: Layout): ControlGroup {
  // The shell enters the group before it becomes the program, so that all of the program is counted.
  const script = 'for folder in "$1" "$2"; do echo $$ >"$folder/cgroup.procs" || exit 125; done; shift 2; exec "$@"';
  const [first = '', last = first] = folders;
  return {
    enter: (argv) => ['sh', '-c', script, 'sh', first, last, ...argv],
    oomKillCount,
    peakMemoryBytes,
    async [Symbol.asyncDispose]() {
      const endMs = performance.now() + EMPTY_WITHIN_MS;
      while (!folders.map(removeIfEmpty).every(Boolean)) {
        for (const folder of folders) killAll(folder);
        if (performance.now() > endMs) throw new Error(`processes are left in ${folders.join(', ')}`);
        await sleep(20);
      }
    },
  };
}

/** Children that the program left behind when it was killed. */
function killAll(folder: string): void {
  for (const pid of existsSync(folder) ? readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean) : []) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch (error) {
      if (codeOf(error) !== 'ESRCH') throw error;
    }
  }
}

function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    if (codeOf(error) === 'EBUSY') return false;
    throw error;
  }
}

function findLayout(name: string): Layout | undefined {
  const mounts = parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8'), '/proc/self/mountinfo');
  const mountOf = (controller: string): string | undefined =>
    mounts.find(({ fsType, superOptions }) => fsType === 'cgroup' && hasOption(superOptions, controller))?.mountPoint;
  const [memory, cpu] = [mountOf('memory'), mountOf('cpu')];
  if (memory !== undefined && cpu !== undefined) return versionOne(join(memory, name), join(cpu, name));
  const unified = mounts.find(({ fsType }) => fsType === 'cgroup2')?.mountPoint;
  return unified === undefined ? undefined : versionTwo(unified, join(unified, name));
}

function versionOne(memory: string, cpu: string): Layout {
  return {
    folders: [memory, cpu],
    limit({ memoryBytes, cpuMillicores }) {
      if (memoryBytes !== undefined) writeFileSync(join(memory, 'memory.limit_in_bytes'), String(memoryBytes));
      if (cpuMillicores === undefined) return;
      writeFileSync(join(cpu, 'cpu.cfs_period_us'), String(CPU_PERIOD_US));
      writeFileSync(join(cpu, 'cpu.cfs_quota_us'), String((cpuMillicores * CPU_PERIOD_US) / 1_000));
    },
    oomKillCount: () => numberIn(join(memory, 'memory.oom_control'), /^oom_kill (\d+)$/m),
    peakMemoryBytes: () => numberIn(join(memory, 'memory.max_usage_in_bytes'), /^(\d+)$/m),
  };
}

function versionTwo(root: string, folder: string): Layout {
  return {
    folders: [folder],
    limit({ memoryBytes, cpuMillicores }) {
      writeFileSync(join(root, 'cgroup.subtree_control'), '+memory +cpu');
      if (memoryBytes !== undefined) writeFileSync(join(folder, 'memory.max'), String(memoryBytes));
      if (cpuMillicores !== undefined) writeFileSync(join(folder, 'cpu.max'), `${(cpuMillicores * CPU_PERIOD_US) / 1_000} ${CPU_PERIOD_US}`);
    },
    oomKillCount: () => numberIn(join(folder, 'memory.events'), /^oom_kill (\d+)$/m),
    peakMemoryBytes: () => numberIn(join(folder, 'memory.peak'), /^(\d+)$/m),
  };
}

function numberIn(path: string, pattern: RegExp): number {
  const found = pattern.exec(readFileSync(path, 'utf8'))?.[1];
  if (found === undefined) throw new Error(`${path}: expected ${String(pattern)}`);
  return Number(found);
}
