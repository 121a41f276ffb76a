import { parseCounter } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import type { PidUsage } from '../../linux/proc/pid-usage.ts';
import { readText } from '../../linux/read.ts';
import type { Controller, Hierarchy } from '../../linux/sys/control-groups.ts';

/** How much a control group has of what a node runs out of. */
export interface Use {
  readonly controller: Controller;
  /** Counts since the group was made: only what is added counts. */
  readonly isCounter: boolean;
  /** Of Pods alone. */
  readonly isOfPods?: boolean;
  /** Undefined where it has ended, or the controller is not on. Throws ParseError. */
  readonly read: (root: string, hierarchy: Hierarchy, folder: string) => number | undefined;
  /** What is closer to the truth but costs more: only of the largest. */
  readonly refine?: (root: string, hierarchy: Hierarchy, folder: string, value: number) => number;
  /** Which of its processes are named. */
  readonly ofProcess: (usage: PidUsage) => number;
}

const threads = {
  controller: 'pids',
  isCounter: false,
  read: (root, _, folder) => numberIn(root, `${folder}/pids.current`),
  ofProcess: (usage) => usage.threads,
} as const satisfies Use;

/** Files of cgroup v2 (the kernel's Documentation/admin-guide/cgroup-v2.rst) and v1 (Documentation/admin-guide/cgroup-v1). */
export const USES = {
  memory: {
    controller: 'memory',
    isCounter: false,
    read: (root, { version }, folder) => numberIn(root, `${folder}/${version === 2 ? 'memory.current' : 'memory.usage_in_bytes'}`),
    // As kubelet's working set: what was read once and can be dropped is no use of memory.
    refine: (root, { version }, folder, value) => value - (lineIn(root, `${folder}/memory.stat`, version === 2 ? 'inactive_file' : 'total_inactive_file') ?? 0),
    ofProcess: ({ residentPages }) => residentPages,
  },
  cpu: {
    controller: 'cpu',
    isCounter: true,
    read: (root, { version }, folder) => (version === 2 ? lineIn(root, `${folder}/cpu.stat`, 'usage_usec') : numberIn(root, `${folder}/cpuacct.usage`)),
    ofProcess: ({ cpuTicks }) => cpuTicks,
  },
  io: {
    controller: 'io',
    isCounter: true,
    read: (root, { version }, folder) => (version === 2 ? ioBytes(root, `${folder}/io.stat`) : lineIn(root, `${folder}/blkio.throttle.io_service_bytes_recursive`, 'Total')),
    ofProcess: ({ cpuTicks }) => cpuTicks,
  },
  threads,
  podThreads: { ...threads, isOfPods: true },
} as const satisfies Record<string, Use>;

/** Doubles are exact enough to tell the larger one. */
function numberIn(root: string, file: string): number | undefined {
  const text = readText(root, file, { maxBytes: 4096 });
  return text.kind === 'ok' ? number(text.value.replace(/\n$/, ''), file) : undefined;
}

/** The number behind a name that begins a line. */
function lineIn(root: string, file: string, name: string): number | undefined {
  const text = readText(root, file, { maxBytes: 65_536 });
  const line = text.kind === 'ok' ? text.value.split('\n').find((each) => each.startsWith(`${name} `)) : undefined;
  return line === undefined ? undefined : number(line.slice(name.length + 1), file);
}

/** `259:0 rbytes=1024 wbytes=0 rios=1 wios=0 dbytes=0 dios=0`, a line for each disk. */
function ioBytes(root: string, file: string): number | undefined {
  const text = readText(root, file, { maxBytes: 65_536 });
  if (text.kind !== 'ok') return undefined;
  const amounts = text.value.matchAll(/ [rw]bytes=([0-9]+)/g);
  return [...amounts].reduce((sum, [, amount = '']) => sum + number(amount, file), 0);
}

function number(text: string, file: string): number {
  const value = Number(parseCounter(text, `/${file}`));
  if (!Number.isFinite(value)) throw new ParseError(`/${file}`, 'a counter', text);
  return value;
}
