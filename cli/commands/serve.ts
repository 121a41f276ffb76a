import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../plugins/core/clock.ts';
import { ConfigError, UsageError, codeOf } from '../../plugins/core/errors.ts';
import { type MonitorDefinition, type RunningMonitor, createMonitor } from '../../plugins/core/monitor.ts';
import type { SettingsOf, SettingsTable } from '../../plugins/core/settings.ts';
import type { ObservedMonitor } from '../../plugins/http/observed.ts';
import { parseBootId } from '../../plugins/linux/proc/boot-id.ts';
import { readText } from '../../plugins/linux/read.ts';
import { SHARE_REMEDY, shareFolder } from '../../plugins/linux/shared-folder.ts';
import { type RpcServer, serve as serveOnSocket } from '../../plugins/rpc/server.ts';
import type { Command, Context, ParsedArgs } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { type FirstSave, firstSave } from '../first-save.ts';
import { type Host, openHost, recordingNote } from '../host.ts';
import { DEFAULT_SOCKET_DIR, configuredSettings, monitorNames, refuseForeignFlags, socketFolder, socketNameOf } from '../monitors.ts';
import { flag, folderList, gpuOptions, hostOptions, networkOptions, oneOf, recordingOption, text } from '../options.ts';
import { ownAnswer } from '../own-answer.ts';
import { REPORTED, type ReportFlags, type ServedReport, reportFlags, reportOptions, servedReport } from '../served-report.ts';
import { spareAfterStart } from '../spare-memory.ts';
import { type StateFile, noStateFile, stateFile } from '../state-file.ts';
import { commit, version } from '../version.ts';

/** The first looks take some milliseconds; a poller that comes this early on a sick node is told Unknown, which is true. */
const FIRST_LOOKS_MS = 500;

/** Below the 30 s that kubelet gives a container between SIGTERM and SIGKILL, and below NPD's own 10 s timeout. */
const SHUTDOWN_MS = 5_000;

/** The reply to Stop is still to be written when we are told of it. */
const FAREWELL_MS = 100;

/** The slow checks begin a second after the start, and then what the start has left behind is collected. */
const PRIVILEGES_AFTER_MS = 500;

/** The socket itself is looked at this often, too. */
const SUCCESSION_MS = 1_000;

/** The sidecar: one process, one socket per monitor. */
export const serve: Command = {
  details: [`MONITOR is one or more of: ${monitorNames.join(', ')}.`, 'Ends in good order on SIGTERM; a second SIGTERM ends it at once.'],
  options: {
    ...hostOptions,
    ...gpuOptions,
    ...networkOptions,
    ...recordingOption,
    ...reportOptions,
    socket: { type: 'string', value: 'PATH', help: 'socket of the one monitor' },
    'socket-dir': { type: 'string', value: 'DIR', initial: DEFAULT_SOCKET_DIR, help: 'folder for npd-MONITOR.sock' },
    'state-dir': { type: 'string', value: 'DIR', help: 'keeps transition times and undelivered events over restarts' },
    'status-dir': { type: 'string', value: 'DIR', help: 'keeps MONITOR.status there, and the script with which a released NPD reads it' },
    'share-dirs': { type: 'string', value: 'DIR[,DIR]', help: 'makes these folders writable for plugins that run as another user; see `npd-plugins share`' },
    http: { type: 'string', value: 'ADDRESS', help: 'answers /healthz, /readyz, /metrics, /looks, /report on PORT (of 127.0.0.1), IP:PORT or unix:PATH' },
    'on-stop': { type: 'string', value: 'stay|exit', initial: 'stay', help: 'what to do when NPD says goodbye' },
    'until-stdin-ends': { type: 'boolean', help: 'end with the process that holds the other end of standard input' },
  },
  logLevel: 'info',
  async run(args, context) {
    const started = spareAfterStart();
    const names = [...new Set(args.positionals)];
    if (names.length === 0) throw new UsageError(`serve: expected at least one monitor of ${monitorNames.join(', ')}`);
    if (text(args, 'socket') !== undefined && names.length > 1) throw new UsageError('--socket: only with one monitor; use --socket-dir');
    if (text(args, 'socket') !== undefined && text(args, 'socket-dir') !== undefined) throw new UsageError('--socket and --socket-dir: give only one of them');
    const exitOnStop = oneOf(text(args, 'on-stop') ?? 'stay', ['stay', 'exit'], '--on-stop') === 'exit';
    const end = endOf(args, context);
    const onStop = (): void => {
      context.log.info({ willExit: exitOnStop }, 'the host program said goodbye');
      if (exitOnStop) setTimeout(() => end.abort(new Error('Stop')), FAREWELL_MS);
    };
    refuseForeignFlags(args, names);
    const shared = folderList(args, 'share-dirs');
    const flags = reportFlags(args, names);
    using host = await openHost(args, context);
    if (host.recording !== undefined) context.log.info({ recording: recordingNote(host.recording) }, 'serving a recording, not this machine');
    const served: Served[] = [];
    try {
      // All are looked up before the first one is served, so that a misspelt one does not show up as a short life of the others.
      const monitors = await Promise.all(names.map(async (name) => await readyToServe(name, args, host)));
      const report = reportOf(args, context, flags, monitors, served);
      await using _http = await httpServer(args, context, monitors.map(({ definition }) => definition.name), served, report);
      for (const monitor of monitors) served.push(await serveOne(monitor, context, onStop));
      for (const folder of shared) void shareForOthers(folder, context);
      // The demo shows conditions, and no log.
      if (host.recording === undefined && !flag(args, 'until-stdin-ends')) for (const { definition } of monitors) void tellPrivileges(definition, host.root, context);
      await using _bridge = await bridge(args, context, served);
      using _file = await report?.keepFile(host.recording);
      // What the start leaves behind is 4 MiB, which V8 would keep.
      started();
      await aborted(end.signal);
      context.log.info({ cause: String(end.signal.reason) }, 'ending');
    } finally {
      await Promise.all(served.map(closeOne));
    }
    return EXIT.ok;
  },
};

