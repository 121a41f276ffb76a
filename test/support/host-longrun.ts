/**
 * Lets the real host program poll our own host-inspector for 27 minutes, and records what it writes, into test/npd-host/NAME:
 *
 *     node test/support/host-longrun.ts NAME HOST-BINARY [APP-FOLDER]
 *
 * APP-FOLDER is a checkout of this project that nobody edits meanwhile. Needs root: the plugin gets a mount namespace of its own,
 * without what others mounted below /tmp, in which /proc/meminfo and /proc/vmstat are files of ours, so that memory gets low when
 * we say so, and in which the mount table of PID 1 is that of the namespace.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startApiServer, type ApiRequest } from './api-server.ts';
import { recordedMemory } from './host-memory.ts';
import { hostFlags, hostSays, NODE_NAME, startProcess, type LineProcess } from './host-process.ts';

const [name, hostBinary, app = new URL('../..', import.meta.url).pathname] = process.argv.slice(2);
if (name === undefined || hostBinary === undefined) throw new Error('usage: host-longrun.ts NAME HOST-BINARY [APP-FOLDER]');

const MINUTE_MS = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'npd-longrun-'));
const socket = join(folder, 'plugin.sock');
const meminfo = join(folder, 'meminfo');
const vmstat = join(folder, 'vmstat');
const running = new Map<string, LineProcess>();
const startedAtMs = Date.now();
const timeline: Readonly<Record<string, unknown>>[] = [];

function note(what: Readonly<Record<string, unknown>>, atMs = Date.now()): void {
  timeline.push({ atMs: atMs - startedAtMs, ...what });
  console.log(JSON.stringify(timeline.at(-1)));
}

await using api = await startApiServer(NODE_NAME, noteRequest);

function noteRequest({ atMs, method, url, status, body }: ApiRequest): void {
  const failed = status < 400 ? {} : { status };
  if (method === 'GET') note({ got: 'node' }, atMs);
  else if (url.includes('/status')) note({ patch: (body as { status: { conditions: unknown } }).status.conditions, ...failed }, atMs);
  else note({ [method === 'POST' ? 'event' : 'eventPatch']: body, ...failed }, atMs);
}

const IN_NAMESPACE = `
  cut -d' ' -f5 /proc/self/mountinfo | grep ^/tmp/ | xargs -r umount -l
  cat /proc/self/mountinfo > "$3"
  mount --bind "$1" /proc/meminfo && mount --bind "$2" /proc/vmstat && mount --bind "$3" /proc/1/mountinfo && shift 3 && exec "$@"`;

function startPlugin(role = 'plugin'): void {
  const serve = [process.execPath, join(app, 'cli/main.ts'), 'serve', 'host-inspector', '--socket', socket, '--state-dir', join(folder, 'state'), '--log-format', 'json'];
  running.set(role, startProcess('unshare', ['-m', 'sh', '-c', IN_NAMESPACE, 'sh', meminfo, vmstat, join(folder, `mountinfo-${role}`), ...serve], (line) => {
    note({ [role]: line.startsWith('{') ? essence(JSON.parse(line) as Readonly<Record<string, unknown>>) : line });
  }));
}

function essence({ level: _level, time: _time, monitor: _monitor, ...rest }: Readonly<Record<string, unknown>>): unknown {
  return JSON.parse(JSON.stringify(rest).replaceAll(folder, '/run')) as unknown;
}

function startHost(): void {
  const host = startProcess(hostBinary ?? '', hostFlags(api.url, [join(folder, 'config.json')]), (line) => {
    const log = hostSays(line);
    if (log !== undefined) note({ log });
  });
  running.set('host', host);
}

async function end(role: string, signal: NodeJS.Signals): Promise<void> {
  const process = running.get(role);
  process?.child.kill(signal);
  note({ ended: role, ...(await process?.ended) });
}

const DEEDS: readonly (readonly [minute: number, deed: string, run: () => unknown])[] = [
  [6, 'memory gets low', () => setMemory(3)],
  [7.5, 'two processes are killed for want of memory', () => setOomKills(2)],
  [9, 'memory is well', () => setMemory(80)],
  [12, 'SIGTERM plugin', () => end('plugin', 'SIGTERM')],
  [12.1, 'start plugin', () => startPlugin()],
  [13, 'kill -9 plugin', () => end('plugin', 'SIGKILL')],
  [13.1, 'start plugin', () => startPlugin()],
  [14, 'SIGTERM host', () => end('host', 'SIGTERM')],
  [14.1, 'start host', startHost],
  [15, 'kill -9 host', () => end('host', 'SIGKILL')],
  [15.1, 'start host', startHost],
  [16, 'memory gets low', () => setMemory(3)],
  [18.5, 'kill -9 plugin', () => end('plugin', 'SIGKILL')],
  [18.6, 'start plugin', () => startPlugin()],
  [19.5, 'SIGTERM host', () => end('host', 'SIGTERM')],
  [19.6, 'start host', startHost],
  [20.5, 'memory is well', () => setMemory(80)],
  [23, 'remove socket', () => rmSync(socket)],
  [24, 'start the successor', () => startPlugin('successor')],
  [24.5, 'SIGTERM the replaced plugin', () => end('plugin', 'SIGTERM')],
  [26.8, 'SIGTERM host', () => end('host', 'SIGTERM')],
  [27, 'SIGTERM plugin', () => end('successor', 'SIGTERM')],
];

const config = JSON.parse(readFileSync(join(app, 'npd-config/host-inspector.json'), 'utf8')) as { pluginConfig: Record<string, unknown> };
const pluginConfig = { ...config.pluginConfig, socketAddress: socket, invoke_interval: 10_000_000_000, timeout: 5_000_000_000 };
writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, pluginConfig }));
mkdirSync(join(folder, 'state'));
const { setMemory, setOomKills } = recordedMemory(meminfo, vmstat);
note({ did: 'start plugin' });
startPlugin();
note({ did: 'start host' });
startHost();
for (const [minute, deed, run] of DEEDS) {
  await delay(Math.max(0, startedAtMs + minute * MINUTE_MS - Date.now()));
  note({ did: deed });
  await run();
}
for (const { child, ended } of running.values()) {
  child.kill('SIGKILL');
  await ended;
}
rmSync(folder, { recursive: true });
const lines = timeline.toSorted((a, b) => Number(a['atMs']) - Number(b['atMs'])).map((entry) => `    ${JSON.stringify(entry)}`);
const head = JSON.stringify({ ...config, pluginConfig: { ...pluginConfig, socketAddress: '/run/plugin.sock' } });
writeFileSync(new URL(`../npd-host/${name}/own-plugin.json`, import.meta.url).pathname,
  `{\n  "shows": "27 minutes with our own host-inspector",\n  "config": ${head},\n  "startedAtMs": ${startedAtMs},\n  "timeline": [\n${lines.join(',\n')}\n  ]\n}\n`);
