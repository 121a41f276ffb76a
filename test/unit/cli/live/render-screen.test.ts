import { assert } from 'chai';
import * as fc from 'fast-check';
import { renderLastState } from '../../../../cli/live/last-state.ts';
import type { CheckLook } from '../../../../cli/live/looks.ts';
import { type RenderOptions, renderScreen } from '../../../../cli/live/render-screen.ts';
import { type SeenCondition, type SeenEvent, type View, startView } from '../../../../cli/live/view.ts';
import { widthOf } from '../../../../cli/live/width.ts';
import { anyText } from '../../../support/arbitraries.ts';
import { assertGolden } from '../../../support/golden.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 1, 40, 5);
const HOUR_MS = 3_600_000;
const WIDE: RenderOptions = { columns: 170, rows: 60, hasColor: false, nowMs: NOW_MS };

function condition(type: string, more: Partial<SeenCondition> = {}): SeenCondition {
  return { type, status: 'False', transitionMs: NOW_MS - HOUR_MS * 3, reason: `NodeHasNo${type}`, message: `nothing is wrong with what ${type} looks at`, ...more };
}

function event(reason: string, ageMs: number, more: Partial<SeenEvent> = {}): SeenEvent {
  const lastMs = NOW_MS - ageMs;
  return { source: 'host-inspector', type: 'Warning', reason, message: `what ${reason} says of the node`, count: 1, firstMs: lastMs, lastMs, ...more };
}

function look(name: string, more: Partial<CheckLook> = {}): CheckLook {
  return { monitor: 'host-inspector', name, periodMs: 30_000, lookedAtMs: NOW_MS - 4_000, tookMs: 0.42, verdicts: [{ kind: 'healthy', detail: '' }], ...more };
}

const LONG = 'node memory: less than 800Mi available (/proc/meminfo, MemAvailable). Find what grows with `kubectl top pod -A` or `systemd-cgtop -m`; kubelet evicts below 100Mi.';

/** Six conditions, one True since a moment and one Unknown, three events, four looks. */
const SICK: View = {
  ...startView({ node: 'worker-1', monitors: 'host-inspector 0.1.0 (process 4711)', intervalMs: 5_000 }),
  conditions: [
    condition('DiskSpaceLow'),
    condition('FilesystemUnhealthy'),
    condition('IOPressureHigh', { status: 'Unknown', reason: 'IOPressureUnknown', message: '/proc/pressure/io: permission denied' }),
    condition('MemoryPressureHigh', { status: 'True', reason: 'MemoryLow', message: LONG, transitionMs: NOW_MS - 5_000, changedMs: NOW_MS - 5_000 }),
    condition('CPUPressureHigh', { changedMs: NOW_MS - 10_000 }),
    condition('KernelLimitNear'),
  ],
  heartbeatMs: NOW_MS - 5_000,
  events: [
    event('NodeRebooted', 2 * HOUR_MS, { type: 'Normal' }),
    event('OOMKilling', 240_000, { count: 3, firstMs: NOW_MS - HOUR_MS, lastMs: NOW_MS - 240_000 }),
    event('MemoryLow', 5_000, { message: LONG, changedMs: NOW_MS - 5_000 }),
  ],
  looks: {
    kind: 'known',
    checks: [
      look('disk-space', { tookMs: 31.6, verdicts: [{ kind: 'healthy', detail: '' }, { kind: 'healthy', detail: '' }] }),
      look('io-stalled', { verdicts: [{ kind: 'unknown', detail: '/proc/pressure/io: permission denied' }] }),
      look('memory-available', { verdicts: [{ kind: 'problem', detail: 'MemoryLow (node memory)' }] }),
      look('cpu-throttled', { lookedAtMs: undefined, tookMs: undefined, verdicts: [] }),
    ],
  },
};

const healthyView: View = { ...SICK, conditions: [condition('DiskSpaceLow')], events: [], looks: { kind: 'known', checks: [look('disk-space')] } };

function withLooks(...checks: readonly CheckLook[]): View {
  return { ...healthyView, looks: { kind: 'known', checks } };
}

/** The lines from the one that begins so on. */
function from(begin: string, view: View, options: Partial<RenderOptions> = {}): readonly string[] {
  const lines = renderScreen(view, { ...WIDE, ...options });
  return lines.slice(lines.findIndex((line) => line.startsWith(begin)));
}

