import type { Reading } from '../core/check.ts';
import type { ConditionSpec } from '../core/conditions.ts';
import type { CheckStatistics, ConditionStatistics, MonitorStatistics } from '../core/statistics.ts';
import { type Family, type Sample, cutLabels, cutToLabel } from './family.ts';
import { histogramFamilies } from './histogram-families.ts';

/** A node with more disks or interfaces than give so many readings is told of in part: a series for each lives in the memory of others. */
const MOST_READINGS = 1_024;

/** The metrics of these monitors. Pure. Names and units follow prometheus.io/docs/practices/naming. */
export function monitorFamilies(monitors: readonly MonitorStatistics[]): readonly Family[] {
  return [...pollFamilies(monitors), ...eventFamilies(monitors), ...lookFamilies(monitors), ...conditionFamilies(monitors), ...checkFamilies(monitors), ...histogramFamilies(monitors)];
}

/** What checks tell under names of their own. The first sample of a name says its type, help and labels; others that differ are left out. */
function checkFamilies(monitors: readonly MonitorStatistics[]): readonly Family[] {
  const families = new Map<string, Family & { readonly samples: Sample[] }>();
  for (const { name, type, help, labels, value } of monitors.flatMap(({ checks }) => checks.flatMap(({ metrics }) => metrics))) {
    if (!Number.isFinite(value)) continue;
    const family = families.get(name) ?? { name, type, help, samples: [] };
    families.set(name, family);
    const [first] = family.samples;
    if (first === undefined || Object.keys(first.labels).join() === Object.keys(labels).join()) family.samples.push({ labels: cutLabels(labels), value });
  }
  return [...families.values()];
}

function pollFamilies(monitors: readonly MonitorStatistics[]): readonly Family[] {
  return [{
    name: 'npd_plugins_polls_total',
    type: 'counter',
    help: 'Polls answered, by kind: a poll takes events along, a peek only looks (readyz asks by a peek, too).',
    samples: monitors.flatMap(({ monitor, pollCount, peekCount }) => [
      { labels: { monitor, kind: 'poll' }, value: pollCount },
      { labels: { monitor, kind: 'peek' }, value: peekCount },
    ]),
  }];
}

function eventFamilies(monitors: readonly MonitorStatistics[]): readonly Family[] {
  const each = (valueOf: (statistics: MonitorStatistics) => number): readonly Sample[] =>
    monitors.map((statistics) => ({ labels: { monitor: statistics.monitor }, value: valueOf(statistics) }));
  return [
    { name: 'npd_plugins_events_queued_total', type: 'counter', help: 'Events put into the queue for whoever polls.', samples: each(({ events }) => events.queuedCount) },
    { name: 'npd_plugins_events_sent_total', type: 'counter', help: 'Events told in a reply that was read.', samples: each(({ events }) => events.sentCount) },
    { name: 'npd_plugins_events_dropped_total', type: 'counter', help: 'Events lost because nobody collected them and the queue was full.', samples: each(({ events }) => events.droppedCount) },
    { name: 'npd_plugins_events_pending', type: 'gauge', help: 'Events that wait to be collected.', samples: each(({ events }) => events.pendingCount) },
  ];
}

const VERDICT_KINDS = ['healthy', 'problem', 'unknown', 'not-applicable'] as const;

