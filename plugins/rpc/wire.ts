import { ParseError, messageOf } from '../core/errors.ts';
import type { Condition, ConditionStatus, MonitorEvent, MonitorMetadata, MonitorStatus, Severity } from '../core/status.ts';
import { npd, type google } from './generated/messages.js';

/** Core types to the bytes of npd.external.v1 and back. Nothing else in the project knows the wire's enums. */

const wire = npd.external.v1;

const CONDITION_STATUS = {
  True: wire.ConditionStatus.CONDITION_STATUS_TRUE,
  False: wire.ConditionStatus.CONDITION_STATUS_FALSE,
  Unknown: wire.ConditionStatus.CONDITION_STATUS_UNKNOWN,
} as const satisfies Record<ConditionStatus, number>;

const SEVERITY = {
  info: wire.Severity.SEVERITY_INFO,
  warn: wire.Severity.SEVERITY_WARN,
} as const satisfies Record<Severity, number>;

/** More than any configuration needs, few enough that a hostile poll costs nothing. */
const MOST_PARAMETERS = 256;

export interface HealthCheckRequest {
  readonly parameters: Readonly<Record<string, string>>;
  /** Counts the polls of one host process; only for logs. */
  readonly sequence: bigint;
}

/** The bytes of a poll's request (npd.external.v1.HealthCheckRequest); any number of parameters, though a server of ours takes 256. */
export function encodeRequest({ parameters, sequence }: HealthCheckRequest): Buffer {
  // The writer takes decimal text for an int64; its types do not say so.
  const message = { parameters: { ...parameters }, sequence: sequence.toString() as unknown as number };
  return Buffer.from(wire.HealthCheckRequest.encode(message).finish());
}

/** Throws ParseError for what is no HealthCheckRequest or carries too many parameters. */
export function decodeRequest(bytes: Uint8Array): HealthCheckRequest {
  const message = decoded('HealthCheckRequest', bytes, (reader) => wire.HealthCheckRequest.decode(reader));
  const parameters = Object.entries(message.parameters);
  if (parameters.length > MOST_PARAMETERS) {
    throw new ParseError('HealthCheckRequest.parameters', `at most ${MOST_PARAMETERS} entries`, String(parameters.length));
  }
  return { parameters: Object.fromEntries(parameters), sequence: BigInt(message.sequence.toString()) };
}

/** The bytes of a reply (npd.external.v1.Status). Throws ParseError for a time in ms since 1970 beyond the range of Date. */
export function encodeStatus({ source, events, conditions }: MonitorStatus): Buffer {
  const message = { source, events: events.map(eventToWire), conditions: conditions.map(conditionToWire) };
  return Buffer.from(wire.Status.encode(message).finish());
}

/**
 * What a poll answered, as the host program reads it: a missing time is 1970, an unspecified status `Unknown`, an
 * unspecified severity `info`. Throws ParseError for what is no Status.
 */
export function decodeStatus(bytes: Uint8Array): MonitorStatus {
  const { source, events, conditions } = decoded('Status', bytes, (reader) => wire.Status.decode(reader));
  return { source, events: events.map(eventFromWire), conditions: conditions.map(conditionFromWire) };
}

/** The bytes of what a monitor says of itself (npd.external.v1.MonitorMetadata). */
export function encodeMetadata(metadata: MonitorMetadata): Buffer {
  const message = { ...metadata, supportedConditions: [...metadata.supportedConditions], capabilities: { ...metadata.capabilities } };
  return Buffer.from(wire.MonitorMetadata.encode(message).finish());
}

/** Throws ParseError for what is no MonitorMetadata. */
export function decodeMetadata(bytes: Uint8Array): MonitorMetadata {
  const message = decoded('MonitorMetadata', bytes, (reader) => wire.MonitorMetadata.decode(reader));
  const { name, version, description, supportedConditions, capabilities, apiVersion } = message;
  return { name, version, description, supportedConditions: [...supportedConditions], capabilities: { ...capabilities }, apiVersion };
}

function eventToWire({ severity, timestampMs, reason, message }: MonitorEvent): npd.external.v1.IEvent {
  return { severity: SEVERITY[severity], timestamp: timeToWire(timestampMs), reason, message };
}

function conditionToWire({ type, status, transitionMs, reason, message }: Condition): npd.external.v1.ICondition {
  return { type, status: CONDITION_STATUS[status], transition: timeToWire(transitionMs), reason, message };
}

function eventFromWire({ severity, timestamp, reason, message }: npd.external.v1.IEvent): MonitorEvent {
  return {
    severity: severity === SEVERITY.warn ? 'warn' : 'info',
    timestampMs: timeFromWire('Event.timestamp', timestamp),
    reason: reason ?? '',
    message: message ?? '',
  };
}

function conditionFromWire({ type, status, transition, reason, message }: npd.external.v1.ICondition): Condition {
  return {
    type: type ?? '',
    status: statusFromWire(status),
    transitionMs: timeFromWire('Condition.transition', transition),
    reason: reason ?? '',
    message: message ?? '',
  };
}

/** Values that a newer contract may add are as good as unspecified. */
function statusFromWire(status: number | null | undefined): ConditionStatus {
  if (status === CONDITION_STATUS.True) return 'True';
  return status === CONDITION_STATUS.False ? 'False' : 'Unknown';
}

/** google.protobuf.Timestamp: whole seconds since 1970 and nanoseconds that count forward, also before 1970. */
function timeToWire(milliseconds: number): { seconds: number; nanos: number } {
  if (!isTime(milliseconds)) throw new ParseError('timestamp', 'milliseconds within the range of Date', String(milliseconds));
  const seconds = Math.floor(milliseconds / 1_000);
  return { seconds, nanos: Math.floor((milliseconds - seconds * 1_000) * 1_000_000) };
}

function timeFromWire(where: string, time: google.protobuf.ITimestamp | null | undefined): number {
  if (time === null || time === undefined) return 0;
  const seconds = Number(time.seconds ?? 0);
  const milliseconds = seconds * 1_000 + Math.floor((time.nanos ?? 0) / 1_000_000);
  if (!isTime(milliseconds)) throw new ParseError(where, 'a time within the range of Date', String(seconds));
  return milliseconds;
}

function isTime(milliseconds: number): boolean {
  return !Number.isNaN(new Date(milliseconds).getTime());
}

function decoded<T>(what: string, bytes: Uint8Array, decode: (bytes: Uint8Array) => T): T {
  try {
    return decode(bytes);
  } catch (cause) {
    throw new ParseError(`npd.external.v1.${what}`, 'a protobuf message', messageOf(cause), { cause });
  }
}
