/**
 * The host's configuration of one monitor (`--config.external-monitor=a.json,b.json`), read as the host reads it: what makes
 * the host end at its start is an error, what it passes over in silence and regrets later is a warning.
 */
import type { Finding } from './finding.ts';
import { checkRules, warnOfTraps } from './config-rules.ts';
import { decode, type Reading } from './go-decode.ts';
import { JsonSyntaxError, parseJson, type JsonNode } from './json.ts';
import { meantForAnother } from './other-monitor.ts';
import { MONITOR_SHAPE, withDefaults, type MonitorFile } from './config-shape.ts';

/** A configuration that the host accepts, with its defaults filled in. */
export interface HostConfig {
  readonly source: string;
  /** Path of the Unix socket. */
  readonly socketAddress: string;
  readonly invokeIntervalMs: number;
  readonly timeoutMs: number;
  readonly skipInitialStatus: boolean;
  readonly retryPolicy: RetryPolicy;
  readonly healthCheck: HealthCheck;
  /** Sent with every CheckHealth. */
  readonly pluginParameters: Readonly<Record<string, string>>;
  /** Published with status False when the host starts, unless `skipInitialStatus`. */
  readonly conditions: readonly InitialCondition[];
}

interface RetryPolicy {
  readonly maxAttempts: number;
  readonly backoffMultiplier: number;
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
}

interface HealthCheck {
  readonly intervalMs: number;
  /** Poll errors in a row after which the host reconnects. */
  readonly errorThreshold: number;
}

interface InitialCondition {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

export interface ConfigReport {
  /** Absent when there are errors. */
  readonly config?: HostConfig;
  /** The host would not start, or panic. */
  readonly errors: readonly Finding[];
  /** The host would start, and do what its owner did not mean. */
  readonly warnings: readonly Finding[];
}

/** Reads and checks the text of one configuration file. Never throws: what is wrong with it is in the report. */
export function readHostConfig(text: string): ConfigReport {
  return readWithLines(text, new Map());
}

/** The same; `lines` is filled with the line of every value, by path. */
export function readWithLines(text: string, lines: Map<string, number>): ConfigReport {
  let document: JsonNode;
  try {
    document = parseJson(text);
  } catch (thrown) {
    if (!(thrown instanceof JsonSyntaxError)) throw thrown;
    return { errors: [syntaxFinding(text, thrown)], warnings: [] };
  }
  const another = meantForAnother(document);
  if (another !== undefined) return { errors: [another], warnings: [] };
  const reading: Reading = { errors: [], warnings: [], lines };
  const file = withDefaults(decode(document, MONITOR_SHAPE, reading));
  checkRules(file, reading);
  warnOfTraps(file, reading);
  const { errors, warnings } = reading;
  return errors.length > 0 ? { errors: inOrder(errors), warnings: inOrder(warnings) } : { config: toConfig(file), errors, warnings: inOrder(warnings) };
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => a.line - b.line);
}

function syntaxFinding(text: string, { line, message }: JsonSyntaxError): Finding {
  return { path: '', line, message: `not JSON: ${message}`, remedy: syntaxRemedy(text) };
}

function syntaxRemedy(text: string): string {
  if (text.trim() === '') return 'the file is empty; write a configuration';
  if (text.startsWith('\uFEFF')) return 'save it without a byte order mark';
  return 'write strict JSON: no comments, no trailing commas, double quotes';
}

function toConfig({ source, pluginConfig, conditions }: MonitorFile): HostConfig {
  const { retryPolicy, healthCheck } = pluginConfig;
  return {
    source,
    socketAddress: pluginConfig.socketAddress,
    invokeIntervalMs: toMs(pluginConfig.invoke_interval),
    timeoutMs: toMs(pluginConfig.timeout),
    skipInitialStatus: pluginConfig.skip_initial_status,
    retryPolicy: {
      maxAttempts: Number(retryPolicy.maxAttempts),
      backoffMultiplier: retryPolicy.backoffMultiplier,
      initialBackoffMs: toMs(retryPolicy.initialBackoff),
      maxBackoffMs: toMs(retryPolicy.maxBackoff),
    },
    healthCheck: { intervalMs: toMs(healthCheck.interval), errorThreshold: Number(healthCheck.errorThreshold) },
    pluginParameters: pluginConfig.pluginParameters,
    conditions: conditions.map(({ type, reason, message }) => ({ type, reason, message })),
  };
}

function toMs(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1e6;
}
