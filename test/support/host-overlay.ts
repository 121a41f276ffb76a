/**
 * Starts the real host program as an overlay does, with the ConfigMap and the arguments of deploy/OVERLAY.yaml, beside our plugins
 * as its other containers, and records what it writes, into test/npd-host/NAME/overlays:
 *
 *     unshare -n sh -c 'ip link set lo up; exec "$@"' - node test/support/host-overlay.ts NAME HOST-BINARY VERSION OVERLAY [APP-FOLDER]
 *
 * OVERLAY is `integrated`, `separate` or `stock-npd`; APP-FOLDER a checkout of this project that nobody edits meanwhile. Needs root,
 * /dev/fuse, kubectl, ip, util-linux and an overlay file system. The containers get this machine as their node, but for memory, kernel log, GPUs and
 * network: that is the network namespace in which this runs, which must have nothing but `lo`, and a cluster is in it (host-overlay-node.ts). Several
 * recordings can be made at a time.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PEEK_PARAMETER, type Condition } from '../../plugins/core/status.ts';
import { parseNetDev } from '../../plugins/linux/proc/net-dev.ts';
import { connect } from '../../plugins/rpc/client.ts';
import { startApiServer, type ApiRequest } from './api-server.ts';
import { folderOf, startContainer, type ContainerStage } from './host-overlay-container.ts';
import { deedsOf, type Deed } from './host-overlay-deeds.ts';
import { digestOf, readOverlay } from './host-overlay-manifest.ts';
import { recordedNode } from './host-overlay-node.ts';
import { describePart } from './host-overlay-recording.ts';
import { apiServerFlags, hostSays, NODE_NAME, type LineProcess } from './host-process.ts';
import { kubectl } from './kubectl.ts';
import { CLUSTER_ENV } from './pod-cluster.ts';
import { POD_NAMESPACE } from './pod-files.ts';

const [name, hostBinary, version, overlay, app = new URL('../..', import.meta.url).pathname] = process.argv.slice(2);
if (name === undefined || hostBinary === undefined || version === undefined || overlay === undefined) {
  throw new Error('usage: host-overlay.ts NAME HOST-BINARY VERSION OVERLAY [APP-FOLDER]');
}
if ([...parseNetDev(readFileSync('/proc/net/dev', 'utf8'), '/proc/net/dev').keys()].join(' ') !== 'lo') throw new Error('needs a network of its own: see test/npd-host/README.md');

const output = new URL(`../npd-host/${name}/overlays/`, import.meta.url).pathname;
const PEEK_EVERY_MS = 2_000;
const NUDGE_MS = 500;
const HOST = 'node-problem-detector';
const MONITORS = ['gpu-monitor', 'host-inspector', 'network-verifier'];
/** What kubelet gives by the downward API. */
const FIELDS: Readonly<Record<string, string>> = { NODE_NAME, POD_NAMESPACE };

const manifest = readOverlay(overlay);
await using node = await recordedNode(hostBinary, app);
const stage: ContainerStage = { ...node, config: manifest.config };
const timeline: Readonly<Record<string, unknown>>[] = [];
const running = new Map<string, LineProcess>();
const told = new Map<string, string>();
let startedAtMs: number | undefined;

function note(what: Readonly<Record<string, unknown>>, atMs = Date.now()): void {
  timeline.push({ atMs, ...what });
  console.log(JSON.stringify(what).slice(0, 300));
}

await using api = await startApiServer(NODE_NAME, noteRequest);

function noteRequest({ atMs, method, url, status, body }: ApiRequest): void {
  const failed = status < 400 ? {} : { status };
  if (url.includes('/status')) note({ patch: (body as { status: { conditions: unknown } }).status.conditions, ...failed }, atMs);
  else if (method === 'POST') note({ event: body, ...failed }, atMs);
  else if (method === 'PATCH') note({ eventPatch: body, of: decodeURIComponent(url.split('/').at(-1) ?? ''), ...failed }, atMs);
  else if (startedAtMs === undefined) {
    startedAtMs = atMs;
    note({ got: 'node' }, atMs);
  }
}

