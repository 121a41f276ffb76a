import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EXIT } from '../cli/exit-code.ts';
import { V8_FLAGS } from '../cli/v8-flags.ts';
import { processCrowd } from '../test/support/process-crowd.ts';
import { type Row, atMost, skipped } from './row.ts';

const PROCESS_COUNT = 1_000;
/** CPU time is counted in ticks of 10 ms. */
const RUNS = 10;
const MS_PER_TICK = 10;
const BUDGET_MS = 150;

/** As our manifests run it: root without any capability. */
const AS_SHIPPED = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'];

/** CPU of one report with a look at all conditions and with all that it starts; the program that makes one and ends takes more, which the note tells. */
export async function inspectCpu(bundle: string): Promise<Row> {
  const name = `inspect, CPU of one report, children included, with ${PROCESS_COUNT.toLocaleString('en')} processes`;
  if (process.getuid?.() !== 0) return skipped(name, 'needs root, to make processes in namespaces of their own');
  await using crowd = await processCrowd(PROCESS_COUNT);
  const folder = mkdtempSync(join(tmpdir(), 'npd-plugins-inspect-'));
  try {
    const cpuOf = (args: readonly string[], { runs = RUNS, privileges = AS_SHIPPED } = {}): number => {
      const before = childrenCpuMs();
      const [command, ...rest] = crowd.enter([...privileges, process.execPath, bundle, ...args]);
      for (let run = 0; run < runs; run++) {
        const { status } = spawnSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
        // A problem of this machine, or what could not be told of it, is a report as well.
        if (status === null || status > EXIT.unknown) throw new Error(`${args.join(' ')}: ended with ${status}`);
      }
      return (childrenCpuMs() - before) / runs;
    };
    const inspect = ['inspect', '--format', 'json', '--host-root', crowd.root, '--state-dir', folder];
    const first = cpuOf(inspect, { runs: 1 });
    const [start, whole, withAll] = [cpuOf(['--version']), cpuOf(inspect), cpuOf(inspect, { privileges: [] })];
    const [command, ...rest] = crowd.enter([...AS_SHIPPED, process.execPath, ...V8_FLAGS, join(import.meta.dirname, 'inspect-main.ts'), crowd.root]);
    const measured = Number(execFileSync(command, rest, { encoding: 'utf8' }));
    const programs = `${Math.round(whole)} ms, of which ${Math.round(start)} ms start; ${Math.round(withAll)} ms with CAP_SYS_PTRACE, which shows who holds what; ${Math.round(first)} ms with the inventory, once per boot`;
    return atMost(name, 'ms', measured, BUDGET_MS, `a program of its own takes ${programs}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of all processes that we started, and they, and that have ended: fields 16 and 17 of /proc/<pid>/stat, see proc_pid_stat(5). */
function childrenCpuMs(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(13, 15).map(Number);
  return ticks.reduce((sum, count) => sum + count, 0) * MS_PER_TICK;
}