/** For the person who reads why something is not judged: once, when the first answer was most likely given, and nobody waits for it. */
async function tellPrivileges({ name, selfTest }: MonitorDefinition<SettingsTable>, root: string, { log }: Context): Promise<void> {
  await sleep(PRIVILEGES_AFTER_MS, undefined, { ref: false });
  const result = await selfTest?.(root);
  if (result !== undefined) log[result.isWarning === true ? 'warn' : 'info']({ monitor: name }, result.message);
}

/** What others need and we do not: nobody waits for it. */
async function shareForOthers(folder: string, { log }: Context): Promise<void> {
  const result = await shareFolder(folder);
  if (result.kind !== 'ok') log.warn({ path: folder, problem: result.message, remedy: SHARE_REMEDY }, 'folder not shared; plugins with other users cannot write there');
}

/** Undefined, and nothing of it loaded, unless it is asked for. */
async function httpServer(args: ParsedArgs, { log }: Context, names: readonly string[], served: readonly Served[], report: ServedReport | undefined): Promise<AsyncDisposable | undefined> {
  const address = text(args, 'http');
  if (address === undefined) return undefined;
  const { serveHttp } = await import('../../plugins/http/server.ts');
  const observed = { build: { version: version(), commit: commit() }, names, monitors: () => served.map(observe), report: report?.source };
  return await serveHttp({ address, where: '--http', observed, log });
}

/** Of host-inspector, which is the monitor of the whole node; undefined where it is not served. */
function reportOf(args: ParsedArgs, context: Context, flags: ReportFlags, monitors: readonly Ready[], served: readonly Served[]): ServedReport | undefined {
  const ready = monitors.find(({ definition }) => definition.name === REPORTED);
  if (ready === undefined) return undefined;
  return servedReport(args, context, flags, () => {
    const monitor = served.find((one) => one.monitor.metadata.name === REPORTED)?.monitor;
    return monitor === undefined ? undefined : { ...ready, monitor };
  });
}

async function bridge(args: ParsedArgs, { log }: Context, served: readonly Served[]): Promise<AsyncDisposable | undefined> {
  const folder = text(args, 'status-dir');
  if (folder === undefined) return undefined;
  const { statusBridge } = await import('../status-bridge.ts');
  return statusBridge(resolve(folder), served, log);
}

function observe({ monitor, rpc, ask }: Served): ObservedMonitor {
  const { name } = monitor.metadata;
  const { socketPath, state: socketState, lostForMs } = rpc;
  return { name, socketPath, socketState, lostForMs, statistics: monitor.statistics, askSelf: () => ask(socketPath) };
}

interface Served {
  readonly monitor: RunningMonitor;
  /** Whether whoever answers on a socket is us, see `ownAnswer`. */
  readonly ask: (socketPath: string) => Promise<string | undefined>;
  readonly rpc: RpcServer;
  readonly saving: FirstSave;
  readonly state: StateFile;
  readonly watch: NodeJS.Timeout | undefined;
}

