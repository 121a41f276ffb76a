/**
 * How one attempt over the network went wrong, as finely as the other side let us see; each condition has a reason for it.
 * `timeout`: no connection in time. `silent`: a connection, and no answer in time. `reset`: cut off before a whole answer.
 */
export type Fault =
  | 'timeout' | 'refused' | 'unreachable' | 'reset' | 'silent' | 'malformed'
  /** The name of the other side has no address. */
  | 'not-resolved'
  /** A certificate of a stranger, out of its time, or of another name; anything else about TLS. */
  | 'untrusted' | 'expired' | 'wrong-name' | 'tls'
  /** HTTP: 401, 403, 429, 5xx, any other that was not expected. */
  | 'unauthorized' | 'forbidden' | 'throttled' | 'server-error' | 'unexpected-status'
  /** DNS: return codes REFUSED, SERVFAIL (and all others), NXDOMAIN; an answer that cannot be right. */
  | 'rcode-refused' | 'server-failure' | 'name-not-found' | 'wrong-answer';

/** What came of one attempt. `message` is one byte-stable line without live numbers, e.g. `connection refused`. */
export type Outcome<T> = Reached<T> | Failed | Local;

export interface Reached<T> {
  readonly kind: 'ok';
  readonly tookMs: number;
  readonly value: T;
}

export interface Failed {
  readonly kind: 'failed';
  readonly fault: Fault;
  readonly message: string;
  readonly tookMs: number;
  readonly cause?: unknown;
}

/** It failed here and tells nothing of the network: no file descriptor left, not permitted, aborted. Its verdict is unknown. */
export interface Local {
  readonly kind: 'local';
  readonly message: string;
  readonly cause?: unknown;
}

export interface AttemptLimits {
  /** From the first packet to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** An address, IPv4 or IPv6 without brackets, and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** `10.96.0.1:443`, `[fd00::1]:443` */
export function endpointText({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
