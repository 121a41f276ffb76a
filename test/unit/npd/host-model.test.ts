import { assert } from 'chai';
import * as fc from 'fast-check';
import type { Condition, MonitorEvent, MonitorStatus } from '../../../plugins/core/status.ts';
import type { HostConfig } from '../../../plugins/npd/config.ts';
import type { Patch } from '../../../plugins/npd/patch.ts';
import { advance, createHostModel, nodeConditions, receive, type HostModel, type Step } from '../../../plugins/npd/host-model.ts';

const CONFIG: HostConfig = {
  source: 's', socketAddress: '/run/s.sock', invokeIntervalMs: 30_000, timeoutMs: 10_000, skipInitialStatus: true,
  retryPolicy: { maxAttempts: 5, backoffMultiplier: 2, initialBackoffMs: 1_000, maxBackoffMs: 300_000 },
  healthCheck: { intervalMs: 30_000, errorThreshold: 3 }, pluginParameters: {},
  conditions: [{ type: 'A', reason: 'AOk', message: 'a ok' }],
};
const WELL: Condition = { type: 'A', status: 'False', transitionMs: 0, reason: 'AOk', message: 'a ok' };
const SICK: Condition = { ...WELL, status: 'True', transitionMs: 40_000, reason: 'ABad', message: 'a bad' };
const OTHER: Condition = { ...WELL, type: 'B' };

function status(conditions: readonly Condition[], events: readonly MonitorEvent[] = []): MonitorStatus {
  return { source: 's', events, conditions };
}

function event(reason: string, message = 'an event'): MonitorEvent {
  return { severity: 'warn', timestampMs: 0, reason, message };
}

/** Time and cause of every PATCH, and kind and count of every event, of replies at these times. */
function run(start: HostModel, replies: readonly (readonly [atMs: number, reply: MonitorStatus, monitor?: number])[], untilMs: number): { readonly patches: readonly string[]; readonly events: readonly string[]; readonly model: HostModel } {
  let model = start;
  const patches: string[] = [];
  const events: string[] = [];
  const take = (step: Step): void => {
    model = step.model;
    patches.push(...step.patches.map(({ atMs, cause, conditions }) => `${atMs} ${cause} ${conditions.map(({ type, status }) => `${type}=${status}`).join(' ')}`.trim()));
    events.push(...step.events.map(({ kind, reason, count, message }) => `${kind} ${reason} ${count} ${message}`));
  };
  for (const [atMs, reply, monitor] of replies) take(receive(model, reply, atMs, monitor));
  take(advance(model, untilMs));
  return { patches, events, model };
}

describe('the host', () => {
  it('writes an empty list first when it has no initial status', () => {
    assert.deepEqual(run(createHostModel([CONFIG], 0), [], 2_000).patches, ['1000 heartbeat']);
  });

  it('publishes the conditions of its file as healthy before it has asked anybody', () => {
    const { patches, model } = run(createHostModel([{ ...CONFIG, skipInitialStatus: false }], 500), [], 3_000);
    assert.deepEqual(patches, ['1500 change A=False']);
    assert.deepEqual(nodeConditions(model), [{ ...WELL, transitionMs: 500 }]);
  });

  it('takes a first reply equal to the initial status for nothing new, and keeps its own transition', () => {
    const { patches, model } = run(createHostModel([{ ...CONFIG, skipInitialStatus: false }], 500), [[30_000, status([WELL])]], 60_000);
    assert.deepEqual(patches, ['1500 change A=False']);
    assert.deepEqual(nodeConditions(model), [{ ...WELL, transitionMs: 500 }]);
  });

  it('writes the transition of a plugin even when it equals the one of the initial status', () => {
    const start = createHostModel([{ ...CONFIG, skipInitialStatus: false }], 0);
    assert.deepEqual(run(start, [[30_300, status([WELL], [event('E')])]], 40_000).patches, ['1000 change A=False', '31000 change A=False']);
  });

  it('writes heartbeats only, five minutes after the last PATCH, while replies stay the same', () => {
    const polls = Array.from({ length: 40 }, (_, index) => [(index + 1) * 30_000, status([WELL])] as const);
    assert.deepEqual(run(createHostModel([CONFIG], 0), polls, 1_200_000).patches, ['1000 heartbeat', '31000 change A=False', '331000 heartbeat A=False', '631000 heartbeat A=False', '931000 heartbeat A=False']);
  });

  it('writes 289 PATCHes on a day on which nothing changes', () => {
    assert.equal(run(createHostModel([CONFIG], 0), [[30_300, status([WELL])]], 86_400_000).patches.length, 289);
  });

  it('counts the heartbeat from the last change', () => {
    assert.deepEqual(run(createHostModel([CONFIG], 0), [[200_500, status([SICK])]], 502_000).patches, ['1000 heartbeat', '201000 change A=True', '501000 heartbeat A=True']);
  });

  it('keeps the last of two replies between two ticks', () => {
    assert.deepEqual(run(createHostModel([CONFIG], 0), [[30_100, status([SICK])], [30_200, status([WELL])]], 32_000).patches, ['1000 heartbeat', '31000 change A=False']);
  });

  it('does not notice a transition alone, until an event or another change comes with it', () => {
    const moved = { ...SICK, transitionMs: 41_000 };
    const replies = [[50_500, status([SICK])], [80_500, status([moved])], [110_500, status([moved], [event('E')])]] as const;
    assert.deepEqual(run(createHostModel([CONFIG], 0), replies, 120_000).patches, ['1000 heartbeat', '51000 change A=True', '111000 change A=True']);
  });

  it('makes no PATCH of a list in another order', () => {
    const replies = [[30_500, status([SICK, OTHER])], [60_500, status([OTHER, SICK])]] as const;
    assert.deepEqual(run(createHostModel([CONFIG], 0), replies, 120_000).patches, ['1000 heartbeat', '31000 change A=True B=False']);
  });

  it('never removes a condition', () => {
    const replies = [[30_500, status([SICK, OTHER])], [60_500, status([OTHER])]] as const;
    const { model } = run(createHostModel([CONFIG], 0), replies, 120_000);
    assert.deepEqual(nodeConditions(model), [SICK, OTHER]);
  });

  it('compares each monitor with its own last reply, and writes all conditions in one PATCH', () => {
    const second = { ...CONFIG, source: 't', conditions: [] };
    const replies = [[30_100, status([SICK]), 0], [30_200, status([OTHER]), 1], [60_100, status([SICK]), 0], [60_200, status([{ ...OTHER, transitionMs: 1 }]), 1]] as const;
    assert.deepEqual(run(createHostModel([CONFIG, second], 0), replies, 120_000).patches, ['1000 heartbeat', '31000 change A=True B=False']);
  });
});

