import { quote } from '../core/errors.ts';
import type { MonitorFile } from './config-shape.ts';
import { lineOf, type Finding } from './finding.ts';
import type { Reading } from './go-decode.ts';
import { nanoseconds } from './wrong-type.ts';

type Rule = readonly [path: string, isBroken: boolean, message: string, remedy: string];

const SECOND = 1_000_000_000n;

/** The host's own rules, in its order. It names only the first that is broken; we name all. */
export function checkRules(file: MonitorFile, reading: Reading): void {
  const { plugin, source, pluginConfig, conditions } = file;
  const { invoke_interval, timeout, retryPolicy, healthCheck } = pluginConfig;
  const rules: readonly Rule[] = [
    ['plugin', plugin !== 'external', `must be "external", got ${quote(plugin)}`, 'write "plugin": "external"'],
    ['source', source === '', 'is required', 'name the monitor, e.g. "source": "host-inspector"; it becomes the source of its events'],
    ['pluginConfig.socketAddress', pluginConfig.socketAddress === '', 'is required', 'write the path of the plugin\'s socket, without a scheme'],
    ['pluginConfig.invoke_interval', invoke_interval < SECOND, `must be at least 1 s, got ${spell(invoke_interval)}`, asSeconds(invoke_interval, 30)],
    ['pluginConfig.timeout', timeout < SECOND, `must be at least 1 s, got ${spell(timeout)}`, asSeconds(timeout, 10)],
    ['pluginConfig.timeout', timeout >= SECOND && invoke_interval >= SECOND && timeout >= invoke_interval,
      `must be less than invoke_interval: ${spell(timeout)} against ${spell(invoke_interval)}`, 'lower the timeout or raise the interval'],
    ['pluginConfig.retryPolicy.maxAttempts', retryPolicy.maxAttempts < 1n, `must be at least 1, got ${retryPolicy.maxAttempts}`, 'leave it out for 5'],
    ['pluginConfig.retryPolicy.backoffMultiplier', retryPolicy.backoffMultiplier < 1, `must be at least 1.0, got ${retryPolicy.backoffMultiplier}`, 'leave it out for 2.0'],
    ['pluginConfig.healthCheck.errorThreshold', healthCheck.errorThreshold < 1n, `must be at least 1, got ${healthCheck.errorThreshold}`, 'leave it out for 3'],
    // The host does not check this one: its ticker panics seconds later, and takes all other monitors with it.
    ['pluginConfig.healthCheck.interval', healthCheck.interval < 0n, `is negative (${spell(healthCheck.interval)}): the host panics when it starts the monitor`, 'leave it out for 30 s'],
    ...conditions.flatMap((condition, index) => (['type', 'reason', 'message'] as const).map((key): Rule =>
      [`conditions[${index}].${key}`, condition[key] === '', 'is required', 'give every condition a type, a reason and a message'])),
  ];
  report(rules, reading.errors, reading);
}

/** What the host accepts and its owner cannot have meant. */
export function warnOfTraps(file: MonitorFile, reading: Reading): void {
  const { pluginConfig, conditions } = file;
  const { socketAddress, retryPolicy, healthCheck } = pluginConfig;
  const rules: readonly Rule[] = [
    ...socketRules(socketAddress),
    ['pluginConfig.retryPolicy.initialBackoff', isTiny(retryPolicy.initialBackoff), `is ${spell(retryPolicy.initialBackoff)}: the host reconnects without a pause`, asSeconds(retryPolicy.initialBackoff, 1)],
    ['pluginConfig.retryPolicy.maxBackoff', isTiny(retryPolicy.maxBackoff), `is ${spell(retryPolicy.maxBackoff)}: the host reconnects without a pause`, asSeconds(retryPolicy.maxBackoff, 300)],
    ['pluginConfig.healthCheck.interval', healthCheck.interval >= 0n && isTiny(healthCheck.interval), `is ${spell(healthCheck.interval)}: the host looks at the connection without a pause`, asSeconds(healthCheck.interval, 30)],
    ...conditions.map(({ type }, index): Rule => [`conditions[${index}].type`, type !== '' && conditions.findIndex((other) => other.type === type) < index,
      `the type ${quote(type)} stands here twice; only the last one is published`, 'remove one of them']),
  ];
  report(rules, reading.warnings, reading);
}

/** `sun_path` holds 108 bytes with the closing zero, see unix(7). */
const LONGEST_SOCKET_PATH_BYTES = 107;

function socketRules(address: string): readonly Rule[] {
  const path = 'pluginConfig.socketAddress';
  const hasScheme = /^[a-z-]+:/i.test(address);
  return [
    [path, hasScheme, `${quote(address)} has a scheme; the host puts unix:// before it and never connects`, 'write the path only'],
    [path, address !== '' && !hasScheme && !address.startsWith('/'), `${quote(address)} is no absolute path; the host takes its first part for a host name and never connects`, 'begin it with /'],
    [path, /[%?#]/.test(address), `${quote(address)} holds one of % ? #, which mean something else in the address that the host makes of it`, 'choose a path without them'],
    [path, Buffer.byteLength(address) > LONGEST_SOCKET_PATH_BYTES, `is ${Buffer.byteLength(address)} bytes long; a Unix socket's path has at most ${LONGEST_SOCKET_PATH_BYTES}`, 'choose a shorter path'],
  ];
}

function report(rules: readonly Rule[], into: Finding[], reading: Reading): void {
  for (const [path, isBroken, message, remedy] of rules) {
    const hasFinding = reading.errors.some((error) => error.path === path);
    if (isBroken && !hasFinding) into.push({ path, line: lineOf(path, reading.lines), message, remedy });
  }
}

/** Seconds, milliseconds or nanoseconds, whichever is whole. */
function spell(duration: bigint): string {
  if (duration % SECOND === 0n) return `${duration / SECOND} s`;
  return duration % 1_000_000n === 0n ? `${duration / 1_000_000n} ms` : `${duration} ns`;
}

/** Nobody means less than a millisecond: the number was given in seconds or milliseconds. */
function isTiny(duration: bigint): boolean {
  return duration < 1_000_000n;
}

/** A small number was most likely meant in seconds. */
function asSeconds(duration: bigint, usualSeconds: number): string {
  const isMeantInSeconds = duration > 0n && duration <= 3_600n;
  const seconds = isMeantInSeconds ? Number(duration) : usualSeconds;
  return `durations are nanoseconds: write ${nanoseconds(seconds * 1_000)} for ${seconds} s`;
}