interface Ready {
  readonly host: Host;
  readonly definition: MonitorDefinition<SettingsTable>;
  readonly configured: SettingsOf<SettingsTable>;
  readonly socketPath: string;
  readonly stateDir: string | undefined;
}

/** Throws UsageError or ConfigError for what the user can mend. */
async function readyToServe(name: string, args: ParsedArgs, host: Host): Promise<Ready> {
  const definition = await host.monitor(name);
  const socketPath = text(args, 'socket') ?? join(socketFolder(args), socketNameOf(definition.name));
  const stateDir = text(args, 'state-dir');
  return {
    host,
    definition,
    configured: configuredSettings(args, definition),
    socketPath: resolve(socketPath),
    stateDir: stateDir === undefined ? undefined : resolve(stateDir),
  };
}

async function serveOne({ host, definition, configured, socketPath, stateDir }: Ready, { log: parent }: Context, onStop: () => void): Promise<Served> {
  const { name } = definition;
  const { root, recording } = host;
  const log = parent.child({ monitor: name });
  const state = stateDir === undefined ? noStateFile : stateFile(stateDir, name, log);
  let rpc: RpcServer | undefined;
  // While another server has our socket the file is its own: it is the one that is polled, and whose events are taken.
  const saving = firstSave((text) => {
    if (rpc !== undefined && rpc.state() !== 'yielded') state.save(text);
  });
  const bootId = bootIdOf(root, log);
  const monitor = createMonitor({
    definition,
    version: version(),
    root,
    configured,
    clock: systemClock,
    random: Math.random,
    log,
    bootId,
    savedState: (await state.load()) ?? (await host.stateBefore(definition, configured, bootId)),
    // Nobody waits before a recording until what was found has lasted.
    isSingleLook: recording !== undefined,
    onSave: saving.save,
    onStop,
  });
  const firstRound = monitor.start(true);
  await Promise.race([firstRound, sleep(FIRST_LOOKS_MS, undefined, { ref: false })]);
  try {
    const own = ownAnswer(monitor);
    const server = await serveOnSocket({ monitor: saving.watched(own.monitor), socketPath, log });
    rpc = server;
    saving.served();
    return { monitor, ask: own.ask, saving, state, rpc: server, watch: stateDir === undefined ? undefined : watchSuccession(server, monitor, state) };
  } catch (error) {
    monitor.close();
    throw withRemedy(error);
  }
}

/** After another server had our socket and is gone, we go on from what it saved, so that no event is told twice. */
function watchSuccession(rpc: RpcServer, monitor: RunningMonitor, state: StateFile): NodeJS.Timeout {
  let wasYielded = false;
  return setInterval(() => {
    const isYielded = rpc.state() === 'yielded';
    if (isYielded) {
      state.forget();
      monitor.standBy();
    }
    if (wasYielded && !isYielded) void state.load().then((text) => (text === undefined ? undefined : monitor.takeOver(text)));
    wasYielded = isYielded;
  }, SUCCESSION_MS).unref();
}

/** A system's error code says what failed, not what to do; in a container it is nearly always the volume. */
function withRemedy(error: unknown): unknown {
  if (!(error instanceof ConfigError) || codeOf(error.cause) === undefined) return error;
  return new ConfigError('', `${error.message}; its folder must be there or creatable, and writable for this user`, { cause: error });
}

async function closeOne({ monitor, rpc, saving, state, watch }: Served): Promise<void> {
  clearInterval(watch);
  // While it is still known whose the socket is: another server's state file is not ours to write.
  monitor.close();
  saving.release();
  await rpc.close(SHUTDOWN_MS);
  await state.flush();
}

/** Without the boot id nobody can tell whether a saved state is of this boot, so none is kept. */
function bootIdOf(root: string, log: Context['log']): string | undefined {
  const file = readText(root, 'proc/sys/kernel/random/boot_id');
  try {
    if (file.kind === 'ok') return parseBootId(file.value);
    log.warn({ problem: file.message }, 'no boot id: transition times will not be kept over a restart');
  } catch (error) {
    log.warn({ err: error }, 'no boot id: transition times will not be kept over a restart');
  }
  return undefined;
}

function endOf(args: ParsedArgs, { signal }: Context): AbortController {
  const end = new AbortController();
  signal.addEventListener('abort', () => end.abort(signal.reason), { once: true });
  if (signal.aborted) end.abort(signal.reason);
  if (flag(args, 'until-stdin-ends')) {
    // A pipe ends and closes, a file or /dev/null only ends.
    const ended = (): void => end.abort(new Error('standard input ended'));
    process.stdin.resume().once('end', ended).once('close', ended).once('error', ended);
  }
  return end;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
