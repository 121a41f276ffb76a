import type { Observed, ObservedMonitor } from '../../../plugins/http/observed.ts';
import { monitorBench } from '../core/monitor-bench.ts';

/** A monitor that serves on /run/a.sock and answers there, before its first look. */
export function observedMonitor(change: Partial<ObservedMonitor> = {}): ObservedMonitor {
  return {
    name: 'a',
    socketPath: '/run/a.sock',
    socketState: () => 'held',
    lostForMs: () => 0,
    statistics: monitorBench().monitor.statistics,
    askSelf: () => Promise.resolve(undefined),
    ...change,
  };
}

/** All of these, by their names. */
export function observe(...monitors: readonly ObservedMonitor[]): Observed {
  return { build: { version: '1.2.3', commit: 'abc' }, names: monitors.map(({ name }) => name), monitors: () => monitors };
}
