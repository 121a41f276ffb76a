import type { CheckLook, LookVerdict } from '../cli/live/looks.ts';
import { renderScreen } from '../cli/live/render-screen.ts';
import { type SeenCondition, type SeenEvent, type View, startView } from '../cli/live/view.ts';
import packageJson from '../package.json' with { type: 'json' };
import type { ConditionSpec } from '../plugins/core/conditions.ts';
import { hostChecks } from '../plugins/host-inspector/checks/index.ts';
import { hostConditions } from '../plugins/host-inspector/conditions.ts';

/** The moment that the README shows. */
const NOW_MS = Date.UTC(2026, 10, 21, 1, 40, 12);
const STARTED_MS = NOW_MS - 3 * 3_600_000;
const SICK_MS = NOW_MS - 7_000;

/** Low enough that nothing is cut, wide enough for a page. */
const COLUMNS = 110;
const ROWS = 120;

const MEMORY_LOW = 'node memory: less than 800Mi available (/proc/meminfo, MemAvailable)';
const IO_UNREADABLE = '/proc/pressure/io: permission denied';

/** The live view of a node that has just run low on memory and whose /proc/pressure/io may not be read; without colour. */
export function liveViewSample(): readonly string[] {
  return renderScreen(sampleView(), { columns: COLUMNS, rows: ROWS, hasColor: false, nowMs: NOW_MS });
}

function sampleView(): View {
  const about = { node: 'worker-1', monitors: `host-inspector ${packageJson.version} (process 4711)`, intervalMs: 5_000 };
  return {
    ...startView(about),
    conditions: hostConditions.map(conditionOf),
    heartbeatMs: SICK_MS,
    events: [
      eventOf('OOMKilling', '1 process was killed because memory ran out (/proc/vmstat, oom_kill)', NOW_MS - 260_000, undefined),
      eventOf('MemoryLow', MEMORY_LOW, SICK_MS, SICK_MS),
    ],
    looks: { kind: 'known', checks: hostChecks({ probe: () => Promise.reject(new Error('a sample asks nobody')) }).map(lookOf) },
  };
}

function conditionOf({ type, healthy, unknownReason }: ConditionSpec): SeenCondition {
  if (type === 'MemoryPressureHigh') {
    return { type, status: 'True', transitionMs: SICK_MS, reason: 'MemoryLow', message: `${MEMORY_LOW}. ${adviceOn('MemoryLow')}`, changedMs: SICK_MS };
  }
  if (type === 'IOPressureHigh') return { type, status: 'Unknown', transitionMs: STARTED_MS, reason: unknownReason, message: IO_UNREADABLE };
  return { type, status: 'False', transitionMs: STARTED_MS, ...healthy };
}

function adviceOn(reason: string): string {
  return hostConditions.flatMap(({ reasons }) => reasons).find((row) => row.reason === reason)?.advice ?? '';
}

function eventOf(reason: string, message: string, lastMs: number, changedMs: number | undefined): SeenEvent {
  return { source: 'host-inspector', type: 'Warning', reason, message, count: 1, firstMs: lastMs, lastMs, changedMs };
}

const VERDICTS: Readonly<Record<string, LookVerdict>> = {
  'memory-available': { kind: 'problem', detail: 'MemoryLow (node memory)' },
  'io-stalled': { kind: 'unknown', detail: IO_UNREADABLE },
};

/** Looks spread over a period, as those of a plugin that has run for a while. */
function lookOf({ name, periodMs }: { readonly name: string; readonly periodMs: number }, index: number): CheckLook {
  const ageMs = name === 'memory-available' ? NOW_MS - SICK_MS : ((index + 1) * 7_000) % periodMs;
  return { monitor: 'host-inspector', name, periodMs, lookedAtMs: NOW_MS - ageMs, tookMs: 0.4 + index / 10, verdicts: [VERDICTS[name] ?? { kind: 'healthy', detail: '' }] };
}
