import { assert } from 'chai';
import { type View, startView, withPoll, withoutNews } from '../../../../cli/live/view.ts';
import type { Poll } from '../../../../cli/poller.ts';
import type { Condition } from '../../../../plugins/core/status.ts';
import type { EventWrite } from '../../../../plugins/npd/events.ts';

const FINE: Condition = { type: 'DiskSpaceLow', status: 'False', transitionMs: 1_000, reason: 'NodeHasDiskSpace', message: 'fine' };
const LOW: Condition = { ...FINE, status: 'True', reason: 'DiskSpaceLow', message: '/data' };
const KILLED: EventWrite = { atMs: 2_000, kind: 'create', source: 'host-inspector', type: 'Warning', reason: 'OOMKilling', message: 'one', count: 1 };
const START = startView({ node: 'worker-1', monitors: 'host-inspector', intervalMs: 5_000 });

function poll(atMs: number, more: Partial<Poll> = {}): Poll {
  const config = {
    source: 'host-inspector', socketAddress: '/a.sock', invokeIntervalMs: 30_000, timeoutMs: 10_000, skipInitialStatus: true,
    retryPolicy: { maxAttempts: 5, backoffMultiplier: 2, initialBackoffMs: 1_000, maxBackoffMs: 300_000 },
    healthCheck: { intervalMs: 30_000, errorThreshold: 3 }, pluginParameters: {}, conditions: [],
  };
  return { config, atMs, tookMs: 3, answer: { kind: 'reply', status: { source: 'host-inspector', events: [], conditions: [] } }, metadata: undefined, patches: [], events: [], ...more };
}

function after(view: View, polls: readonly (readonly [Poll, Condition])[]): View {
  return polls.reduce((before, [each, condition]) => withPoll(before, each, [condition]), view);
}

describe('the live view', () => {
  it('remembers when a condition last changed before our eyes, and a heartbeat is no change', () => {
    const first = withoutNews(after(START, [[poll(1_000), FINE]]));
    assert.deepEqual(first.conditions, [{ ...FINE, changedMs: undefined }]);
    const [same, changed, still, other] = [[poll(2_000), FINE], [poll(3_000), LOW], [poll(4_000), { ...LOW, transitionMs: 9 }], [poll(5_000), { ...LOW, message: '/var' }]] as const;
    assert.deepEqual(after(first, [same]).conditions, [{ ...FINE, changedMs: undefined }]);
    assert.deepEqual(after(first, [same, changed, still]).conditions, [{ ...LOW, transitionMs: 9, changedMs: 3_000 }]);
    assert.deepEqual(after(first, [same, changed, still, other]).conditions, [{ ...LOW, message: '/var', changedMs: 5_000 }]);
  });

  it('knows the last heartbeat that NPD would have written', () => {
    const patch = { atMs: 2_500, cause: 'heartbeat', conditions: [] } as const;
    assert.equal(after(START, [[poll(2_000, { patches: [patch] }), FINE], [poll(3_000), FINE]]).heartbeatMs, 2_500);
  });

  it('shows an event that came again once, with its count, at its last time, and counts what NPD would drop', () => {
    const again = { ...KILLED, kind: 'update', atMs: 8_000, count: 2 } as const;
    const other = { ...KILLED, atMs: 5_000, message: 'another' };
    const view = after(START, [[poll(2_000, { events: [KILLED] }), FINE], [poll(5_000, { events: [other, { ...other, kind: 'drop' }] }), FINE], [poll(8_000, { events: [again] }), FINE]]);
    const common = { source: 'host-inspector', type: 'Warning', reason: 'OOMKilling' } as const;
    assert.deepEqual(view.events, [
      { ...common, message: 'another', count: 1, firstMs: 5_000, lastMs: 5_000, changedMs: 5_000 },
      { ...common, message: 'one', count: 2, firstMs: 2_000, lastMs: 8_000, changedMs: 8_000 },
    ]);
    assert.equal(view.droppedEventCount, 1);
  });

  it('keeps the newest events and counts the others, however many come', () => {
    const events = Array.from({ length: 300 }, (_, index) => ({ ...KILLED, message: String(index) }));
    const view = after(START, [[poll(2_000, { events }), FINE]]);
    assert.deepEqual([view.events.length, view.events.at(-1)?.message, view.droppedEventCount], [200, '299', 100]);
  });

  it('tells since when a monitor has been silent, until it answers', () => {
    const failed = (atMs: number, message: string): readonly [Poll, Condition] => [poll(atMs, { answer: { kind: 'error', message } }), FINE];
    const silent = after(START, [failed(2_000, 'gone'), failed(3_000, 'still gone')]);
    assert.deepEqual([...silent.silences], [['host-inspector', { sinceMs: 2_000, message: 'still gone' }]]);
    assert.deepEqual([...after(silent, [[poll(4_000), FINE]]).silences], []);
  });
});
