import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startApiServer } from './api-server.ts';
import { hostFlags, hostSays, startProcess } from './host-process.ts';

/** What the host made of one or several configuration files. */
export interface ConfigurationCase {
  readonly name: string;
  readonly files: readonly string[];
  /** `started`, or how the process ended before 3.5 s were over. */
  readonly outcome: 'started' | 'fatal' | 'panic';
  /** The last words of a host that ended. */
  readonly says?: string;
  /** What a host that started said of its plugin, which was not there. */
  readonly log?: readonly string[];
}

const GOOD = {
  plugin: 'external',
  source: 'scripted',
  pluginConfig: { socketAddress: '/run/npd-recording/none.sock', invoke_interval: 3_000_000_000, timeout: 1_000_000_000 },
  conditions: [{ type: 'DiskSick', reason: 'DiskIsWell', message: 'disk is well' }],
};

type Fields = Readonly<Record<string, unknown>>;

function file(more: Fields): string {
  return JSON.stringify({ ...GOOD, ...more });
}

function plugin(more: Fields): string {
  return file({ pluginConfig: { ...GOOD.pluginConfig, ...more } });
}

/** Replaces a text that JSON.stringify cannot write: floats such as 1e9, or what is no JSON at all. */
function literal(key: string, text: string): string {
  return plugin({ [key]: 'LITERAL' }).replace('"LITERAL"', text);
}

const CONDITION = { type: 'DiskSick', reason: 'DiskIsWell', message: 'disk is well' };

