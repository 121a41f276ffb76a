import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded } from '../plugin-process.ts';
import { type Poll, type Poller, pollInRounds } from '../poller.ts';
import { fetchLooks } from './looks.ts';
import { renderScreen } from './render-screen.ts';
import type { OpenScreen } from './screen.ts';
import { type View, startView, withPoll, withoutNews } from './view.ts';

/** Ages are shown in seconds. */
const TICK_MS = 1_000;

/** The HTTP port answers from memory. */
const LOOKS_TIMEOUT_MS = 2_000;

/** The rest of the log of a plugin that has ended lies in a pipe, if no child of it holds the other end. */
const LOG_END_MS = 500;

/** What a plugin says before it ends is printed after the view, so much of it. */
const MOST_LOG_LINES = 20;

export interface LiveOptions {
  readonly about: Pick<View, 'node' | 'monitors' | 'intervalMs' | 'note'>;
  readonly poller: Poller;
  /** Indexes of the poller's monitors. */
  readonly indexes: readonly number[];
  /** The first poll of each monitor, made when the plugin has looked at everything. */
  readonly firstPolls: () => Promise<readonly Poll[]>;
  readonly plugin: ChildProcess;
  /** The Unix socket of the plugin's HTTP port. */
  readonly httpSocketPath: string;
  readonly openScreen: OpenScreen;
  readonly hasColor: boolean;
  /** Ends the view. */
  readonly signal: AbortSignal;
}

/** How it stood when the view ended. */
export interface LiveEnd {
  readonly view: View;
  /** The last lines of the plugin's log, if it is ours to read. */
  readonly logLines: readonly string[];
  /** False if the terminal is gone or stuck: what is printed there now would wait for ever. */
  readonly isTerminalRead: boolean;
}

type Change = (next: (view: View) => View) => void;

/** Shows the view until the signal, or until it is clear that the plugin will never answer. The screen is given back in any case. */
export async function showLive(options: LiveOptions): Promise<LiveEnd> {
  const { about, plugin, openScreen, hasColor, signal } = options;
  const logLines: string[] = [];
  let view = startView(about);
  let drawing: NodeJS.Immediate | undefined;
  const end = new AbortController();
  const until = AbortSignal.any([signal, end.signal]);
  const screen = openScreen(draw);
  const ticks = setInterval(draw, TICK_MS);

  function draw(): void {
    clearImmediate(drawing);
    drawing = undefined;
    screen.draw(renderScreen(view, { ...screen.size(), hasColor, nowMs: Date.now() }));
  }

  /** After the signal nothing counts any more: the plugin has heard of Ctrl-C too, and that it ends is no news. */
  function change(next: (view: View) => View): void {
    if (until.aborted) return;
    view = next(view);
    // Many changes at once, such as the lines of a long log, are one picture.
    drawing ??= setImmediate(draw);
  }

  function onLog(line: string): void {
    if (line.trim() === '') return;
    logLines.push(line);
    if (logLines.length > MOST_LOG_LINES) logLines.shift();
    change((before) => ({ ...before, logLine: line }));
  }

  const log = plugin.stderr === null ? undefined : createInterface({ input: plugin.stderr }).on('line', onLog);

  let isTerminalRead = false;
  try {
    draw();
    plugin.once('exit', (code, killedBy) => change((before) => ({ ...before, ended: endInWords(plugin, code, killedBy) })));
    await Promise.race([pollFor(options, change, until), followLooks(options, change, until), aborted(until)]);
    if (log !== undefined && hasEnded(plugin)) await Promise.race([once(log, 'close'), sleep(LOG_END_MS)]);
  } finally {
    end.abort();
    clearInterval(ticks);
    clearImmediate(drawing);
    isTerminalRead = await screen.leave();
  }
  return { view, logLines, isTerminalRead };
}

/** Polls as NPD would until the signal; settles before it only if the plugin ended without an answer. */
async function pollFor({ about: { intervalMs }, poller, indexes, firstPolls, plugin }: LiveOptions, change: Change, signal: AbortSignal): Promise<void> {
  const polls = await firstPolls();
  change((view) => withoutNews(polls.reduce((before, poll) => withPoll(before, poll, poller.node()), view)));
  if (hasEnded(plugin) && polls.every(({ answer }) => answer.kind === 'error')) return;
  const show = (poll: Poll): void => change((view) => withPoll(view, poll, poller.node()));
  await sleep(intervalMs, undefined, { signal }).catch(() => {});
  await Promise.all(indexes.map((index) => pollInRounds({ poller, index, intervalMs, rounds: Infinity, signal, show })));
}

/** Asks for the looks every second until the signal. */
async function followLooks({ httpSocketPath }: LiveOptions, change: Change, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const looks = await fetchLooks(httpSocketPath, LOOKS_TIMEOUT_MS);
    change((view) => ({ ...view, looks }));
    await sleep(TICK_MS, undefined, { signal }).catch(() => {});
  }
}

function endInWords({ pid }: ChildProcess, code: number | null, killedBy: string | null): string {
  return `The plugin (process ${pid}) has ended: ${killedBy === null ? `exit code ${code}` : `killed by ${killedBy}`}. What stands below is the last that it said.`;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