describe('the picture of a sick node', () => {
  for (const [columns, rows] of [[170, 60], [120, 40], [100, 50], [80, 24], [60, 40], [40, 30], [40, 10], [20, 5]] as const) {
    it(`on ${columns} by ${rows} is what reviewers have seen`, () => {
      const lines = renderScreen(SICK, { ...WIDE, columns, rows });
      assertGolden(`cli/live-${columns}x${rows}.txt`, lines.map((line) => `${line}\n`).join(''));
    });
  }

  it('is in colour what it is without, but for reverse video in the place of stars', () => {
    const [plain, colored] = [false, true].map((hasColor) => renderScreen(SICK, { ...WIDE, columns: 100, hasColor }));
    const withoutColors = colored?.map((line) => line.replaceAll(/\p{Cc}\[[\d;]*m/gu, '').trimEnd());
    assert.deepEqual(withoutColors, plain?.map((line) => line.replace(/^\*/, ' ')));
    const statuses = colored?.flatMap((line) => / \p{Cc}\[([\d;]+)m(True|False|Unknown) *\p{Cc}\[m/u.exec(line)?.slice(1) ?? []);
    assert.deepEqual(statuses, ['32', 'False', '32', 'False', '33', 'Unknown', '32', 'False', '32', 'False']);
    assert.include(colored?.find((line) => line.includes('MemoryPressureHigh')), '\u001b[31;7mTrue   \u001b[m');
  });

  it('shows a change for ten seconds', () => {
    const marked = (nowMs: number): readonly string[] => renderScreen(SICK, { ...WIDE, nowMs }).filter((line) => line.startsWith('*')).map((line) => line.split(' ')[1] ?? '');
    assert.deepEqual(marked(NOW_MS - 1), ['MemoryPressureHigh', 'CPUPressureHigh', 'Warning']);
    assert.deepEqual(marked(NOW_MS), ['MemoryPressureHigh', 'Warning']);
    assert.deepEqual(marked(NOW_MS + 5_000), []);
  });
});

describe('the live view', () => {
  it('says that nothing is known before anything is', () => {
    assert.deepEqual(renderScreen(startView({ node: 'worker-1', monitors: 'host-inspector', intervalMs: 1_000 }), { ...WIDE, columns: 60 }), [
      'Name:  worker-1                        01:40:05  Ctrl-C ends',
      'Checked by host-inspector, asked over gRPC every 1s as NPD',
      'would.',
      '',
      'Conditions:  waiting for the first looks',
      '',
      'Events:  <none>',
      '',
      'Looks:  not known: not asked yet',
    ]);
  });

  it('names what it is of, what is wrong with the plugin, and its last words, before everything else', () => {
    const view: View = {
      ...healthyView, note: 'recording of sick: a disk', ended: 'The plugin has ended.', logLine: 'WARN: \u001b[31mno',
      silences: new Map([['host-inspector', { sinceMs: NOW_MS - 12_000, message: '/a.sock: nobody listens' }]]),
    };
    assert.deepEqual(renderScreen(view, WIDE).slice(1, 6), [
      'recording of sick: a disk',
      'Checked by host-inspector 0.1.0 (process 4711), asked over gRPC every 5s as NPD would.',
      'The plugin has ended.',
      'host-inspector: no answer for 12s, NPD would keep the last state: /a.sock: nobody listens',
      'Log: WARN: ?[31mno',
    ]);
  });

  it('tells why it knows of no looks', () => {
    assert.deepEqual(from('Looks', { ...healthyView, looks: { kind: 'unknown', message: 'no answer within 2000 ms' } }), ['Looks:  not known: no answer within 2000 ms']);
  });

  it('tells many verdicts of one look in few words, the worst first', () => {
    const told = (kind: 'problem' | 'unknown' | 'not-applicable', ...details: readonly string[]) => details.map((detail) => ({ kind, detail }));
    const verdicts = [...told('not-applicable', 'no PSI'), { kind: 'healthy', detail: '' } as const, ...told('unknown', '/c'), ...told('problem', 'A (/a)', 'A (/b)')];
    assert.deepEqual(from('Looks', withLooks(look('c', { verdicts }), look('d', { verdicts: told('not-applicable', 'no PSI') }))).slice(3), [
      '  c      4s ago  30s    0.4 ms  A (/a), A (/b), could not tell: /c, 1 more, 1 healthy',
      '  d      4s ago  30s    0.4 ms  not judged: no PSI',
    ]);
  });

  it('warns of a look that is older than three periods, and names the monitor where there are several', () => {
    const view = withLooks(look('c', { lookedAtMs: NOW_MS - 90_001 }), look('c', { monitor: 'gpu-monitor', lookedAtMs: NOW_MS - 90_000 }));
    assert.deepEqual(from('Looks', view).slice(3), ['  host-inspector/c  90s ago  30s    0.4 ms  healthy', '  gpu-monitor/c     90s ago  30s    0.4 ms  healthy']);
    const colored = renderScreen(view, { ...WIDE, hasColor: true }).filter((line) => line.includes('\u001b[33m'));
    assert.lengthOf(colored, 1);
    assert.include(colored[0], '\u001b[33m90s ago');
  });

  it('says how many events NPD would drop', () => {
    const view = { ...SICK, events: [event('MemoryLow', 0)], droppedEventCount: 7 };
    assert.deepEqual(from('Events', view).slice(4, 6), ['  (7 more that NPD would drop or that are older)', '']);
  });

  it('keeps sick conditions where others have no room, and the newest events, and counts the rest', () => {
    const begins = (rows: number): readonly string[] => renderScreen(SICK, { ...WIDE, columns: 80, rows }).map((line) => line.slice(0, 30).trimEnd());
    assert.deepEqual(begins(11), [
      'Name:  worker-1',
      'Conditions:',
      '  Type                 Status',
      '  DiskSpaceLow         False',
      '  (3 more conditions)',
      '  IOPressureHigh       Unknown',
      '      /proc/pressure/io: permi',
      '* MemoryPressureHigh   True',
      '      node memory: less than 8',
      'Events:  3 not shown',
      'Looks:  4 not shown',
    ]);
    assert.deepEqual(begins(16).slice(11), [
      'Events:',
      '  Type     Reason        Age',
      '  (2 more events)',
      '* Warning  MemoryLow     5s',
      'Looks:  4 not shown',
    ]);
  });

  it('keeps looks that found something where others have no room', () => {
    const view: View = { ...SICK, conditions: SICK.conditions.slice(0, 1), events: [] };
    assert.deepEqual(renderScreen(view, { ...WIDE, columns: 80, rows: 9 }).slice(4).map((line) => line.slice(0, 30).trimEnd()), [
      'Events:  <none>',
      'Looks:',
      '  Check             Looked   E',
      '  (3 more looks)',
      '  io-stalled        4s ago   3',
    ]);
  });

  it('fits into any terminal and cannot move its cursor, whatever a plugin says', () => {
    const anyView = fc.record({ words: fc.array(anyText, { minLength: 5, maxLength: 5 }), count: fc.integer({ min: 0, max: 30 }) }).map(({ words, count }): View => {
      const [a = '', b = '', c = '', d = '', e = ''] = words;
      const some = Array.from({ length: count });
      return {
        ...startView({ node: a, monitors: b, intervalMs: 1_000, note: c }),
        conditions: some.map((_, index) => condition(a, { status: index % 3 === 0 ? 'True' : 'False', reason: b, message: c, changedMs: NOW_MS })),
        events: some.map(() => event(d, 0, { source: a, message: e, changedMs: NOW_MS })),
        looks: { kind: 'known', checks: some.map(() => look(e, { verdicts: [{ kind: 'unknown', detail: d }] })) },
        silences: new Map([[d, { sinceMs: 0, message: e }]]), ended: a, logLine: e,
      };
    });
    fc.assert(fc.property(anyView, fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 60 }), fc.boolean(), (view, columns, rows, hasColor) => {
      const lines = renderScreen(view, { columns, rows, hasColor, nowMs: NOW_MS });
      assert.isAtMost(lines.length, rows);
      for (const line of lines) {
        const text = hasColor ? line.replaceAll(/\p{Cc}\[[\d;]*m/gu, '') : line;
        assert.notMatch(text, /[\p{Cc}\p{Cf}]/u);
        assert.isAtMost(widthOf(text), columns);
      }
    }), { numRuns: 60 });
  });
});

describe('the last state', () => {
  it('is what kubectl would print, with what was wrong with the plugin', () => {
    const view: View = { ...healthyView, note: 'recording of sick', ended: 'The plugin has ended.', silences: new Map([['host-inspector', { sinceMs: 0, message: 'gone' }]]) };
    assert.equal(renderLastState({ ...view, events: [event('MemoryLow', 5_000)] }, NOW_MS), [
      'Name:  worker-1',
      'recording of sick',
      'Conditions:',
      '  Type          Status  LastHeartbeatTime                LastTransitionTime               Reason                 Message',
      '  ----          ------  -----------------                ------------------               ------                 -------',
      '  DiskSpaceLow  False   Sat, 21 Nov 2026 01:40:00 +0000  Fri, 20 Nov 2026 22:40:05 +0000  NodeHasNoDiskSpaceLow  nothing is wrong with what DiskSpaceLow looks at',
      'Events:',
      '  Type     Reason     Age  From            Message',
      '  ----     ------     ---  ----            -------',
      '  Warning  MemoryLow  5s   host-inspector  what MemoryLow says of the node',
      'The plugin has ended.',
      'host-inspector: no answer: gone',
      '',
    ].join('\n'));
  });

  it('is nothing where nothing was ever known', () => {
    assert.equal(renderLastState(startView({ node: 'worker-1', monitors: 'm', intervalMs: 1_000 }), NOW_MS), '');
  });
});
