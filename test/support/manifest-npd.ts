import { isRecord } from '../../plugins/core/decode.ts';
import { CONDITION_SCRIPT_NAME, statusFileNameOf } from '../../plugins/npd/bridge-names.ts';
import { type Manifest, type PlacedContainer, configText, containersOf, placeOf } from './manifest-objects.ts';
import { type ServedMonitor, programOrProblem } from './manifest-program.ts';

/** Flags of NPD 1.34 to 1.36, by AddFlags in cmd/options/options.go, the problem daemons it registers and klog; the deprecated ones left out. */
const NPD_FLAGS: ReadonlySet<string> = new Set([
  'enable-k8s-exporter', 'event-namespace', 'apiserver-override', 'apiserver-wait-timeout', 'apiserver-wait-interval', 'k8s-exporter-heartbeat-period',
  'k8s-exporter-write-events', 'k8s-exporter-update-node-conditions', 'version', 'hostname-override', 'port', 'address', 'prometheus-port',
  'prometheus-address', 'kube-api-qps', 'kube-api-burst', 'exporter.stackdriver', 'config.system-log-monitor', 'config.custom-plugin-monitor',
  'config.system-stats-monitor', 'logtostderr', 'v', 'vmodule',
]);

/** What npd-ext adds, in its pkg/externalmonitor. */
const EXTENSION_FLAGS: ReadonlySet<string> = new Set(['config.external-monitor']);

/** By what a released image is told: its flags are those above alone. */
const RELEASED = 'registry.k8s.io/node-problem-detector/';

interface Served extends ServedMonitor {
  readonly placed: PlacedContainer;
}

/** What is wrong between the arguments of NPD, the files that they name and the plugins that serve beside it. */
export async function npdProblems(objects: Manifest): Promise<readonly string[]> {
  const containers = containersOf(objects);
  const served = (await Promise.all(containers.map(async (placed): Promise<readonly Served[]> => {
    const read = await programOrProblem(placed);
    return 'problem' in read ? [] : read.program.monitors.map((one) => ({ ...one, placed }));
  }))).flat();
  const hosts = containers.filter(({ container }) => container.name === 'node-problem-detector');
  return [
    ...hosts.flatMap((host) => [...flagProblems(host), ...fileProblems(objects, host, served)]),
    ...served.flatMap((one, index) => servedTwice(one, served.slice(0, index))),
    ...served.flatMap((one) => (isPolled(objects, hosts, one) ? [] : [`${one.placed.where}: NPD reads nothing of ${one.monitor}`])),
  ];
}

/** Of two on one path the later takes it from the other. */
function servedTwice(one: Served, before: readonly Served[]): readonly string[] {
  const other = before.find(({ placed, socket }) => placeOf(placed, socket) === placeOf(one.placed, one.socket));
  return other === undefined ? [] : [`${one.placed.where}: serves ${one.socket}, as ${other.placed.where} does`];
}

function flagProblems({ container, where }: PlacedContainer): readonly string[] {
  const isReleased = container.image?.startsWith(RELEASED) === true;
  // The entrypoint of the released image brings a --config.system-log-monitor, to which ours would be added.
  const entry = container.command?.join(' ') === '/node-problem-detector' ? [] : [`${where}: command must be /node-problem-detector alone, flags of the image's entrypoint add up with ours`];
  const unknown = (container.args ?? []).flatMap((arg) => {
    const name = /^--([^=]+)/.exec(arg)?.[1] ?? '';
    return NPD_FLAGS.has(name) || (!isReleased && EXTENSION_FLAGS.has(name)) ? [] : [`${where}: ${container.image} knows no ${arg}`];
  });
  return [...entry, ...unknown];
}

