import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startApiServer, type ApiRequest, type ApiServer, type NodeCondition } from './api-server.ts';
import type { CoreEvent } from './host-event-protobuf.ts';
import { hostFlags, hostSays, startProcess, type LineProcess } from './host-process.ts';
import type { PluginLine, PluginScript } from './scripted-plugin.ts';

/** Something done from outside while a recording runs. */
export type Deed =
  | 'start plugin' | 'kill -9 plugin' | 'SIGTERM plugin' | 'SIGSTOP plugin' | 'SIGCONT plugin'
  | 'remove socket' | 'hide socket' | 'show socket'
  | 'start host' | 'SIGTERM host' | 'kill -9 host' | 'API server fails' | 'API server works';

export interface Scenario {
  readonly name: string;
  /** What the recording shows. */
  readonly shows: string;
  /** Laid over a configuration with one condition, an interval of 2 s and a timeout of 1 s. */
  readonly pluginConfig?: Readonly<Record<string, unknown>>;
  readonly conditions?: readonly Readonly<Record<string, string>>[];
  readonly flags?: readonly string[];
  readonly script: PluginScript;
  /** Milliseconds after the start of the host; the plugin runs from before it unless its first deed is its start. */
  readonly deeds?: readonly (readonly [number, Deed])[];
  readonly durationMs: number;
}

/** What happened, `atMs` after the host first asked for its node. */
export type Happening = { readonly atMs: number } & (
  | { readonly did: Deed }
  | { readonly asked: string; readonly sequence?: number; readonly parameters?: Readonly<Record<string, string>> }
  /** Index of the step the plugin answered with. */
  | { readonly answered: number; readonly isCancelled?: true }
  | { readonly patch: readonly NodeCondition[]; readonly status?: number }
  | { readonly event: CoreEvent; readonly status?: number }
  | { readonly eventPatch: Partial<CoreEvent>; readonly status?: number }
  | { readonly log: string }
  | { readonly got: 'node' }
  | { readonly hostEnded: string }
);

export interface Recording {
  readonly shows: string;
  readonly config: unknown;
  readonly flags: readonly string[];
  /** Milliseconds since 1970 at which the host first asked for its node. */
  readonly startedAtMs: number;
  readonly script: PluginScript;
  readonly timeline: readonly Happening[];
}

const PLUGIN = new URL('scripted-plugin.ts', import.meta.url).pathname;

type Distribute<T> = T extends unknown ? Omit<T, 'atMs'> : never;
type Note = (atMs: number, what: Distribute<Happening>) => void;

interface Stage {
  readonly folder: string;
  readonly api: ApiServer;
  readonly note: Note;
  readonly hostBinary: string;
  readonly flags: readonly string[];
  readonly running: { host?: LineProcess; plugin?: LineProcess };
}

/** Runs one scenario against the host program at `hostBinary`. */
export async function record(hostBinary: string, scenario: Scenario): Promise<Recording> {
  const folder = await mkdtemp(join(tmpdir(), 'npd-host-'));
  const happenings: { atMs: number; what: Distribute<Happening> }[] = [];
  const note: Note = (atMs, what) => void happenings.push({ atMs, what });
  await using api = await startApiServer('recorded-node', (request) => noteRequest(note, request));
  const config = configOf(scenario, join(folder, 'plugin.sock'));
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'script.json'), JSON.stringify(scenario.script));
  const stage: Stage = { folder, api, note, hostBinary, flags: scenario.flags ?? [], running: {} };
  const deeds = scenario.deeds ?? [];
  const startsLate = deeds.find(([, deed]) => /plugin|socket/.test(deed))?.[1] === 'start plugin';
  if (!startsLate) await perform(stage, 'start plugin');
  await perform(stage, 'start host');
  const spawnedAtMs = Date.now();
  for (const [atMs, deed] of deeds) {
    await delay(Math.max(0, spawnedAtMs + atMs - Date.now()));
    await perform(stage, deed);
  }
  await delay(Math.max(0, spawnedAtMs + scenario.durationMs - Date.now()));
  const endedAtMs = Date.now();
  for (const process of Object.values(stage.running)) {
    process.child.kill('SIGKILL');
    await process.ended;
  }
  await rm(folder, { recursive: true });
  const startedAtMs = api.requests.find(({ method }) => method === 'GET')?.atMs ?? spawnedAtMs;
  const timeline = happenings
    .filter(({ atMs }) => atMs < endedAtMs)
    .map(({ atMs, what }) => ({ atMs: atMs - startedAtMs, ...what }))
    .toSorted((a, b) => a.atMs - b.atMs);
  return { shows: scenario.shows, config: withoutFolder(config), flags: stage.flags, startedAtMs, script: scenario.script, timeline };
}

