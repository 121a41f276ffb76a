import { readFileSync, writeFileSync } from 'node:fs';

/** Files that stand for /proc/meminfo and /proc/vmstat of a machine that is recorded. */
export interface RecordedMemory {
  /** What /proc/meminfo says is available, as a share of all. */
  readonly setMemory: (availablePercent: number) => void;
  readonly setOomKills: (count: number) => void;
}

/** Written at once, and overwritten in place: a new file would not be the mounted one. Memory is plenty, and nothing was killed. */
export function recordedMemory(meminfo: string, vmstat: string): RecordedMemory {
  const memory: RecordedMemory = {
    setMemory(availablePercent) {
      const text = readFileSync('/proc/meminfo', 'utf8');
      const totalKib = Number(/^MemTotal: +(\d+)/m.exec(text)?.[1]);
      writeFileSync(meminfo, text.replace(/^MemAvailable: +\d+/m, `MemAvailable: ${Math.round((totalKib * availablePercent) / 100)}`));
    },
    setOomKills: (count) => writeFileSync(vmstat, readFileSync('/proc/vmstat', 'utf8').replace(/^oom_kill \d+$/m, `oom_kill ${count}`)),
  };
  memory.setMemory(80);
  memory.setOomKills(0);
  return memory;
}