describe('time', () => {
  const reply = fc.constantFrom(status([WELL]), status([SICK]), status([SICK, OTHER]), status([WELL], [event('E')]), status([]));
  const gap = fc.oneof(fc.nat(3_000), fc.nat(400_000));

  it('may be looked at as often as one likes: what is written stays the same', () => {
    fc.assert(fc.property(fc.array(fc.tuple(gap, reply), { maxLength: 12 }), fc.array(gap, { maxLength: 20 }), (steps, looks) => {
      let nowMs = 0;
      const replies = steps.map(([gapMs, one]) => [(nowMs += gapMs), one] as const);
      const untilMs = nowMs + 700_000;
      const seldom = run(createHostModel([CONFIG], 0), replies, untilMs);
      let model = createHostModel([CONFIG], 0);
      const patches: Patch[] = [];
      const times = [...replies.map(([atMs, one]) => ({ atMs, one })), ...looks.map((atMs) => ({ atMs, one: undefined }))].toSorted((a, b) => a.atMs - b.atMs);
      for (const { atMs, one } of times) {
        const step = one === undefined ? advance(model, atMs) : receive(model, one, atMs);
        model = step.model;
        patches.push(...step.patches);
      }
      patches.push(...advance(model, untilMs).patches);
      assert.deepEqual(patches.map(({ atMs, cause }) => `${atMs} ${cause}`), seldom.patches.map((patch) => patch.split(' ').slice(0, 2).join(' ')));
    }));
  });

  it('never passes without a PATCH for longer than the heartbeat period', () => {
    fc.assert(fc.property(fc.array(fc.tuple(gap, reply), { maxLength: 12 }), (steps) => {
      let nowMs = 0;
      const replies = steps.map(([gapMs, one]) => [(nowMs += gapMs), one] as const);
      const times = run(createHostModel([CONFIG], 0), replies, nowMs + 700_000).patches.map((patch) => Number.parseInt(patch, 10));
      for (const [index, atMs] of times.entries()) assert.isAtMost(atMs - (times[index - 1] ?? 0), 300_000);
    }));
  });
});

describe('events', () => {
  it('are counted up when they come again, whatever their time stamp', () => {
    const replies = [30_000, 60_000].map((atMs) => [atMs, status([WELL], [event('E')])] as const);
    assert.deepEqual(run(createHostModel([CONFIG], 0), replies, 70_000).events, ['create E 1 an event', 'update E 2 an event']);
  });

  it('are merged from the tenth message of a reason on', () => {
    const many = Array.from({ length: 12 }, (_, index) => event('E', `number ${index + 1}`));
    const { events } = run(createHostModel([CONFIG], 0), [[30_000, status([WELL], many)]], 31_000);
    assert.deepEqual(events.slice(8), [
      'create E 1 number 9',
      'create E 1 (combined from similar events): number 10',
      'update E 2 (combined from similar events): number 11',
      'update E 3 (combined from similar events): number 12',
    ]);
  });

  it('are no longer merged when ten minutes have passed without one', () => {
    const many = Array.from({ length: 10 }, (_, index) => event('E', `number ${index + 1}`));
    const after = (pauseMs: number): readonly string[] =>
      run(createHostModel([CONFIG], 0), [[0, status([WELL], many)], [pauseMs, status([WELL], [event('E', 'late')])]], pauseMs).events.slice(10);
    assert.deepEqual([after(600_000), after(600_001)], [['update E 2 (combined from similar events): late'], ['create E 1 late']]);
  });

  it('beyond 25 of one source and severity are dropped, and one more is let through every five minutes', () => {
    const burst = Array.from({ length: 27 }, (_, index) => event(`E${index}`));
    const replies = [[0, status([WELL], burst)], [299_999, status([WELL], [event('F')])], [300_000, status([WELL], [event('G')])], [300_000, status([WELL], [event('H')])]] as const;
    assert.deepEqual(run(createHostModel([CONFIG], 0), replies, 300_000).events.slice(24), [
      'create E24 1 an event', 'drop E25 1 an event', 'drop E26 1 an event', 'drop F 1 an event', 'create G 1 an event', 'drop H 1 an event',
    ]);
  });

  it('that were dropped count when they come again', () => {
    const burst = Array.from({ length: 26 }, (_, index) => event(`E${index}`));
    const replies = [[0, status([WELL], burst)], [300_000, status([WELL], [event('E25')])], [600_000, status([WELL], [event('E25')])]] as const;
    assert.deepEqual(run(createHostModel([CONFIG], 0), replies, 600_000).events.slice(25), ['drop E25 1 an event', 'create E25 2 an event', 'update E25 3 an event']);
  });
});
