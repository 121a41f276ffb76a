import type { Scenario } from './host-recorder.ts';
import type { ScriptedCondition, ScriptedEvent, Step } from './scripted-plugin.ts';

/** 1 January 2026, and a minute later. */
const LONG_AGO_MS = 1_767_225_600_000;
const LATER_MS = LONG_AGO_MS + 60_000;

/** Answers fall between two ticks of the host's 1 s timer, so that nothing recorded hangs on a race. */
const DELAY_MS = 300;

const WELL: ScriptedCondition = { type: 'DiskSick', status: 'CONDITION_STATUS_FALSE', transitionMs: LONG_AGO_MS, reason: 'DiskIsWell', message: 'disk is well' };
const SICK: ScriptedCondition = { ...WELL, status: 'CONDITION_STATUS_TRUE', transitionMs: LATER_MS, reason: 'DiskFull', message: '/data is over 90% full' };
const MEMORY: ScriptedCondition = { type: 'MemorySick', status: 'CONDITION_STATUS_FALSE', transitionMs: LONG_AGO_MS, reason: 'MemoryIsWell', message: 'memory is well' };

function says(conditions: readonly ScriptedCondition[], events: readonly ScriptedEvent[] = []): Step {
  return { reply: { source: 'scripted', conditions, ...(events.length > 0 ? { events } : {}) } };
}

function event(reason: string, message: string, severity = 'SEVERITY_WARN'): ScriptedEvent {
  return { severity, timestampMs: LONG_AGO_MS, reason, message };
}

function numbered(count: number, toEvent: (index: number) => ScriptedEvent): readonly ScriptedEvent[] {
  return Array.from({ length: count }, (_, index) => toEvent(index + 1));
}

function polls(count: number): number {
  return 2_000 * count + 1_800;
}

function scenario(name: string, shows: string, steps: readonly Step[], more: Partial<Scenario> = {}): Scenario {
  const count = steps.reduce((sum, { times = 1 }) => sum + times, 0);
  return { name, shows, script: { delayMs: DELAY_MS, steps }, durationMs: polls(count), ...more };
}

const SKIP = { pluginConfig: { skip_initial_status: true } };

/** Every way a percent sign can stand in a message, 20 to a source so that the spam filter lets all through. */
const PERCENT_MESSAGES: readonly string[] = [
  '96%', '96% full', '96 % full', '100%%', '%%%', '%d used', '%s and %v', '%5.2f', '%-08x', '%+q', '%#v', '%*d', '%.*f', '%.', '%5', '%5.', '%[1]d', '%[x]d', '%[', '%[1',
  '%[1]*d', '%[0]d', '%.[1]d', '%[3].2d', '%[3]2d', '%[2]%', '%é', '%日', '%!', '%(', '%\u0000', '% %', '%  d', '%1000000d', '%9999999d', '%.9999999d', '%w', '50% of 3%', 'a%', '%[]d',
];

const AWAY: readonly Scenario[] = [
  scenario('unspecified-values', 'missing and unknown status, severity and timestamp', [
    { reply: { source: 'scripted', conditions: [{ type: 'DiskSick', reason: 'NoStatus', message: 'neither status nor time' }], events: [{ reason: 'NoSeverity', message: 'neither severity nor time' }] } },
    says([{ ...SICK, status: 'CONDITION_STATUS_UNKNOWN', reason: 'CannotTell', message: 'unknown' }], [event('Info', 'an info event', 'SEVERITY_INFO')]),
  ], SKIP),
  scenario('transition-at-the-ends', 'a transition in year 1 and one before 1970', [
    says([{ ...SICK, transitionMs: -62_135_596_800_000, message: 'year 1' }]),
    says([{ ...SICK, transitionMs: -1_500, message: 'before 1970' }]),
    says([{ ...SICK, transitionMs: LATER_MS + 999, message: 'a fraction of a second' }]),
  ], SKIP),
  scenario('condition-not-in-the-file', 'the reply holds a type that the file does not name', [says([MEMORY])]),
  scenario('condition-dropped', 'a type is no longer in the list', [says([SICK, MEMORY]), says([MEMORY])], SKIP),
  scenario('condition-renamed', 'a type is renamed', [says([SICK]), says([{ ...SICK, type: 'DiskIll' }])], SKIP),
  scenario('type-twice-in-a-reply', 'one type twice in a list: the last counts', [says([WELL, SICK])], SKIP),
  scenario('no-conditions', 'a reply without conditions, then one with an event only', [says([]), says([], [event('Hello', 'an event only')])], SKIP),
  scenario('empty-texts', 'empty reason, message and source', [{ reply: { source: '', conditions: [{ ...SICK, reason: '', message: '' }], events: [event('', '')] } }], SKIP),
  scenario('two-conditions-in-the-file', 'the initial status of two conditions', [says([WELL, MEMORY])], {
    conditions: [{ type: 'DiskSick', reason: 'DiskIsWell', message: 'disk is well' }, { type: 'MemorySick', reason: 'MemoryIsWell', message: 'memory is well' }],
  }),
];

