import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../../plugins/core/errors.ts';
import { oneLine } from '../../plugins/core/text.ts';
import { type HostConfig, readHostConfig } from '../../plugins/npd/config.ts';
import type { Command, Context, ParsedArgs } from '../command.ts';
import { EXIT, exitCodeOf } from '../exit-code.ts';
import { recordingNote } from '../host.ts';
import { monitorsOf } from '../monitors.ts';
import { nodeName } from '../node-name.ts';
import { npdConfigText } from '../npd-config.ts';
import { durationMs, flag, gpuOptions, hostOptions, networkOptions, text } from '../options.ts';
import { hasEnded, startPlugin, stopPlugin, temporaryFolder } from '../plugin-process.ts';
import { type Poll, type Poller, createPoller, pollInRounds } from '../poller.ts';
import { type RecordedHost, recordedHost } from '../recording.ts';
import { renderConditions, renderHeader } from '../render/describe.ts';
import { pollAsJson, renderEventWrites, renderPoll } from '../render/poll.ts';
import { version } from '../version.ts';
import { isLive, watchLive } from './demo-live.ts';

const DEFAULT_INTERVAL_MS = 5_000;
const LEAST_INTERVAL_MS = 1_000;

/** Ages and durations of looks come from the plugin's HTTP port: gRPC as NPD speaks it knows nothing of them. */
const HTTP_SOCKET = 'http.sock';

/** What the gpu-monitor says of all its conditions on a node without GPUs. */
const NO_GPU = 'NoGPUPresent';

/** A process needs a fraction of this to start, and a file system that hangs is known to after its own deadline. */
const FIRST_STATE_MS = 15_000;