const CASES: readonly (readonly [string, ...string[]])[] = [
  ['good', file({})],
  ['only what is required', '{"plugin":"external","source":"s","pluginConfig":{"socketAddress":"/run/npd-recording/none.sock"}}'],
  ['zero durations and counts mean defaults', plugin({ invoke_interval: 0, timeout: 0, retryPolicy: { maxAttempts: 0, backoffMultiplier: 0, initialBackoff: 0, maxBackoff: 0 }, healthCheck: { interval: 0, timeout: 0, errorThreshold: 0 } })],
  ['unknown keys', plugin({ socketPath: '/a', grpcTimeout: '5s', reconnectInterval: '1s', maxReconnectAttempts: 3 }).replace('{', '{"rules":[],"nonsense":{"a":1},')],
  ['string interval', plugin({ invoke_interval: '30s' })],
  ['string timeout', plugin({ timeout: '10s' })],
  ['string initialBackoff', plugin({ retryPolicy: { initialBackoff: '1s' } })],
  ['string health check interval', plugin({ healthCheck: { interval: '30s' } })],
  ['two wrong types: the first is named', plugin({ timeout: '10s', invoke_interval: true })],
  ['no socketAddress', file({ pluginConfig: {} })],
  ['no pluginConfig', '{"plugin":"external","source":"s"}'],
  ['socketPath only', file({ pluginConfig: { socketPath: '/run/npd-recording/none.sock' } })],
  ['no source', '{"plugin":"external","pluginConfig":{"socketAddress":"/a.sock"}}'],
  ['no plugin', '{"source":"s","pluginConfig":{"socketAddress":"/a.sock"}}'],
  ['plugin custom', file({ plugin: 'custom' })],
  ['plugin External', file({ plugin: 'External' })],
  ['interval 30', plugin({ invoke_interval: 30 })],
  ['interval negative', plugin({ invoke_interval: -1 })],
  ['interval just below 1 s', plugin({ invoke_interval: 999_999_999 })],
  ['timeout 10', plugin({ timeout: 10 })],
  ['timeout negative', plugin({ timeout: -1_000_000_000 })],
  ['timeout equals interval', plugin({ timeout: 3_000_000_000 })],
  ['timeout over interval', plugin({ timeout: 4_000_000_000 })],
  ['interval below the default timeout', plugin({ invoke_interval: 5_000_000_000, timeout: 0 })],
  ['timeout over the default interval', plugin({ invoke_interval: 0, timeout: 60_000_000_000 })],
  ['interval 3e9', literal('invoke_interval', '3e9')],
  ['interval 3000000000.0', literal('invoke_interval', '3000000000.0')],
  ['interval beyond int64', literal('invoke_interval', '9223372036854775808')],
  ['interval the largest int64', literal('invoke_interval', '9223372036854775807')],
  ['interval null', plugin({ invoke_interval: null })],
  ['interval with a leading zero', literal('invoke_interval', '03000000000')],
  ['interval -0', literal('invoke_interval', '-0')],
  ['interval a list', plugin({ invoke_interval: [3_000_000_000] })],
  ['skip_initial_status a string', plugin({ skip_initial_status: 'true' })],
  ['skip_initial_status 1', plugin({ skip_initial_status: 1 })],
  ['skip_initial_status null', plugin({ skip_initial_status: null })],
  ['metricsReporting a string', file({ metricsReporting: 'yes' })],
  ['maxAttempts negative', plugin({ retryPolicy: { maxAttempts: -1 } })],
  ['maxAttempts 2.5', plugin({ retryPolicy: { maxAttempts: 2.5 } })],
  ['backoffMultiplier 0.5', plugin({ retryPolicy: { backoffMultiplier: 0.5 } })],
  ['backoffMultiplier 1', plugin({ retryPolicy: { backoffMultiplier: 1 } })],
  ['backoffMultiplier 1e999', literal('retryPolicy', '{"backoffMultiplier":1e999}')],
  ['initialBackoff negative', plugin({ retryPolicy: { initialBackoff: -1 } })],
  ['maxBackoff negative', plugin({ retryPolicy: { maxBackoff: -1 } })],
  ['retryPolicy null', plugin({ retryPolicy: null })],
  ['retryPolicy a list', plugin({ retryPolicy: [] })],
  ['errorThreshold negative', plugin({ healthCheck: { errorThreshold: -1 } })],
  ['health check interval negative', plugin({ healthCheck: { interval: -1 } })],
  ['health check interval 1 ns', plugin({ healthCheck: { interval: 1 } })],
  ['health check timeout negative', plugin({ healthCheck: { timeout: -1 } })],
  ['pluginParameters', plugin({ pluginParameters: { temperature_threshold: '85' } })],
  ['pluginParameters with a number', plugin({ pluginParameters: { temperature_threshold: 85 } })],
  ['pluginParameters with null', plugin({ pluginParameters: { temperature_threshold: null } })],
  ['pluginParameters null', plugin({ pluginParameters: null })],
  ['pluginParameters a list', plugin({ pluginParameters: [] })],
  ['condition without type', file({ conditions: [CONDITION, { reason: 'A', message: 'a' }] })],
  ['condition with empty reason', file({ conditions: [{ ...CONDITION, reason: '' }] })],
  ['condition without message', file({ conditions: [{ type: 'A', reason: 'A' }] })],
  ['condition null', file({ conditions: [null] })],
  ['conditions null', file({ conditions: null })],
  ['conditions an object', file({ conditions: CONDITION })],
  ['conditions empty', file({ conditions: [] })],
  ['one type twice', file({ conditions: [CONDITION, { ...CONDITION, reason: 'Other' }] })],
  ['a type with a space', file({ conditions: [{ ...CONDITION, type: 'Disk Sick' }] })],
  ['empty file', ''],
  ['white space only', ' \n\t'],
  ['null', 'null'],
  ['a list', '[]'],
  ['a string', '"external"'],
  ['a trailing comma', '{"plugin":"external",}'],
  ['a comment', '// npd\n{}'],
  ['single quotes', "{'plugin':'external'}"],
  ['cut off', '{"plugin":"external"'],
  ['two documents', `${file({})}\n${file({})}`],
  ['a byte order mark', `\uFEFF${file({})}`],
  ['a raw newline in a string', file({}).replace('disk is well', 'disk\nis well')],
  ['a bad escape', file({}).replace('disk is well', 'disk \\x well')],
  ['a lone surrogate', file({}).replace('disk is well', 'disk \\ud800 well')],
  ['keys in other case', file({}).replace('socketAddress', 'SOCKETADDRESS').replace('"source"', '"Source"').replace('invoke_interval', 'Invoke_Interval')],
  ['keys with a Kelvin sign and a long s', file({}).replace('socketAddress', '\u017Foc\u212AetAddre\u017F\u017F')],
  ['a key twice: the last counts', file({}).replace('{', '{"plugin":"custom",')],
  ['a key twice in two cases: the last counts', file({}).replace('{', '{"PLUGIN":"custom",')],
  ['an object twice: both count', file({}).replace('{', '{"pluginConfig":{"timeout":4000000000},')],
  ['a list twice: mixed', file({}).replace(/}$/, ',"conditions":[{"type":"Other"}]}')],
  ['the wrong type twice: one of them right', file({}).replace('{', '{"source":1,')],
  ['a relative socketAddress', plugin({ socketAddress: 'none.sock' })],
  ['a socketAddress with a scheme', plugin({ socketAddress: 'unix:///run/npd-recording/none.sock' })],
  ['a socketAddress with a question mark', plugin({ socketAddress: '/run/npd-recording/none.sock?x' })],
  ['a socketAddress with a percent sign', plugin({ socketAddress: '/run/npd-recording/no%ne.sock' })],
  ['a socketAddress with a space', plugin({ socketAddress: '/run/npd-recording/no ne.sock' })],
  ['a socketAddress that is too long', plugin({ socketAddress: `/run/npd-recording/${'n'.repeat(100)}.sock` })],
  ['two files', file({}), file({ source: 'other', pluginConfig: { ...GOOD.pluginConfig, socketAddress: '/run/npd-recording/other.sock' }, conditions: [{ ...CONDITION, type: 'Other' }] })],
  ['two files with one condition type', file({}), file({ pluginConfig: { ...GOOD.pluginConfig, socketAddress: '/run/npd-recording/other.sock' } })],
  ['two files with one socket', file({}), file({ source: 'other', conditions: [{ ...CONDITION, type: 'Other' }] })],
];