function configOf({ pluginConfig, conditions }: Scenario, socketAddress: string): Readonly<Record<string, unknown>> {
  return {
    plugin: 'external',
    source: 'scripted',
    pluginConfig: { socketAddress, invoke_interval: 2_000_000_000, timeout: 1_000_000_000, ...pluginConfig },
    conditions: conditions ?? [{ type: 'DiskSick', reason: 'DiskIsWell', message: 'disk is well' }],
  };
}

/** The socket lay in a temporary folder, which is nobody's business. */
function withoutFolder(config: Readonly<Record<string, unknown>>): unknown {
  const pluginConfig = config['pluginConfig'] as Readonly<Record<string, unknown>>;
  return { ...config, pluginConfig: { ...pluginConfig, socketAddress: '/run/plugin.sock' } };
}

async function perform(stage: Stage, deed: Deed): Promise<void> {
  const socket = join(stage.folder, 'plugin.sock');
  const { host, plugin } = stage.running;
  stage.note(Date.now(), { did: deed });
  const deeds: Readonly<Record<Deed, () => unknown>> = {
    'start plugin': () => startPlugin(stage, socket),
    'kill -9 plugin': () => end(plugin, 'SIGKILL'),
    'SIGTERM plugin': () => end(plugin, 'SIGTERM'),
    'SIGSTOP plugin': () => plugin?.child.kill('SIGSTOP'),
    'SIGCONT plugin': () => plugin?.child.kill('SIGCONT'),
    'remove socket': () => rm(socket),
    'hide socket': () => rename(socket, `${socket}.hidden`),
    'show socket': () => rename(`${socket}.hidden`, socket),
    'start host': () => startHost(stage),
    'SIGTERM host': () => end(host, 'SIGTERM'),
    'kill -9 host': () => end(host, 'SIGKILL'),
    'API server fails': () => (stage.api.failWritesWith = 503),
    'API server works': () => (stage.api.failWritesWith = undefined),
  };
  await deeds[deed]();
}

async function end(process: LineProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  process?.child.kill(signal);
  await process?.ended;
}

async function startPlugin(stage: Stage, socket: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onLine = (text: string, stream: 'stdout' | 'stderr'): void => {
    if (stream === 'stderr') return;
    const line = JSON.parse(text) as PluginLine;
    if (line.what === 'listening') resolve();
    else if (line.what === 'answered') stage.note(line.atMs, { answered: line.step, ...(line.isCancelled ? { isCancelled: true } : {}) });
    else stage.note(line.atMs, asked(line));
  };
  const plugin = startProcess(process.execPath, [PLUGIN, socket, join(stage.folder, 'script.json')], onLine);
  stage.running.plugin = plugin;
  await Promise.race([promise, plugin.ended.then((ended) => Promise.reject(new Error(`the plugin ended: ${JSON.stringify(ended)}`)))]);
}

function asked({ rpc, sequence, parameters }: Extract<PluginLine, { what: 'asked' }>): Distribute<Happening> {
  return { asked: rpc, ...(sequence === undefined ? {} : { sequence }), ...(parameters === undefined ? {} : { parameters }) };
}

function startHost(stage: Stage): void {
  const { api, folder, hostBinary, note, running } = stage;
  const flags = [...hostFlags(api.url, [join(folder, 'config.json')]), ...stage.flags];
  running.host = startProcess(hostBinary, flags, (line) => {
    const log = hostSays(line);
    if (log !== undefined) note(Date.now(), { log });
  });
  void running.host.ended.then(({ code, signal }) => note(Date.now(), { hostEnded: code === null ? `by ${signal}` : `with exit code ${code}` }));
}

function noteRequest(note: Note, { atMs, method, url, status, body }: ApiRequest): void {
  const failed = status < 400 ? {} : { status };
  if (method === 'GET') note(atMs, { got: 'node' });
  if (method === 'PATCH' && url.includes('/status')) {
    note(atMs, { patch: (body as { status: { conditions: readonly NodeCondition[] } }).status.conditions, ...failed });
  } else if (method === 'POST') {
    note(atMs, { event: body as CoreEvent, ...failed });
  } else if (method === 'PATCH') {
    note(atMs, { eventPatch: body as Partial<CoreEvent>, ...failed });
  }
}
