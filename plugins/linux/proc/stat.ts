import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';

export interface KernelStat {
  /** All CPUs together. */
  readonly total: CpuTicks;
  /** Online CPUs only: numbers may be missing in between. */
  readonly cpus: readonly (CpuTicks & { readonly cpu: number })[];
  /** When the host booted, seconds since 1970; moves when the clock is set. */
  readonly bootTimeSeconds: number;
  /** Processes and threads created since boot. */
  readonly forks: number;
  readonly runnableTasks: number;
  /** Tasks that wait for I/O. */
  readonly blockedTasks: number;
}

/** Time since boot in USER_HZ ticks: 10 ms each on every architecture Kubernetes runs on. */
export interface CpuTicks {
  readonly userTicks: number;
  readonly niceTicks: number;
  readonly systemTicks: number;
  readonly idleTicks: number;
  /** May go down: proc_stat(5) calls it unreliable. */
  readonly iowaitTicks: number;
  readonly irqTicks: number;
  readonly softirqTicks: number;
  readonly stealTicks: number;
  /** Contained in userTicks. */
  readonly guestTicks: number;
  /** Contained in niceTicks. */
  readonly guestNiceTicks: number;
}

const SINGLE: ReadonlySet<string> = new Set(['btime', 'processes', 'procs_running', 'procs_blocked']);

/**
 * Parses /proc/stat, see proc_stat(5). The lines that are read look like
 *
 *     cpu  301854 612 111922 8979004 3552 2 3944 0 44 36
 *     cpu0 44490 19 21045 1087069 220 1 3410 0 2 1
 *     btime 1418183276
 *
 * A cpu line has ten numbers since Linux 2.6.33; further ones are ignored.
 */
export function parseStat(text: string, file = '/proc/stat'): KernelStat {
  const singles = new Map<string, number>();
  const cpus: (CpuTicks & { readonly cpu: number })[] = [];
  let total: CpuTicks | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const where = `${file}:${index + 1}`;
    const name = line.slice(0, Math.max(0, line.indexOf(' ')));
    if (name === 'cpu') total = parseCpu(line, where);
    else if (/^cpu\d+$/.test(name)) cpus.push({ cpu: parseCount(name.slice(3), where), ...parseCpu(line, where) });
    else if (SINGLE.has(name)) singles.set(name, parseCount(line.slice(name.length + 1), where));
  }
  if (total === undefined) throw new ParseError(file, 'a line "cpu <n> ..."', text);
  const need = (name: string): number => {
    const value = singles.get(name);
    if (value === undefined) throw new ParseError(file, `a line "${name} <n>"`, text);
    return value;
  };
  return {
    total,
    cpus,
    bootTimeSeconds: need('btime'),
    forks: need('processes'),
    runnableTasks: need('procs_running'),
    blockedTasks: need('procs_blocked'),
  };
}

function parseCpu(line: string, where: string): CpuTicks {
  const ticks = line.split(/ +/).slice(1);
  if (ticks.length < 10) throw new ParseError(where, 'at least 10 numbers', line);
  const at = (index: number): number => parseCount(ticks[index] ?? '', where);
  return {
    userTicks: at(0),
    niceTicks: at(1),
    systemTicks: at(2),
    idleTicks: at(3),
    iowaitTicks: at(4),
    irqTicks: at(5),
    softirqTicks: at(6),
    stealTicks: at(7),
    guestTicks: at(8),
    guestNiceTicks: at(9),
  };
}
