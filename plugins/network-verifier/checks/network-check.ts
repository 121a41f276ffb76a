import type { Check, Look, Scene } from '../../core/check.ts';
import { createPace } from '../pacing.ts';
import { type Scope, typeIn } from '../scope.ts';
import type { NetworkSettings } from '../settings.ts';
import { type AttemptTally, createTally } from '../tally.ts';

const PERIOD_MS = 60_000;

/** Two attempts one after the other at the longest timeout that may be set, and some more. */
const TIMEOUT_MS = 30_000;

/** Nodes that start at once do not ask at once. */
const START_SPREAD_MS = 2_000;

interface NetworkCheck {
  readonly name: string;
  /** That it feeds, without what the scope puts before it. */
  readonly condition: string;
  readonly scope: Scope;
  readonly periodMs?: number;
  /** Counts its attempts in the tally. */
  readonly look: (scene: Scene<NetworkSettings>, tally: AttemptTally) => Findings | Promise<Findings>;
}

export type Findings = Pick<Look, 'verdicts' | 'readings'>;

/** What all checks of this monitor have in common: no first answer waits for them, they look sooner while not all is well, and attempts are counted. */
export function networkCheck({ name, condition, scope, periodMs = PERIOD_MS, look }: NetworkCheck): Check<NetworkSettings> {
  const [pace, tally] = [createPace(), createTally(name)];
  return {
    name,
    condition: typeIn(scope, condition),
    periodMs,
    timeoutMs: TIMEOUT_MS,
    isSlow: true,
    startSpreadMs: START_SPREAD_MS,
    async look(scene) {
      const findings = await look(scene, tally);
      const againInMs = pace(findings.verdicts);
      const counted = tally.metrics();
      return { ...findings, ...(counted.metrics.length > 0 && counted), ...(againInMs !== undefined && { againInMs }) };
    },
  };
}