const AT_ONCE = 6;

/** Starts the host program once for each configuration, without a plugin. */
export async function recordConfigurations(hostBinary: string): Promise<readonly ConfigurationCase[]> {
  const results: ConfigurationCase[] = [];
  const pending = CASES.map((one, index) => ({ one, index }));
  const worker = async (): Promise<void> => {
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      const [name, ...files] = next.one;
      results[next.index] = await recordOne(hostBinary, name, files);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

async function recordOne(hostBinary: string, name: string, files: readonly string[]): Promise<ConfigurationCase> {
  const folder = await mkdtemp(join(tmpdir(), 'npd-host-'));
  const paths = files.map((_, index) => join(folder, `${index}.json`));
  for (const [index, text] of files.entries()) await writeFile(paths[index] ?? '', text);
  await using api = await startApiServer('recorded-node');
  const lines: string[] = [];
  const log = new Set<string>();
  const host = startProcess(hostBinary, hostFlags(api.url, paths), (line) => {
    lines.push(line);
    const words = hostSays(line);
    if (words !== undefined) log.add(words.replaceAll(folder, ''));
  });
  const hasStarted = await Promise.race([delay(3_500, true), host.ended.then(() => false)]);
  host.child.kill('SIGKILL');
  await host.ended;
  await rm(folder, { recursive: true });
  if (hasStarted) return { name, files, outcome: 'started', log: [...log] };
  const lastWords = lines.find((line) => /^F\d{4} /.test(line));
  const panic = lines.find((line) => line.startsWith('panic: '));
  if (panic !== undefined) return { name, files, outcome: 'panic', says: panic.slice('panic: '.length) };
  return { name, files, outcome: 'fatal', says: essence(lastWords ?? lines.at(-1) ?? '', folder) };
}

/** The host's own sentence without time stamp, source line, wrapping and path. */
function essence(line: string, folder: string): string {
  return line
    .replace(/^F\d{4} \S+ +\d+ \S+\] /, '')
    .replaceAll(`${folder}/`, '')
    .replace(/^Failed to load external monitor configuration from \S+: failed to parse configuration: /, '')
    .replace(/^Invalid external monitor configuration: /, '');
}
