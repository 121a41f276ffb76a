import type { Fault } from '../attempt.ts';

/** What a status says, and how it is called in messages: `status 503`. */
export interface StatusFault {
  readonly fault: Fault;
  readonly message: string;
}

const FAULTS: Readonly<Record<number, Fault>> = { 401: 'unauthorized', 403: 'forbidden', 429: 'throttled' };

/**
 * Undefined for a status that is as it should be (RFC 9110, 15). Pure.
 *
 * @param lastGood 299 where only success is good, 399 where a redirection proves enough; no redirection is followed
 */
export function faultOfStatus(status: number, lastGood: 299 | 399): StatusFault | undefined {
  if (status >= 200 && status <= lastGood) return undefined;
  const fault = FAULTS[status] ?? (status >= 500 && status <= 599 ? 'server-error' : 'unexpected-status');
  return { fault, message: `status ${status}` };
}
