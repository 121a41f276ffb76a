import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, UsageError, messageOf } from '../../plugins/core/errors.ts';
import { oneLine } from '../../plugins/core/text.ts';
import { type HostConfig, readHostConfig } from '../../plugins/npd/config.ts';
import type { Command, Context, ParsedArgs } from '../command.ts';
import { EXIT, exitCodeOf } from '../exit-code.ts';
import { recordingNote } from '../host.ts';
import { monitorNames, socketNameOf } from '../monitors.ts';
import { nodeName } from '../node-name.ts';
import { npdConfigText } from '../npd-config.ts';
import { durationMs, flag, hostOptions, text } from '../options.ts';
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

/** A process needs a fraction of this to start, and a file system that hangs is known to after its own deadline. */
const FIRST_STATE_MS = 15_000;

/** Shows this machine's health, by a real plugin process over a real socket. */
export const demo: Command = {
  details: [
    'Starts `serve` as a process of its own on a socket in a temporary folder, polls it, and shows conditions and events',
    'as `kubectl describe node` does. Writes nothing to any cluster. Ends with Ctrl-C.',
    'Through npm: `npm start --silent -- --once --json`, since npm prints two lines of its own before the data otherwise.',
  ],
  options: {
    ...hostOptions,
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
    const plugin = startPlugin(args, context, folder);
    try {
      const configs = monitorNames.map((monitor) => configOf(monitor, folder));
      using poller = createPoller(configs, true);
      return await watch({ poller, monitors: configs.length, folder, plugin, recording, intervalMs, args, context });
    } finally {
      await stopPlugin(plugin);
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'npd-plugins-'));
  } catch (cause) {
    throw new ConfigError('', `no temporary folder for the socket: ${messageOf(cause)}; set TMPDIR to a folder that you may write to`, { cause });
  }
}

/** What `--host` names. Throws UsageError with the known names before anything is started. */
function recordingOf(args: ParsedArgs): RecordedHost | undefined {
  const name = text(args, 'host');
  if (name !== undefined && text(args, 'host-root') !== undefined) throw new UsageError('--host and --host-root: give only one of them');
  return name === undefined ? undefined : recordedHost(name);
}

/** Standard input is a pipe to the child: it ends with us, even if we are killed. A log on the same terminal would spoil the live view. */
function startPlugin(args: ParsedArgs, context: Context, folder: string): ChildProcess {
  const { self, env } = context;
  const isShownLive = isLive(args, context);
  const hasOwnLog = isShownLive && context.isTerminal;
  const passedOn = Object.keys(hostOptions).flatMap((name) => {
    const value = text(args, name);
    return value === undefined ? [] : [`--${name}`, value];
  });
  const host = text(args, 'host');
  if (host !== undefined) passedOn.push('--recording', host);
  const [executable, ...first] = self;
  const format = text(args, 'log-format') ?? (hasOwnLog && !env['LOG_FORMAT'] ? 'console' : undefined);
  const logFlags = ['--log-level', text(args, 'log-level') ?? (env['LOG_LEVEL'] || 'warn'), ...(format === undefined ? [] : ['--log-format', format])];
  const flags = ['--socket-dir', folder, '--until-stdin-ends', ...logFlags, ...(isShownLive ? ['--http', `unix:${join(folder, HTTP_SOCKET)}`] : [])];
  return spawn(executable, [...first, 'serve', ...monitorNames, ...flags, ...passedOn], { stdio: ['pipe', 'ignore', hasOwnLog ? 'pipe' : 'inherit'], env: { ...env } });
}

async function stopPlugin(plugin: ChildProcess): Promise<void> {
  if (plugin.exitCode !== null || plugin.signalCode !== null) return;
  const ended = new Promise((resolve) => plugin.once('exit', resolve));
  plugin.kill('SIGTERM');
  const hasEnded = await Promise.race([ended.then(() => true), sleep(3_000, false, { ref: false })]);
  if (!hasEnded) plugin.kill('SIGKILL');
}

/** Our own `npd-config/` but for the socket: how often this demo asks is no matter of that file. */
function configOf(monitor: string, folder: string): HostConfig {
  const { config, errors } = readHostConfig(npdConfigText(monitor, join(folder, socketNameOf(monitor))));
  if (config === undefined) throw new Error(`our own configuration of ${monitor} is wrong: ${errors[0]?.message ?? ''}`);
  return config;
}

interface Watch {
  readonly poller: Poller;
  /** How many monitors the poller asks. */
  readonly monitors: number;
  readonly folder: string;
  readonly plugin: ChildProcess;
  readonly recording: RecordedHost | undefined;
  readonly intervalMs: number;
  readonly args: ParsedArgs;
  readonly context: Context;
}

async function watch(demo: Watch): Promise<number> {
  const { poller, monitors, folder, plugin, recording, intervalMs, args, context } = demo;
  const { signal, out } = context;
  const node = nodeName(args, context, recording);
  const note = recording && recordingNote(recording);
  const indexes = Array.from({ length: monitors }, (_, index) => index);
  const firstPoll = async (index: number): Promise<Poll> => await firstState(poller, index, plugin, signal);
  if (isLive(args, context)) {
    const about = { node, note, intervalMs, monitors: `${monitorNames.join(', ')} ${version()} (process ${plugin.pid})` };
    return await watchLive({ about, poller, indexes, firstPoll, plugin, httpSocketPath: join(folder, HTTP_SOCKET) }, context);
  }
  const polls = await Promise.all(indexes.map(firstPoll));
  if (signal.aborted) return EXIT.ok;
  const hasAnswers = polls.every(({ answer }) => answer.kind === 'reply');
  if (!hasAnswers && plugin.exitCode !== null) return plugin.exitCode;
  const asJson = flag(args, 'json');
  out(asJson ? polls.map((poll) => pollAsJson(node, poll, note)).join('') : renderStart(demo, node, note, polls));
  if (flag(args, 'once')) return hasAnswers ? exitCodeOf(poller.node()) : EXIT.unknown;
  if (!asJson) out(`Asking every ${intervalMs / 1_000}s; Ctrl-C ends.\n`);
  const show = (poll: Poll): void => out(asJson ? pollAsJson(node, poll, note) : renderPoll(node, poller.node(), poll, note));
  await sleep(intervalMs, undefined, { signal }).catch(() => {});
  await Promise.all(indexes.map((index) => pollInRounds({ poller, index, intervalMs, rounds: Infinity, signal, show })));
  return EXIT.ok;
}

function renderStart({ poller, plugin: { pid } }: Watch, node: string, note: string | undefined, polls: readonly Poll[]): string {
  const nowMs = Date.now();
  const events = polls.flatMap((poll) => poll.events);
  const unanswered = polls.flatMap(({ answer }) => (answer.kind === 'error' ? [`${oneLine(answer.message)}\n`] : []));
  return [
    renderHeader(node, note), renderConditions(poller.node(), nowMs), renderEventWrites(events, nowMs), ...unanswered,
    `Checked by ${monitorNames.join(', ')} (process ${pid}), asked over gRPC on a Unix socket as NPD would.\n`,
  ].join('');
}

/** The first poll comes when the plugin has looked at everything, so that what is shown is true and not "no look yet". */
async function firstState(poller: Poller, index: number, plugin: ChildProcess, signal: AbortSignal): Promise<Poll> {
  const endMs = performance.now() + FIRST_STATE_MS;
  while (!signal.aborted && plugin.exitCode === null && performance.now() < endMs) {
    if (await poller.hasLooked(index)) break;
    await sleep(50);
  }
  return await poller.poll(index);
}
