import type { Histogram, Metric } from '../core/check.ts';
import type { Fault, Outcome } from './attempt.ts';

/** What an attempt was made at, as a label: a finite list, whatever is configured. */
export type TargetClass = 'cluster-name' | 'external-name' | 'server' | 'api-server' | 'tcp' | 'http' | 'service' | 'peer';

/** Counts the attempts of one check since the process began. Holds state. */
export interface AttemptTally {
  readonly count: (targetClass: TargetClass, outcome: Outcome<unknown>, fault?: Fault) => void;
  /** For `/metrics`: attempts, failures by fault, durations. */
  readonly metrics: () => { readonly metrics: readonly Metric[]; readonly histograms: readonly Histogram[] };
}

/** Upper bounds in seconds: from one hop to the longest timeout that may be set. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Infinity];

interface Counts {
  attempts: number;
  local: number;
  readonly failures: Map<Fault, number>;
  readonly buckets: number[];
  seconds: number;
}

/** @param check name of the check, for the label */
export function createTally(check: string): AttemptTally {
  const byClass = new Map<TargetClass, Counts>();
  const of = (targetClass: TargetClass): Counts => {
    const known = byClass.get(targetClass);
    if (known !== undefined) return known;
    const fresh: Counts = { attempts: 0, local: 0, failures: new Map(), buckets: BOUNDS.map(() => 0), seconds: 0 };
    byClass.set(targetClass, fresh);
    return fresh;
  };
  return {
    count(targetClass, outcome, fault = outcome.kind === 'failed' ? outcome.fault : undefined) {
      const counts = of(targetClass);
      counts.attempts++;
      if (fault !== undefined) counts.failures.set(fault, (counts.failures.get(fault) ?? 0) + 1);
      if (outcome.kind === 'local') {
        counts.local++;
        return;
      }
      const seconds = outcome.tookMs / 1_000;
      counts.seconds += seconds;
      for (const [index, bound] of BOUNDS.entries()) if (seconds <= bound) counts.buckets[index] = (counts.buckets[index] ?? 0) + 1;
    },
    metrics: () => metricsOf(check, byClass),
  };
}

const NAME = 'npd_plugins_network';

function metricsOf(check: string, byClass: ReadonlyMap<TargetClass, Counts>): ReturnType<AttemptTally['metrics']> {
  const metrics: Metric[] = [];
  const histograms: Histogram[] = [];
  for (const [target_class, { attempts, local, failures, buckets, seconds }] of byClass) {
    const labels = { check, target_class };
    metrics.push({ name: `${NAME}_attempts_total`, type: 'counter', help: 'Attempts made, by check and class of target.', labels, value: attempts });
    for (const [reason, value] of [...failures, ['local', local] as const]) {
      if (value > 0) metrics.push({ name: `${NAME}_failures_total`, type: 'counter', help: 'Attempts that failed, by reason; local: this process could not try.', labels: { ...labels, reason }, value });
    }
    histograms.push({ name: `${NAME}_attempt_duration_seconds`, help: 'How long attempts took, failed ones too.', labels, buckets: BOUNDS.map((le, index) => ({ le, count: buckets[index] ?? 0 })), sum: seconds });
  }
  return { metrics, histograms };
}