const CHANGES: readonly Scenario[] = [
  scenario('first-reply-differs', 'the initial status, then a sick reply', [says([SICK])]),
  scenario('first-reply-equals-initial', 'a first reply equal to the initial status but for its transition does not go on', [{ ...says([WELL]), times: 2 }]),
  scenario('skip-initial-status', 'without initial status the first PATCH is an empty list', [says([WELL])], SKIP),
  scenario('no-conditions-in-the-file', 'without conditions in the file the first PATCH is an empty list too', [says([WELL])], { conditions: [] }),
  scenario('same-reply', 'the same reply again and again', [{ ...says([SICK]), times: 4 }], SKIP),
  scenario('changed-message', 'only the message changes', [says([SICK]), says([{ ...SICK, message: '/data is over 95% full' }])], SKIP),
  scenario('changed-reason', 'only the reason changes', [says([SICK]), says([{ ...SICK, reason: 'DiskVeryFull' }])], SKIP),
  scenario('changed-transition', 'only the transition changes: nothing; then an event comes with it: a PATCH', [
    says([SICK]),
    says([{ ...SICK, transitionMs: LATER_MS + 5_000 }]),
    says([{ ...SICK, transitionMs: LATER_MS + 5_000 }], [event('Hello', 'an event')]),
  ], SKIP),
  scenario('changed-transition-below-a-second', 'a transition that changes by a millisecond, sent with an event, is a PATCH of the same text', [
    says([SICK]),
    says([{ ...SICK, transitionMs: LATER_MS + 1 }], [event('Hello', 'an event')]),
  ], SKIP),
  scenario('reordered', 'the same conditions in another order go on but make no PATCH', [says([SICK, MEMORY]), says([MEMORY, SICK])], SKIP),
  scenario('event-with-unchanged-conditions', 'an event alone makes no PATCH', [says([SICK]), says([SICK], [event('Hello', 'an event')])], SKIP),
  scenario('sick-and-well-again', 'a short episode', [says([WELL]), says([SICK]), says([{ ...WELL, transitionMs: LATER_MS + 2_000 }])], SKIP),
  // A period between two ticks: of a whole number of seconds the host keeps some and misses others by a tick.
  scenario('heartbeat', 'a heartbeat period of 5.5 s, counted from the last PATCH', [{ ...says([WELL]), times: 5 }, says([SICK]), { ...says([SICK]), times: 6 }], {
    ...SKIP, flags: ['--k8s-exporter-heartbeat-period=5500ms'],
  }),
];

const EVENTS: readonly Scenario[] = [
  scenario('percent', 'percent signs in event and condition messages', [0, 20].map((from, part): Step => ({
    reply: {
      source: `percent-${part}`,
      conditions: [{ ...SICK, message: PERCENT_MESSAGES.join(' | ') }],
      events: PERCENT_MESSAGES.slice(from, from + 20).map((message, index) => event(`Percent${from + index}`, message)),
    },
  })), SKIP),
  scenario('thirty-events-one-reason', '30 events of one reason in one reply', [says([WELL], numbered(30, (n) => event('Many', `event number ${n}`))), says([WELL])], SKIP),
  scenario('thirty-events-thirty-reasons', '30 events of different reasons in one reply', [says([WELL], numbered(30, (n) => event(`Reason${n}`, 'an event'))), says([WELL])], SKIP),
  scenario('thirty-events-over-time', '30 events of one reason, one in each reply', numbered(30, (n) => event('Many', `event number ${n}`)).map((one) => says([WELL], [one])), SKIP),
  scenario('same-event-again', 'the same event in every reply is counted up', [{ ...says([WELL], [event('Again', 'the same event')]), times: 5 }], SKIP),
  scenario('same-event-thirty-times', 'the same event 30 times in a reply, and 5 more later', [says([WELL], numbered(30, () => event('Again', 'the same event'))), { ...says([WELL], [event('Again', 'the same event')]), times: 5 }], SKIP),
  scenario('normal-and-warning', '26 Normal and 26 Warning events: each type has its own allowance', [
    says([WELL], [...numbered(26, (n) => event(`Reason${n}`, 'info', 'SEVERITY_INFO')), ...numbered(26, (n) => event(`Reason${n}`, 'warning'))]), says([WELL]),
  ], SKIP),
  scenario('two-sources', '26 events each of two sources: each source has its own allowance', ['one', 'two'].map((source) => ({
    reply: { source, conditions: [WELL], events: numbered(26, (n) => event(`Reason${n}`, 'an event')) },
  })), SKIP),
  scenario('dropped-then-again', 'an event that the spam filter dropped comes again 5 min later', [
    says([WELL], numbered(26, (n) => event(`Reason${n}`, 'an event'))),
    { ...says([WELL]), times: 150 },
    { ...says([WELL], [event('Reason26', 'an event')]), times: 3 },
  ], SKIP),
  scenario('merged-then-quiet', 'after ten minutes and a second without them, events are no longer merged', [
    says([WELL], numbered(12, (n) => event('Many', `event number ${n}`))),
    { ...says([WELL]), times: 301 },
    says([WELL], numbered(2, (n) => event('Many', `late event number ${n}`))),
  ], SKIP),
];

export const REPLY_SCENARIOS: readonly Scenario[] = [...AWAY, ...CHANGES, ...EVENTS];
