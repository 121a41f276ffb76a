import { readFileSync } from 'node:fs';

const MIB = 2 ** 20;

/** USER_HZ, in which /proc counts CPU time, is 100 on every architecture Kubernetes runs on. */
const MS_PER_TICK = 10;

/** Private memory in MiB: RssAnon of /proc/<pid>/status, see proc_pid_status(5). What files back can be dropped and is shared. */
export function privateMemoryMib(pid: number): number {
  const kib = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kib === undefined) throw new Error(`/proc/${pid}/status: no RssAnon`);
  return (Number(kib) * 1_024) / MIB;
}

/** CPU time in ms of a process and of its children that have ended: fields 14 to 17 of /proc/<pid>/stat, see proc_pid_stat(5). */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 15).map(Number);
  return ticks.reduce((sum, count) => sum + count, 0) * MS_PER_TICK;
}

/** Asks `count` times, one after the other; gives how long each answer took in ms. */
export async function pollFast(count: number, ask: (sequence: number) => Promise<unknown>): Promise<readonly number[]> {
  const tookMs: number[] = [];
  for (let sequence = 1; sequence <= count; sequence++) {
    const startMs = performance.now();
    await ask(sequence);
    tookMs.push(performance.now() - startMs);
  }
  return tookMs;
}
