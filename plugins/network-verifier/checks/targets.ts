import type { Check, Reading } from '../../core/check.ts';
import { ConfigError } from '../../core/errors.ts';
import { notApplicable } from '../../core/verdict.ts';
import type { Fault } from '../attempt.ts';
import type { NetworkSettings } from '../settings.ts';
import type { Surroundings } from '../surroundings.ts';
import { TARGETS, type Tried, isReached, judgeTargets } from '../targets/judge.ts';
import { requiredCount } from '../targets/quorum.ts';
import { type Target, readTarget } from '../targets/target.ts';
import { tryTargets } from '../targets/try.ts';
import { networkCheck } from './network-check.ts';
import type { CheckParts } from './parts.ts';

/** Can what is declared in `targets` be reached from here, by TCP or with an HTTP status below 400? */
export function targets(parts: CheckParts): Check<NetworkSettings> {
  const { scope, surroundings } = parts;
  return networkCheck({
    name: TARGETS,
    condition: 'NetworkTargetUnreachable',
    scope,
    async look({ settings, signal }, tally) {
      const declared = settings.targets.map(targetOf);
      const least = requiredCount(settings.targetQuorum, declared.length);
      if (declared.length === 0) return { verdicts: [notApplicable(`${TARGETS} (none configured)`)] };
      const tried = await tryTargets(declared, { ...parts, settings, signal });
      for (const one of tried) {
        tally.count(one.target.kind, one.outcome, faultOf(one));
        noteIn(surroundings, one);
      }
      const verdicts = judgeTargets(tried, { scope, least, outlook: (text) => surroundings.outlook('target', text) });
      return { verdicts, readings: tried.flatMap(readingsOf) };
    },
  });
}

function targetOf(entry: string, index: number): Target {
  const target = readTarget(entry);
  if (typeof target === 'string') throw new ConfigError(`targets[${index}]`, target);
  return target;
}

/** Of a name that cannot be resolved for whatever reason: whose connection it was is not to be blamed. */
function faultOf({ at, outcome, badStatus }: Tried): Fault | undefined {
  if (badStatus !== undefined) return badStatus.fault;
  if (outcome.kind !== 'failed') return undefined;
  return at === 'name' ? 'not-resolved' : outcome.fault;
}

/** Whoever answers is reached, be it with a status of 500. What could not be tried says nothing. */
function noteIn(surroundings: Surroundings, { target: { text }, outcome, endpoint }: Tried): void {
  if (outcome.kind !== 'local') surroundings.note('target', text, outcome.kind === 'ok', endpoint);
}

function readingsOf(one: Tried): readonly Reading[] {
  const { target: { text: subject, kind }, outcome } = one;
  const source = kind === 'tcp' ? 'TCP connection' : 'HTTP GET';
  const state = isReached(one) ? 'reached' : faultOf(one) ?? 'not tried';
  return [
    { name: 'target_state', subject, value: state, unit: '', source },
    ...(outcome.kind === 'ok' ? [{ name: 'target_latency', subject, value: Math.round(outcome.tookMs * 10) / 10_000, unit: 'seconds', source }] : []),
  ];
}