interface ConfigFile {
  readonly kind: string;
  readonly path: string;
  /** Undefined if it is not in the ConfigMap, or no JSON object. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

function configFiles(objects: Manifest, host: PlacedContainer): readonly ConfigFile[] {
  return (host.container.args ?? []).flatMap((arg) => {
    const [, kind = '', paths] = /^--config\.([\w-]+)=(.*)$/.exec(arg) ?? [];
    return paths === undefined ? [] : paths.split(',').map((path) => ({ kind, path, json: parsed(configText(objects, host, path)) }));
  });
}

function parsed(text: string | undefined): ConfigFile['json'] {
  const value: unknown = text === undefined ? undefined : JSON.parse(text);
  return isRecord(value) ? value : undefined;
}

function fileProblems(objects: Manifest, host: PlacedContainer, served: readonly Served[]): readonly string[] {
  const files = configFiles(objects, host);
  const problems = files.flatMap((file) => {
    const { kind, path, json } = file;
    if (json === undefined) return [`${host.where}: ${path} is not in the ConfigMap`];
    if (kind === 'external-monitor') return externalProblems(host, file, served);
    return kind === 'custom-plugin-monitor' ? customProblems(host, file, served) : [];
  });
  const types = files.flatMap(({ path, json }) => conditionTypes(json).map((type) => ({ type, path })));
  const twice = types.filter(({ type }, index) => types.findIndex((other) => other.type === type) < index);
  return [...problems, ...twice.map(({ type, path }) => `${host.where}: ${path} writes ${type}, which another file writes too`)];
}

function conditionTypes(json: ConfigFile['json']): readonly string[] {
  return records(json?.['conditions']).map((condition) => String(condition['type']));
}

function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function externalProblems(host: PlacedContainer, { path, json }: ConfigFile, served: readonly Served[]): readonly string[] {
  const socket = socketOf(json);
  const place = placeOf(host, socket);
  const plugin = served.find((one) => place !== undefined && placeOf(one.placed, one.socket) === place);
  if (plugin === undefined) return [`${host.where}: ${path}: nobody serves ${socket}`];
  return unreported(host, path, conditionTypes(json), plugin);
}

function socketOf(json: ConfigFile['json']): string {
  const config = json?.['pluginConfig'];
  return isRecord(config) ? String(config['socketAddress']) : '';
}

function unreported({ where }: PlacedContainer, path: string, types: readonly string[], { monitor, conditions }: ServedMonitor): readonly string[] {
  return types.filter((type) => !conditions.includes(type)).map((type) => `${where}: ${path}: ${monitor} reports no ${type}`);
}

/** Each rule runs the script of the bridge, where a plugin puts it and only root can, on the status file of one plugin. */
function customProblems(host: PlacedContainer, { path, json }: ConfigFile, served: readonly Served[]): readonly string[] {
  const conditions = conditionTypes(json);
  return records(json?.['rules']).flatMap((rule) => {
    const [script = '', status = '', type = ''] = Array.isArray(rule['args']) ? rule['args'].map(String) : [];
    const plugin = served.find((one) => isStatusFileOf(host, status, one));
    if (plugin === undefined) return [`${host.where}: ${path}: nobody writes ${status}`];
    const problems = isScriptOfRoot(host, script, served) ? [] : [`${host.where}: ${path}: no plugin of root alone puts a script at ${script}`];
    const same = rule['condition'] === type && conditions.includes(type) ? [] : [`${host.where}: ${path}: a rule asks for ${type}, for the condition ${String(rule['condition'])}`];
    return [...problems, ...same, ...unreported(host, path, [type], plugin)];
  });
}

/** NPD is privileged: whoever may write where its script lies has all its rights. */
function isScriptOfRoot(host: PlacedContainer, script: string, served: readonly Served[]): boolean {
  const place = placeOf(host, script);
  const putBy = served.find(({ placed, statusDir }) => place !== undefined && statusDir !== undefined && placeOf(placed, `${statusDir}/${CONDITION_SCRIPT_NAME}`) === place);
  if (place === undefined || putBy === undefined || putBy.placed.container.securityContext?.runAsUser !== 0) return false;
  const writes = ({ placed }: Served): boolean => (placed.container.volumeMounts ?? []).some(({ mountPath, readOnly }) => readOnly !== true && place.startsWith(`${placeOf(placed, mountPath)}/`));
  return served.filter(writes).every(({ placed }) => placed.container.securityContext?.runAsUser === 0);
}

function isStatusFileOf(host: PlacedContainer, status: string, { placed, statusDir, monitor }: Served): boolean {
  if (statusDir === undefined) return false;
  const place = placeOf(host, status);
  return place !== undefined && place === placeOf(placed, `${statusDir}/${statusFileNameOf(monitor)}`);
}

/** Whether some file that NPD reads is about this plugin: a container that nobody asks costs memory for nothing. */
function isPolled(objects: Manifest, hosts: readonly PlacedContainer[], one: Served): boolean {
  return hosts.some((host) => configFiles(objects, host).some(({ kind, json }) => {
    if (kind === 'external-monitor') return placeOf(host, socketOf(json)) === placeOf(one.placed, one.socket);
    return kind === 'custom-plugin-monitor' && records(json?.['rules']).some((rule) => Array.isArray(rule['args']) && isStatusFileOf(host, String(rule['args'][1]), one));
  }));
}
