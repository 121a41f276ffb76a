import { assert } from 'chai';
import * as fc from 'fast-check';
import { renderReport } from '../../../cli/commands/validate.ts';
import type { Poll } from '../../../cli/poller.ts';
import { renderConditions, renderEvents, renderHeader, renderLook } from '../../../cli/render/describe.ts';
import { joined } from '../../../cli/render/joined.ts';
import { pollAsJson, renderPoll } from '../../../cli/render/poll.ts';
import { table } from '../../../cli/render/table.ts';
import type { Condition } from '../../../plugins/core/status.ts';
import type { EventWrite } from '../../../plugins/npd/events.ts';

const AT_MS = Date.UTC(2026, 10, 21, 1, 40, 5);
const LOW: Condition = { type: 'MemoryPressureHigh', status: 'True', transitionMs: AT_MS - 65_000, reason: 'MemoryLow', message: 'less than 800Mi available' };
const FINE: Condition = { type: 'DiskSpaceLow', status: 'False', transitionMs: AT_MS, reason: 'NodeHasDiskSpace', message: '' };
const EVENT: EventWrite = { atMs: AT_MS, kind: 'create', source: 'host-inspector', type: 'Warning', reason: 'MemoryLow', message: 'less', count: 1 };

function poll(more: Partial<Poll> = {}): Poll {
  const config = {
    source: 'host-inspector', socketAddress: '/a.sock', invokeIntervalMs: 30_000, timeoutMs: 10_000, skipInitialStatus: true,
    retryPolicy: { maxAttempts: 5, backoffMultiplier: 2, initialBackoffMs: 1_000, maxBackoffMs: 300_000 },
    healthCheck: { intervalMs: 30_000, errorThreshold: 3 }, pluginParameters: {}, conditions: [],
  };
  const status = { source: 'host-inspector', events: [], conditions: [FINE, LOW] };
  return { config, atMs: AT_MS, tookMs: 3, answer: { kind: 'reply', status }, metadata: undefined, patches: [], events: [], ...more };
}

describe('a table', () => {
  it('is set as kubectl sets it', () => {
    assert.equal(table(['Type', 'Reason'], [['a', 'b c'], ['longer', '']]), '  Type    Reason\n  ----    ------\n  a       b c\n  longer\n');
  });

  it('has its columns in the same place in every row, whatever stands in them', () => {
    const cell = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 }).map((text) => text.replaceAll(' ', '_'));
    fc.assert(fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 8 }), (rows) => {
      const lines = table(['A', 'B'], rows).split('\n').slice(0, -1);
      assert.lengthOf(lines, rows.length + 2);
      const width = Math.max(1, ...rows.map(([first]) => first.length));
      for (const [index, [first, second]] of rows.entries()) assert.equal(lines[index + 2], `  ${first.padEnd(width)}  ${second}`);
    }));
  });
});

describe('a node, as kubectl describe shows it', () => {
  it('has conditions with their times', () => {
    assert.equal(renderHeader('worker-1') + renderConditions([FINE, LOW], AT_MS), [
      'Name:  worker-1',
      'Conditions:',
      '  Type                Status  LastHeartbeatTime                LastTransitionTime               Reason            Message',
      '  ----                ------  -----------------                ------------------               ------            -------',
      '  DiskSpaceLow        False   Sat, 21 Nov 2026 01:40:05 +0000  Sat, 21 Nov 2026 01:40:05 +0000  NodeHasDiskSpace',
      '  MemoryPressureHigh  True    Sat, 21 Nov 2026 01:40:05 +0000  Sat, 21 Nov 2026 01:39:00 +0000  MemoryLow         less than 800Mi available',
      '',
    ].join('\n'));
  });

  it('has none in a single look, which knows no past', () => {
    assert.equal(renderLook([LOW]), [
      'Conditions:',
      '  Type                Status  Reason     Message',
      '  ----                ------  ------     -------',
      '  MemoryPressureHigh  True    MemoryLow  less than 800Mi available',
      '',
    ].join('\n'));
  });

  it('has events with their age, or says that there are none', () => {
    assert.equal(renderEvents([], AT_MS), 'Events:  <none>\n');
    const ages = [-5, 0, 119.4, 120, 7_199, 7_200, 172_799, 172_800].map((seconds) => {
      const event = { severity: 'info', timestampMs: AT_MS - seconds * 1_000, reason: 'R', message: 'm', source: 's' } as const;
      return renderEvents([event], AT_MS).split('\n')[3]?.split(/ +/)[3];
    });
    assert.deepEqual(ages, ['0s', '0s', '119s', '2m', '119m', '2h', '47h', '2d']);
  });
});

/** Clears a screen, begins a line, and is CSI in one character. */
const HOSTILE = 'a\u001b[2J\nName:  forged\u009bm';
const HARMLESS = 'a?[2J?Name:  forged?m';

