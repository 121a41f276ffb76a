import { stateOf } from '../exit-code.ts';
import { age, rfc1123 } from '../render/time.ts';
import { type Column, type Grid, type GridSize, type Layout, grid } from './grid.ts';
import { type Tone, span } from './line.ts';
import type { CheckLook } from './looks.ts';
import type { SeenCondition, SeenEvent } from './view.ts';
import { harmless } from './width.ts';

/** A change is shown for as long as it takes a person to look up and find it, and two polls at the usual interval. */
const FRESH_MS = 10_000;

/** A look that is older than this many periods counts no more; the same number as in the report. */
const STALE_PERIODS = 3;

/** The verdicts of one look stand in one line. */
const MOST_DETAILS = 3;

const TONES = { problem: 'bad', unknown: 'unsure', healthy: 'good' } as const;

function column<Row>(heading: string, text: (row: Row) => string, tone?: (row: Row) => Tone): Column<Row> {
  return { heading, cell: (row) => span(harmless(text(row)), tone?.(row)) };
}

function isFresh(nowMs: number): (row: { readonly changedMs?: number | undefined }) => boolean {
  return ({ changedMs }) => changedMs !== undefined && nowMs - changedMs < FRESH_MS;
}

/** Conditions as `kubectl describe node` prints them; without room first LastHeartbeatTime goes, then the other time becomes an age, then texts go below. */
export function conditionsGrid(conditions: readonly SeenCondition[], heartbeatMs: number, nowMs: number, size: GridSize): Grid {
  const type = column<SeenCondition>('Type', (row) => row.type);
  const status = column<SeenCondition>('Status', (row) => row.status, (row) => TONES[stateOf(row)]);
  const heartbeat = column<SeenCondition>('LastHeartbeatTime', () => rfc1123(heartbeatMs));
  const transition = column<SeenCondition>('LastTransitionTime', ({ transitionMs }) => rfc1123(transitionMs));
  const since = column<SeenCondition>('Age', ({ transitionMs }) => age(nowMs - transitionMs));
  const reason = column<SeenCondition>('Reason', (row) => row.reason);
  const message = column<SeenCondition>('Message', (row) => row.message);
  // On a low terminal every row of one that is healthy takes a row from one that is not.
  const isSpared = (row: SeenCondition): boolean => stateOf(row) === 'healthy' && !size.hasDashes;
  const reasonBelow = (row: SeenCondition): string => (isSpared(row) ? '' : harmless(`${row.reason}: ${row.message}`));
  const layouts: readonly [Layout<SeenCondition>, ...Layout<SeenCondition>[]] = [
    { columns: [type, status, heartbeat, transition, reason, message] },
    { columns: [type, status, transition, reason, message] },
    { columns: [type, status, since, reason, message] },
    { columns: [type, status, since, reason], below: (row) => (isSpared(row) ? '' : messageBelow(row)) },
    { columns: [type, status, since], below: reasonBelow },
    { columns: [type, status], below: reasonBelow },
  ];
  return grid(layouts, conditions, isFresh(nowMs), size);
}

/** Events as `kubectl describe node` prints them; without room first the source goes, then messages go below. */
export function eventsGrid(events: readonly SeenEvent[], nowMs: number, size: GridSize): Grid {
  const type = column<SeenEvent>('Type', (row) => row.type, (row) => (row.type === 'Warning' ? 'unsure' : 'plain'));
  const reason = column<SeenEvent>('Reason', (row) => row.reason);
  const aged = column<SeenEvent>('Age', (row) => eventAge(row, nowMs));
  const from = column<SeenEvent>('From', (row) => row.source);
  const message = column<SeenEvent>('Message', (row) => row.message);
  return grid([
    { columns: [type, reason, aged, from, message] },
    { columns: [type, reason, aged, message] },
    { columns: [type, reason, aged], below: messageBelow },
    { columns: [reason, aged], below: messageBelow },
  ], events, isFresh(nowMs), size);
}

function messageBelow({ message }: { readonly message: string }): string {
  return harmless(message);
}

/** `5s`, or `5s (x3 over 2m)` for an event that came again. */
function eventAge({ count, firstMs, lastMs }: SeenEvent, nowMs: number): string {
  const last = age(nowMs - lastMs);
  return count > 1 ? `${last} (x${count} over ${age(nowMs - firstMs)})` : last;
}

/** Each check with the age of its last look, how long that took and what it said in few words. */
export function looksGrid(checks: readonly CheckLook[], nowMs: number, size: GridSize): Grid {
  const hasSeveral = new Set(checks.map(({ monitor }) => monitor)).size > 1;
  const check = column<CheckLook>('Check', ({ monitor, name }) => (hasSeveral ? `${monitor}/${name}` : name));
  const looked = column<CheckLook>('Looked', (row) => lookedAgo(row, nowMs), (row) => (isStale(row, nowMs) ? 'unsure' : 'plain'));
  const every = column<CheckLook>('Every', ({ periodMs }) => age(periodMs));
  const took = column<CheckLook>('Took', ({ tookMs }) => (tookMs === undefined ? '-' : `${tookMs < 10 ? tookMs.toFixed(1) : Math.round(tookMs)} ms`));
  const verdict = column<CheckLook>('Verdict', verdictInWords, verdictTone);
  return grid([
    { columns: [check, looked, every, took, verdict] },
    { columns: [check, looked, took, verdict] },
    { columns: [check, looked, verdict] },
    { columns: [check, looked], below: (row) => harmless(verdictInWords(row)) },
  ], checks, () => false, { ...size, textLines: 1 });
}

function lookedAgo({ lookedAtMs }: CheckLook, nowMs: number): string {
  return lookedAtMs === undefined ? 'not yet' : `${age(nowMs - lookedAtMs)} ago`;
}

function isStale({ lookedAtMs, periodMs }: CheckLook, nowMs: number): boolean {
  return lookedAtMs === undefined || nowMs - lookedAtMs > STALE_PERIODS * periodMs;
}

/** Worst first; `3 healthy` where one look judges several subjects. */
function verdictInWords({ verdicts }: CheckLook): string {
  const details = (kind: string): readonly string[] => verdicts.filter((verdict) => verdict.kind === kind).map(({ detail }) => detail);
  const bad = [
    ...details('problem'),
    ...details('unknown').map((message) => `could not tell: ${message}`),
    ...details('not-applicable').map((message) => `not judged: ${message}`),
  ];
  const healthyCount = details('healthy').length;
  const parts = [
    ...bad.slice(0, MOST_DETAILS),
    ...(bad.length > MOST_DETAILS ? [`${bad.length - MOST_DETAILS} more`] : []),
    ...(healthyCount === 0 ? [] : [verdicts.length === 1 ? 'healthy' : `${healthyCount} healthy`]),
  ];
  return parts.length === 0 ? '-' : parts.join(', ');
}

function verdictTone({ verdicts }: CheckLook): Tone {
  if (verdicts.some(({ kind }) => kind === 'problem')) return 'bad';
  return verdicts.some(({ kind }) => kind === 'unknown') ? 'unsure' : 'plain';
}