async function start(role: string): Promise<void> {
  const container = manifest.containers.find((one) => one.name === role);
  if (container === undefined) throw new Error(`deploy/${overlay}.yaml has no container ${role}`);
  const more = role === HOST ? apiServerFlags(api.url) : [];
  const env = { ...CLUSTER_ENV, ...container.env, ...Object.fromEntries(Object.entries(FIELDS).filter(([variable]) => variable in container.env)) };
  const started = startContainer(stage, { ...container, env }, more, (line) => {
    const log = role === HOST ? hostSays(line) : remarkable(line);
    if (log !== undefined) note({ log, of: role });
    else if (/^F\d{4}|^panic|^(?![IWE{]\S)/.test(line)) console.error(`${role}: ${line}`);
  });
  if (container.isInit) return note({ ended: role, ...(await started.ended) });
  running.set(role, started);
  void noteUnexpectedEnd(role, started);
}

async function noteUnexpectedEnd(role: string, { ended }: LineProcess): Promise<void> {
  const how = await ended;
  if (running.delete(role)) note({ ended: role, ...how, unexpected: true });
}

/** Plugins log what they do; what they warn of belongs into a recording. */
function remarkable(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  const { level, msg } = JSON.parse(line) as { readonly level: unknown; readonly msg?: string };
  return level === 'warn' || level === 'error' || Number(level) >= 40 ? String(msg).replaceAll(node.folder, '') : undefined;
}

async function end(role: string, signal: NodeJS.Signals): Promise<void> {
  const process = running.get(role);
  running.delete(role);
  process?.child.kill(signal);
  // Closing the real kernel log ends a read that waits for it; here only a record does, after the host has got the signal.
  const nudge = role === HOST ? setInterval(() => node.print('the host is to end'), NUDGE_MS) : undefined;
  note({ ended: role, ...(await process?.ended) });
  clearInterval(nudge);
}

/** Without taking events that are meant for the host. */
async function peek(socket: string): Promise<void> {
  if (!existsSync(socket)) return;
  using client = connect(socket);
  const { source, conditions } = await client.checkHealth({ [PEEK_PARAMETER]: '' }, 0, { timeoutMs: 2_000 });
  const text = JSON.stringify(conditions);
  if (told.get(source) === text) return;
  told.set(source, text);
  note({ told: source, conditions: conditions satisfies readonly Condition[] });
}

async function keepPeeking(signal: AbortSignal): Promise<void> {
  const container = manifest.containers.find((one) => one.name === 'node-plugins');
  const folder = container === undefined ? undefined : folderOf(stage, container, '/var/run/npd');
  while (!signal.aborted) {
    for (const monitor of MONITORS) await peek(join(folder ?? '', `npd-${monitor}.sock`)).catch(() => {});
    await delay(PEEK_EVERY_MS);
  }
}

async function describe(): Promise<void> {
  const { code, stdout, stderr } = await kubectl(api.url, 'describe', 'node', NODE_NAME);
  note({ described: code, ...(stderr === '' ? {} : { stderr }) });
  writeFileSync(join(output, `describe-${overlay}.txt`), nameless(describePart(stdout)));
}

/** What the HTTP ports of all containers say, and which series NPD has. */
async function scrape(): Promise<void> {
  const health: Record<string, string> = {};
  for (const url of ['http://127.0.0.1:20256/healthz', 'http://127.0.0.1:20280/readyz', 'http://127.0.0.1:20281/readyz']) {
    health[url] = await fetch(url).then(async (response) => `${response.status} ${(await response.text()).trim()}`, (error: unknown) => String(error));
  }
  const metrics = await fetch('http://127.0.0.1:20257/metrics').then(async (response) => await response.text());
  const series = metrics.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  note({ health, metrics: [...new Set(series.map((line) => line.replace(/[{ ].*/, '')))].filter((one) => !/^(?:go|promhttp)_/.test(one)), problems: series.filter((line) => line.startsWith('problem_')) });
}

const perform: Readonly<Record<Deed['does'], (what: string) => unknown>> = {
  start,
  SIGTERM: async (role) => await end(role, 'SIGTERM'),
  'kill -9': async (role) => await end(role, 'SIGKILL'),
  memory: (percent) => node.setMemory(Number(percent)),
  'processes killed': (count) => node.setOomKills(Number(count)),
  'row of GPU 0 waits to be remapped': (what) => node.setRemapPending(what === 'yes'),
  'kernel log': (line) => node.print(line),
  'name server of the cluster': async (what) => await node.setNameServer(what === 'answers'),
  'kubectl describe node': describe,
  scrape,
};

mkdirSync(output, { recursive: true });
const peeking = new AbortController();
const peeks = keepPeeking(peeking.signal);
const beganAtMs = Date.now();
for (const { atMinute, does, what = '' } of deedsOf(overlay)) {
  await delay(Math.max(0, beganAtMs + atMinute * 60_000 - Date.now()));
  note({ did: what === '' ? does : `${does}: ${what}` });
  await perform[does](what);
}
peeking.abort();
await peeks;
for (const { child, ended } of running.values()) {
  child.kill('SIGKILL');
  await ended;
}
const zeroMs = startedAtMs ?? beganAtMs;
const lines = timeline.map((entry) => ({ ...entry, atMs: Number(entry['atMs']) - zeroMs })).toSorted((a, b) => a.atMs - b.atMs).map((entry) => `    ${JSON.stringify(entry)}`);
const head = { host: version, overlay, addedFlags: apiServerFlags('http://API-SERVER'), ...digestOf(manifest), startedAtMs: zeroMs };
writeFileSync(join(output, `${overlay}.json`), `${JSON.stringify(head, null, 2).replace(/\n}$/, '')},\n  "timeline": [\n${nameless(lines.join(',\n'))}\n  ]\n}\n`);

/** What the group is called in which the recorder runs, and what else does, is its machine's business. */
function nameless(text: string): string {
  return text.replaceAll(/(most by )[\w.@-]+ \([^)]*\)/g, '$1recorder (node-MainThread, node-problem-de)');
}