/** Shows this machine's health, by a real plugin process over a real socket. */
export const demo: Command = {
  details: [
    'Starts `serve` as a process of its own on a socket in a temporary folder, polls it, and shows conditions and events',
    'as `kubectl describe node` does: on a terminal as a live view (in plain text where NO_COLOR is set), else round after',
    'round. Writes nothing to any cluster. Ends with Ctrl-C.',
    'Through npm: `npm start --silent -- --once --json`, since npm prints two lines of its own before the data otherwise.',
  ],
  options: {
    ...hostOptions,
    ...gpuOptions,
    ...networkOptions,
    host: { type: 'string', value: 'NAME', help: 'replay a recorded host of test/hosts instead, or one in a folder: ./DIR' },
    once: { type: 'boolean', help: 'print one round and end with its exit code' },
    interval: { type: 'string', value: 'DURATION', initial: '5s', help: 'time between two polls' },
    json: { type: 'boolean', help: 'one line of JSON per poll' },
  },
  logLevel: 'warn',
  async run(args, context) {
    const intervalMs = durationMs(args, 'interval', DEFAULT_INTERVAL_MS, LEAST_INTERVAL_MS);
    const recording = recordingOf(args);
    const folder = temporaryFolder();
    try {
      const monitors = monitorsOf(recording);
      const configs = await Promise.all(monitors.map(async (monitor) => await configOf(monitor, folder, args)));
      return await withPlugin({ monitors, configs, folder, recording, intervalMs, args, context });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Starts the plugin, shows what it says, and ends it. Gives the exit code. */
async function withPlugin({ configs, folder, ...rest }: Pick<Watch, 'monitors' | 'recording' | 'intervalMs' | 'args' | 'context'> & { readonly configs: readonly HostConfig[]; readonly folder: string }): Promise<number> {
  const { monitors, args, context } = rest;
  const httpSocketPath = isLive(args, context) ? join(folder, HTTP_SOCKET) : undefined;
  const plugin = startPlugin(args, context, { monitors, folder, httpSocketPath, hasOwnLog: httpSocketPath !== undefined && context.isTerminal });
  try {
    using poller = createPoller(configs, true);
    return await watch({ poller, httpSocketPath, plugin, ...rest });
  } finally {
    await stopPlugin(plugin);
  }
}

/** What `--host` names. Throws UsageError with the known names before anything is started. */
function recordingOf(args: ParsedArgs): RecordedHost | undefined {
  const name = text(args, 'host');
  if (name !== undefined && text(args, 'host-root') !== undefined) throw new UsageError('--host and --host-root: give only one of them');
  return name === undefined ? undefined : recordedHost(name);
}

/** Our own `npd-config/` but for the socket: how often this demo asks is no matter of that file. */
async function configOf(monitor: string, folder: string, args: ParsedArgs): Promise<HostConfig> {
  const { config, errors } = readHostConfig(await npdConfigText(monitor, folder, args));
  if (config === undefined) throw new Error(`our own configuration of ${monitor} is wrong: ${errors[0]?.message ?? ''}`);
  return config;
}

interface Watch {
  readonly poller: Poller;
  /** Those that the poller asks, in its order. */
  readonly monitors: readonly string[];
  /** Where the live view asks for the looks; undefined for the plain one. */
  readonly httpSocketPath: string | undefined;
  readonly plugin: ChildProcess;
  readonly recording: RecordedHost | undefined;
  readonly intervalMs: number;
  readonly args: ParsedArgs;
  readonly context: Context;
}

async function watch(demo: Watch): Promise<number> {
  const { poller, monitors, httpSocketPath, plugin, recording, intervalMs, args, context } = demo;
  const { signal, out } = context;
  const node = nodeName(args, context, recording);
  const note = recording && recordingNote(recording);
  const indexes = [...monitors.keys()];
  const firstPolls = async (): Promise<readonly Poll[]> => await firstStates(poller, indexes, plugin, signal);
  if (httpSocketPath !== undefined) {
    const about = { node, note, intervalMs, monitors: `${monitors.join(', ')} ${version()} (process ${plugin.pid})` };
    return await watchLive({ about, poller, indexes, firstPolls, plugin, httpSocketPath }, context);
  }
  const polls = await firstPolls();
  if (signal.aborted) return EXIT.ok;
  const hasAnswers = polls.every(({ answer }) => answer.kind === 'reply');
  if (!hasAnswers && hasEnded(plugin)) return plugin.exitCode ?? EXIT.internal;
  const asJson = flag(args, 'json');
  out(asJson ? polls.map((poll) => pollAsJson(node, poll, note)).join('') : renderStart(demo, node, note, polls));
  if (flag(args, 'once')) return hasAnswers ? exitCodeOf(poller.node()) : EXIT.unknown;
  if (!asJson) out(`Asking every ${intervalMs / 1_000}s; Ctrl-C ends.\n`);
  const show = (poll: Poll): void => out(asJson ? pollAsJson(node, poll, note) : renderPoll(node, poller.node(), poll, note));
  await sleep(intervalMs, undefined, { signal }).catch(() => {});
  await Promise.all(indexes.map((index) => pollInRounds({ poller, index, intervalMs, rounds: Infinity, signal, show })));
  return EXIT.ok;
}

function renderStart({ poller, monitors, plugin: { pid } }: Watch, node: string, note: string | undefined, polls: readonly Poll[]): string {
  const nowMs = Date.now();
  const events = polls.flatMap((poll) => poll.events);
  const unanswered = polls.flatMap(({ answer }) => (answer.kind === 'error' ? [`${oneLine(answer.message)}\n`] : []));
  const conditions = poller.node();
  const isWithoutGpu = note === undefined && conditions.some(({ reason }) => reason === NO_GPU);
  return [
    renderHeader(node, note), renderConditions(conditions, nowMs), renderEventWrites(events, nowMs), ...unanswered,
    `Checked by ${monitors.join(', ')} (process ${pid}), asked over gRPC on a Unix socket as NPD would.\n`,
    ...(isWithoutGpu ? ['No NVIDIA GPU here; `npm start -- --host gpu-8x-h100` replays a recorded GPU node.\n'] : []),
  ].join('');
}

/** The first polls come when the plugin has looked at everything, so that what is shown is true and not "no look yet"; one after the other, so that the conditions stand in their order. */
async function firstStates(poller: Poller, indexes: readonly number[], plugin: ChildProcess, signal: AbortSignal): Promise<readonly Poll[]> {
  const endMs = performance.now() + FIRST_STATE_MS;
  await Promise.all(indexes.map(async (index) => {
    while (!signal.aborted && !hasEnded(plugin) && performance.now() < endMs && !(await poller.hasLooked(index))) await sleep(50);
  }));
  const polls: Poll[] = [];
  for (const index of indexes) polls.push(await poller.poll(index));
  return polls;
}
