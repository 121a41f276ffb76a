import type { Scenario } from './host-recorder.ts';
import type { Step } from './scripted-plugin.ts';

const LONG_AGO_MS = 1_767_225_600_000;

const SICK: Step = {
  reply: {
    source: 'scripted',
    conditions: [{ type: 'DiskSick', status: 'CONDITION_STATUS_TRUE', transitionMs: LONG_AGO_MS, reason: 'DiskFull', message: '/data is over 90 percent full' }],
  },
};

/** Reconnecting within seconds instead of minutes. */
const QUICK = { healthCheck: { interval: 2_000_000_000 }, retryPolicy: { maxAttempts: 3, initialBackoff: 1_000_000_000, maxBackoff: 4_000_000_000 } };

function scenario(name: string, shows: string, durationMs: number, deeds: Scenario['deeds'], more: Partial<Scenario> = {}): Scenario {
  return { name, shows, script: { delayMs: 300, steps: [SICK] }, durationMs, ...(deeds ? { deeds } : {}), ...more };
}

/** What happens when one side starts late, ends, hangs or loses its socket. */
export const LIFECYCLE_SCENARIOS: readonly Scenario[] = [
  scenario('plugin-starts-late', 'the plugin starts 8 s after the host', 30_000, [[8_000, 'start plugin']]),
  scenario('plugin-starts-late-skip-initial', 'the same with skip_initial_status', 30_000, [[8_000, 'start plugin']], { pluginConfig: { skip_initial_status: true } }),
  scenario('plugin-starts-very-late', 'the plugin starts 75 s after the host, with default settings', 210_000, [[75_000, 'start plugin']]),
  scenario('plugin-starts-after-the-host-gave-up', 'the socket is missing until three quick attempts have failed', 150_000, [[30_000, 'start plugin']], { pluginConfig: QUICK }),
  scenario('plugin-killed', 'kill -9 (the socket file stays), a new plugin 10 s later', 45_000, [[5_000, 'kill -9 plugin'], [15_000, 'start plugin']]),
  scenario('plugin-killed-for-long', 'kill -9, a new plugin 80 s later', 240_000, [[5_000, 'kill -9 plugin'], [85_000, 'start plugin']]),
  scenario('plugin-ends-well', 'SIGTERM to the plugin (the socket file goes), a new plugin 10 s later', 45_000, [[5_000, 'SIGTERM plugin'], [15_000, 'start plugin']]),
  scenario('socket-removed', 'the socket file is removed under a living connection', 40_000, [[5_000, 'remove socket']]),
  scenario('socket-removed-plugin-killed', 'the socket file is removed, then the plugin is killed and replaced', 100_000, [[5_000, 'remove socket'], [9_000, 'kill -9 plugin'], [60_000, 'start plugin']], { pluginConfig: QUICK }),
  scenario('socket-hidden', 'the path is missing while errors make the host reconnect, and comes back', 60_000, [[5_000, 'hide socket'], [30_000, 'show socket']], {
    pluginConfig: QUICK, script: { steps: [SICK, { error: 'INTERNAL', times: 12 }, SICK] },
  }),
  scenario('plugin-hangs', 'SIGSTOP for 70 s, then SIGCONT', 110_000, [[5_000, 'SIGSTOP plugin'], [75_000, 'SIGCONT plugin']]),
  scenario('answers-too-late', 'answers after 1.5 s at a timeout of 1 s', 40_000, undefined, { script: { steps: [{ ...SICK, delayMs: 100 }, { ...SICK, delayMs: 1_500, times: 8 }, { ...SICK, delayMs: 100 }] } }),
  scenario('answers-internal-error', 'INTERNAL, seven times', 40_000, undefined, { script: { delayMs: 300, steps: [SICK, { error: 'INTERNAL', times: 7 }, SICK] } }),
  scenario('answers-unimplemented', 'UNIMPLEMENTED, seven times', 40_000, undefined, { script: { delayMs: 300, steps: [SICK, { error: 'UNIMPLEMENTED', times: 7 }, SICK] } }),
  scenario('answers-unavailable', 'UNAVAILABLE, seven times', 40_000, undefined, { script: { delayMs: 300, steps: [SICK, { error: 'UNAVAILABLE', times: 7 }, SICK] } }),
  scenario('two-errors', 'two errors do not reconnect', 16_000, undefined, { script: { delayMs: 300, steps: [SICK, { error: 'INTERNAL', times: 2 }, SICK] } }),
  scenario('host-ends-well', 'SIGTERM to the host', 12_000, [[6_000, 'SIGTERM host']]),
  scenario('host-ends-well-plugin-slow', 'SIGTERM to the host; the plugin answers Stop after 8 s', 20_000, [[6_000, 'SIGTERM host']], { script: { delayMs: 300, stopDelayMs: 8_000, steps: [SICK] } }),
  scenario('host-ends-while-reconnecting', 'SIGTERM to the host while it waits to reconnect', 60_000, [[5_000, 'SIGTERM plugin'], [12_000, 'SIGTERM host']], {
    pluginConfig: { healthCheck: { interval: 2_000_000_000 }, retryPolicy: { initialBackoff: 20_000_000_000 } },
  }),
  scenario('host-restarted', 'SIGTERM to the host and a new one: the sick node looks healthy for one interval', 22_000, [[6_000, 'SIGTERM host'], [9_000, 'start host']]),
  scenario('host-killed', 'kill -9 to the host and a new one, with skip_initial_status', 22_000, [[6_000, 'kill -9 host'], [9_000, 'start host']], { pluginConfig: { skip_initial_status: true } }),
  scenario('API-server-fails', 'the API server refuses writes for 25 s', 50_000, [[3_000, 'API server fails'], [28_000, 'API server works']], {
    script: { delayMs: 300, steps: [SICK, { reply: { ...SICK.reply!, events: [{ severity: 'SEVERITY_WARN', timestampMs: LONG_AGO_MS, reason: 'Hello', message: 'an event' }] } }, SICK] },
  }),
];