function lookFamilies(monitors: readonly MonitorStatistics[]): readonly Family[] {
  const perCheck = (samplesOf: (check: CheckStatistics, labels: { readonly monitor: string; readonly check: string }) => readonly Sample[]): readonly Sample[] =>
    monitors.flatMap(({ monitor, checks }) => checks.flatMap((check) => samplesOf(check, { monitor, check: check.name })));
  return [
    {
      name: 'npd_plugins_looks_total',
      type: 'counter',
      help: 'Looks by outcome: in_time, or late for each deadline or period that passed without an end.',
      samples: perCheck(({ inTimeCount, lateCount }, labels) => [
        { labels: { ...labels, outcome: 'in_time' }, value: inTimeCount },
        { labels: { ...labels, outcome: 'late' }, value: lateCount },
      ]),
    },
    {
      name: 'npd_plugins_look_seconds_total',
      type: 'counter',
      help: 'Time that all looks which ended in time took together.',
      samples: perCheck(({ totalMs }, labels) => [{ labels, value: totalMs / 1_000 }]),
    },
    {
      name: 'npd_plugins_last_look_duration_seconds',
      type: 'gauge',
      help: 'How long the last look took that ended in time.',
      samples: perCheck(({ last }, labels) => (last === undefined ? [] : [{ labels, value: last.tookMs / 1_000 }])),
    },
    {
      name: 'npd_plugins_last_look_timestamp_seconds',
      type: 'gauge',
      help: 'When the last look ended that did so in time.',
      samples: perCheck(({ last }, labels) => (last === undefined ? [] : [{ labels, value: last.endedWallMs / 1_000 }])),
    },
    {
      name: 'npd_plugins_last_look_verdicts',
      type: 'gauge',
      help: 'What was last found, as the number of subjects by kind of verdict.',
      samples: perCheck(({ verdicts }, labels) => VERDICT_KINDS.map((kind) => ({ labels: { ...labels, kind }, value: verdicts.filter((verdict) => verdict.kind === kind).length }))),
    },
    {
      name: 'npd_plugins_reading',
      type: 'gauge',
      help: `Numbers behind the verdicts of the last look, in the unit of the label; at most ${MOST_READINGS} per monitor.`,
      samples: monitors.flatMap(readingSamples),
    },
  ];
}

function readingSamples({ monitor, checks }: MonitorStatistics): readonly Sample[] {
  const samples = checks.flatMap(({ name: check, readings }) => readings.flatMap((reading): Sample[] => {
    const value = numberOf(reading);
    if (value === undefined) return [];
    const { name, subject = '', unit } = reading;
    return [{ labels: { monitor, check, name, subject: cutToLabel(subject), unit }, value }];
  }));
  return samples.slice(0, MOST_READINGS);
}

/** Counters beyond 2^53 are texts in readings; for a graph the nearest double will do. */
function numberOf({ value, unit }: Reading): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'boolean') return Number(value);
  return unit !== '' && /^-?[0-9]{1,20}$/.test(value) ? Number(value) : undefined;
}

const STATUSES = ['True', 'False', 'Unknown'] as const;

function conditionFamilies(monitors: readonly MonitorStatistics[]): readonly Family[] {
  const table = tableText(monitors.flatMap(({ conditions }) => conditions.map(({ spec }) => spec)));
  const perCondition = (samplesOf: (statistics: ConditionStatistics, labels: { readonly monitor: string; readonly condition: string }) => readonly Sample[]): readonly Sample[] =>
    monitors.flatMap(({ monitor, conditions }) => conditions.flatMap((known) => samplesOf(known, { monitor, condition: known.spec.type })));
  return [
    {
      name: 'npd_plugins_condition_status',
      type: 'gauge',
      help: `1 for the status that the condition has, 0 for the two others. ${table}`,
      samples: perCondition(({ condition }, labels) => STATUSES.map((status) => ({ labels: { ...labels, status }, value: Number(condition.status === status) }))),
    },
    {
      name: 'npd_plugins_condition_transition_timestamp_seconds',
      type: 'gauge',
      help: 'When the status of the condition last changed.',
      samples: perCondition(({ condition }, labels) => [{ labels, value: condition.transitionMs / 1_000 }]),
    },
    {
      name: 'npd_plugins_condition_reason_raised',
      type: 'gauge',
      help: `1 for each reason that is raised now, also beside the one that the condition names. ${table}`,
      samples: perCondition(({ spec, raisedReasons }, labels) => spec.reasons.map(({ reason }) => ({ labels: { ...labels, reason }, value: Number(raisedReasons.includes(reason)) }))),
    },
  ];
}

/** `Conditions (reasons): DiskSpaceLow (DiskSpaceLow, InodesLow), …; True is the problem.` */
function tableText(specs: readonly ConditionSpec[]): string {
  const rows = specs.map(({ type, reasons }) => `${type} (${reasons.map(({ reason }) => reason).join(', ')})`);
  const positive = specs.filter(({ polarity }) => polarity === 'positive').map(({ type }) => type);
  const except = positive.length > 0 ? `, but health of ${positive.join(', ')}` : '';
  return `Conditions (reasons): ${rows.join(', ')}. True is the problem${except}.`;
}
