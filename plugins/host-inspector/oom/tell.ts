import type { LookEvent } from '../../core/check.ts';
import { describeOwner } from '../attribution/describe.ts';
import type { Kills } from './tally.ts';

/** The others together are one. */
const MOST_EVENTS = 5;

const COUNTED_BY = '/proc/vmstat, oom_kill';

/**
 * One event for each Pod or service, and one for those of which nobody is known. Where the groups count more than the node,
 * what they counted before is not what is remembered, and they are not believed. Pure.
 */
export function oomEvents(total: bigint, counted: readonly Kills[], podNames: ReadonlyMap<string, string>): readonly LookEvent[] {
  const isBelieved = BigInt(sumOf(counted)) <= total;
  const kills = isBelieved ? counted : [];
  const [told, others] = [kills.slice(0, MOST_EVENTS), kills.slice(MOST_EVENTS)];
  const known = sumOf(kills);
  const rest = total - BigInt(known);
  return [
    ...told.map((kill) => messageOf(kill, podNames)),
    ...(others.length > 0 ? [`${killed(sumOf(others))} of ${others.length} further Pods and services: memory ran out (oom_kill of their control groups)`] : []),
    ...(rest > 0n ? [`${known > 0 ? 'besides, ' : ''}${rest} ${rest === 1n ? 'process was' : 'processes were'} killed because memory ran out (${COUNTED_BY})`] : []),
  ].map((message) => ({ severity: 'warn', reason: 'OOMKilling', message }));
}

function sumOf(kills: readonly Kills[]): number {
  return kills.reduce((sum, { count }) => sum + count, 0);
}

function messageOf({ group, count, isOwnLimit }: Kills, podNames: ReadonlyMap<string, string>): string {
  const who = describeOwner(group, podNames);
  if (isOwnLimit === undefined) return `${killed(count)} of ${who}: memory ran out (memory.oom_control, oom_kill)`;
  const why = isOwnLimit ? 'it reached its own memory limit' : 'not by a limit of its own, so memory of the node ran out, or of all Pods';
  return `${killed(count)} of ${who}: ${why} (memory.events, oom_kill)`;
}

function killed(count: number): string {
  return `killed ${count === 1 ? '1 process' : `${count} processes`}`;
}
