import type { Check, Look } from '../../../plugins/core/check.ts';
import { type Logger, silentLogger } from '../../../plugins/core/log.ts';
import { type MonitorOptions, type RunningMonitor, createMonitor } from '../../../plugins/core/monitor.ts';
import { type SettingsOf, durationSetting, percentSetting } from '../../../plugins/core/settings.ts';
import { type MonitorStatus, PEEK_PARAMETER } from '../../../plugins/core/status.ts';
import { healthy, problem } from '../../../plugins/core/verdict.ts';
import { type FakeClock, fakeClock } from '../../support/fake-clock.ts';
import { diskSpec } from './report/story.ts';

const settings = {
  used: percentSetting(90, 'share of the disk in use that is too much'),
  wait: durationSetting(5_000, 'patience'),
};
type Settings = SettingsOf<typeof settings>;

/** Everything a test may turn: what the one disk reads now, and what a check does instead of reading it. */
export interface MonitorBench {
  readonly clock: FakeClock;
  readonly monitor: RunningMonitor;
  readonly saved: string[];
  readonly warnings: string[];
  /** Share of the disk in use that the next looks will read. */
  usedPercent: number;
  readonly poll: (parameters?: Readonly<Record<string, string>>) => MonitorStatus;
  /** Numbers of lost events, as the log tells them. */
  readonly dropped: readonly number[];
  readonly peek: () => MonitorStatus;
  /** Polls and says that the reply was written. */
  readonly collect: (parameters?: Readonly<Record<string, string>>) => MonitorStatus;
  /** `severity reason: message` of what a peek sees. */
  readonly events: () => readonly string[];
}

export type BenchOptions = Partial<MonitorOptions<typeof settings>> & { readonly look?: Check<Settings>['look'] };

/** A monitor with one check, `space`, that finds the disk full above the threshold `used`. */
export function monitorBench({ look, ...change }: BenchOptions = {}): MonitorBench {
  const clock = fakeClock();
  const saved: string[] = [];
  const warnings: string[] = [];
  const dropped: number[] = [];
  const log: Logger = {
    ...silentLogger,
    warn: (fields, message) => {
      if (typeof fields['droppedCount'] === 'number') dropped.push(fields['droppedCount']);
      else warnings.push(`${message}: ${String(fields['problem'] ?? fields['parameter'] ?? fields['check'])}`);
    },
  };
  const readDisk = ({ settings: { used } }: { readonly settings: Settings }): Look => ({
    verdicts: [bench.usedPercent > used ? problem('DiskFull', '/', `/ is over ${used} percent`) : healthy],
  });
  const check: Check<Settings> = { name: 'space', condition: 'DiskLow', periodMs: 30_000, timeoutMs: 5_000, look: look ?? readDisk };
  const monitor = createMonitor({
    definition: { name: 'test-monitor', description: 'for tests', specs: [diskSpec], settings, checks: [check] },
    version: '1.2.3', root: '/', configured: { used: 90, wait: 5_000 }, clock, random: () => 0, log,
    bootId: 'this-boot', onSave: (text) => void saved.push(text), ...change,
  });
  const bench: MonitorBench = {
    clock, monitor, saved, warnings, dropped,
    usedPercent: 10,
    poll: (parameters = {}) => monitor.checkHealth(parameters).status,
    peek: () => monitor.checkHealth({ [PEEK_PARAMETER]: '' }).status,
    collect(parameters = {}) {
      const { status, delivered } = monitor.checkHealth(parameters);
      delivered();
      return status;
    },
    events: () => bench.peek().events.map(({ severity, reason, message }) => `${severity} ${reason}: ${message}`),
  };
  return bench;
}

/** The same after its first round of looks. */
export async function startedBench(options: BenchOptions = {}): Promise<MonitorBench> {
  const bench = monitorBench(options);
  const started = bench.monitor.start();
  await bench.clock.advance(5_000);
  await started;
  return bench;
}