describe('conditions that say the same', () => {
  const none = (type: string, more: Partial<Condition> = {}): Condition => ({ type, status: 'False', transitionMs: AT_MS, reason: 'NoGPUPresent', message: 'no NVIDIA GPU', ...more });

  it('are one row from three on, in the place of the first, with the latest time', () => {
    const rows = joined([FINE, none('A'), LOW, none('B', { transitionMs: AT_MS + 1 }), none('C')]);
    assert.deepEqual(rows, [
      { ...FINE, memberCount: 1 }, { ...none('A and 2 more'), transitionMs: AT_MS + 1, memberCount: 3 }, { ...LOW, memberCount: 1 },
    ]);
    assert.lengthOf(joined([none('A'), none('B')]), 2);
  });

  it('have each a row of their own unless they are healthy', () => {
    for (const status of ['True', 'Unknown'] as const) assert.lengthOf(joined(['A', 'B', 'C'].map((type) => none(type, { status }))), 3);
  });
});

describe('what a hostile server or file says', () => {
  it('reaches no terminal as it is: no control character, no forged line', () => {
    const condition = { ...LOW, type: HOSTILE, reason: HOSTILE, message: HOSTILE };
    const event = { severity: 'warn', timestampMs: AT_MS, reason: HOSTILE, message: HOSTILE, source: HOSTILE } as const;
    const config = { ...poll().config, source: HOSTILE };
    const shown = [
      renderHeader(HOSTILE), renderConditions([condition], AT_MS), renderLook([condition]), renderEvents([event], AT_MS),
      renderPoll('w', [], poll({ config })), renderPoll('w', [], poll({ config, answer: { kind: 'error', message: HOSTILE } })),
      renderReport({ name: HOSTILE, errors: [], warnings: [] }),
      renderReport({ name: HOSTILE, errors: [{ path: HOSTILE, line: 1, message: HOSTILE, remedy: HOSTILE }], warnings: [] }),
    ];
    for (const text of shown) {
      assert.include(text, HARMLESS);
      assert.notMatch(text, /(?!\n)\p{Cc}|^Name: {2}forged/mu);
    }
  });

  it('is a table whose columns stay in their place', () => {
    assert.equal(table(['A', 'B'], [['\n\n', 'x']]), '  A   B\n  -   -\n  ??  x\n');
  });
});

describe('one poll', () => {
  it('is one line where NPD would write nothing, or only its heartbeat', () => {
    assert.equal(renderPoll('w', [], poll()), '01:40:05  host-inspector: answered, no change: NPD would write nothing.\n');
    const heartbeat = { atMs: AT_MS, cause: 'heartbeat', conditions: [] } as const;
    assert.equal(renderPoll('w', [], poll({ patches: [heartbeat] })), '01:40:05  host-inspector: answered, no change: NPD would write its heartbeat.\n');
  });

  it('without an answer says what NPD would make of that', () => {
    const answer = { kind: 'error', message: '/a.sock: no answer within 10000 ms' } as const;
    assert.equal(
      renderPoll('w', [], poll({ answer })),
      '01:40:05  host-inspector: no answer, NPD would keep the last state and go on writing its heartbeat: /a.sock: no answer within 10000 ms\n',
    );
  });

  it('that changes something shows the node, and tells what NPD drops', () => {
    const change = { atMs: AT_MS, cause: 'change', conditions: [LOW] } as const;
    const shown = renderPoll('w', [LOW], poll({ patches: [change], events: [EVENT, { ...EVENT, kind: 'drop' }] }));
    assert.match(shown, /^Name: {2}w\nConditions:\n.*\n.*\n {2}MemoryPressureHigh {2}True /);
    assert.match(shown, /\nEvents:\n.*\n.*\n {2}Warning {2}MemoryLow {2}0s {3}host-inspector {2}less\n {2}\(1 more that NPD would drop: it lets 25 through at once, then one per 5 minutes\)\n$/);
  });

  it('that brings an event without a change shows it too', () => {
    assert.include(renderPoll('w', [LOW], poll({ events: [EVENT] })), '  Warning  MemoryLow');
  });

  it('as JSON is one line with the answer or the error', () => {
    const [text, failed] = [pollAsJson('w', poll()), pollAsJson('w', poll({ answer: { kind: 'error', message: 'gone' } }))];
    const same = { time: '2026-11-21T01:40:05.000Z', node: 'w', monitor: 'host-inspector', socket: '/a.sock', wouldWrite: { patches: [], events: [] } };
    assert.deepEqual(JSON.parse(text), { ...same, conditions: [FINE, LOW], events: [] });
    assert.deepEqual(JSON.parse(failed), { ...same, error: 'gone' });
    assert.match(text, /^[^\n]+\n$/);
  });
});
