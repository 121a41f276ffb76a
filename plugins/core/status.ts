/** What a monitor tells whoever polls it. The wire form of the same is made in `rpc` and nowhere else. */
export interface MonitorStatus {
  /** Name of the monitor; becomes `source.component` of Kubernetes events. */
  readonly source: string;
  readonly events: readonly MonitorEvent[];
  /** The same types in the same order for the whole life of the process. */
  readonly conditions: readonly Condition[];
}

/** `True` means the problem is there (NPD's sense), except for the few positive roll-ups. */
export type ConditionStatus = 'True' | 'False' | 'Unknown';

export interface Condition {
  readonly type: string;
  readonly status: ConditionStatus;
  /** When the status last changed, milliseconds since 1970. */
  readonly transitionMs: number;
  readonly reason: string;
  readonly message: string;
}

export type Severity = 'info' | 'warn';

export interface MonitorEvent {
  readonly severity: Severity;
  /** Milliseconds since 1970. */
  readonly timestampMs: number;
  readonly reason: string;
  /** Holds no `%`: the host program uses it as a Go format string. */
  readonly message: string;
}

/** What a monitor says of itself after each (re)connect. */
export interface MonitorMetadata {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly supportedConditions: readonly string[];
  readonly capabilities: Readonly<Record<string, string>>;
  readonly apiVersion: string;
}

/** One answer to a poll. */
export interface Answer {
  readonly status: MonitorStatus;
  /** To be called once a reply with events was read by whoever polled: only then are they gone. Without events it does nothing. */
  readonly delivered: () => void;
}

/** What `rpc` serves; a monitor knows nothing of gRPC. */
export interface Monitor {
  readonly metadata: MonitorMetadata;
  /** Answers at once from what is known; never samples, never waits, never throws. */
  readonly checkHealth: (parameters: Readonly<Record<string, string>>) => Answer;
  /** NPD says goodbye; what follows from it (stay or exit) is the decision of whoever made the monitor. */
  readonly stop: () => void;
}

/** Poll parameters that begin with this are ours and never thresholds. */
export const RESERVED_PARAMETER_PREFIX = 'npd-plugins/';

/** With this parameter a poll leaves the event queue and the thresholds alone. */
export const PEEK_PARAMETER = 'npd-plugins/peek';
