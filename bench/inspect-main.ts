import { readFileSync } from 'node:fs';

import { systemClock } from '../plugins/core/clock.ts';
import { silentLogger } from '../plugins/core/log.ts';
import { createMonitor, withoutEvents } from '../plugins/core/monitor.ts';
import { defaultsOf } from '../plugins/core/settings.ts';
import { hostInspector } from '../plugins/host-inspector/host-inspector.ts';
import { collectReport } from '../plugins/host-inspector/report/collect.ts';
import { runChild } from '../plugins/linux/child.ts';
import { createFilesystemProbe } from '../plugins/linux/filesystem-probe.ts';

/** Makes the report of the host whose root is the first argument, with a look at all conditions, and prints the mean of the CPU time in milliseconds, children included. */
const root = process.argv[2] ?? '/';
const ROUNDS = 20;
const WARM_UP_ROUNDS = 3;
const MS_PER_TICK = 10;

const probe = createFilesystemProbe({ timeoutMs: 5_000 });
const definition = withoutEvents(hostInspector(probe));
const settings = defaultsOf(definition.settings);

async function report(): Promise<void> {
  const monitor = createMonitor({ definition, version: '0', root, configured: settings, clock: systemClock, random: Math.random, log: silentLogger, bootId: 'bench', isSingleLook: true });
  await collectReport({
    root, nodeName: 'bench', version: '0', settings, probe, conditions: { ready: async () => await monitor.start(), now: monitor.conditions },
    timeoutMs: 30_000, cpuWindowMs: 10, isRecording: false, run: runChild, nowMs: Date.now,
  });
  monitor.close();
}

/** Our own in microseconds; that of children that have ended in ticks, fields 16 and 17 of /proc/<pid>/stat, see proc_pid_stat(5). */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(13, 15).map(Number);
  return (user + system) / 1_000 + ticks.reduce((sum, count) => sum + count, 0) * MS_PER_TICK;
}

for (let round = 0; round < WARM_UP_ROUNDS; round++) await report();
const before = cpuMs();
for (let round = 0; round < ROUNDS; round++) await report();
process.stdout.write(`${(cpuMs() - before) / ROUNDS}\n`);
