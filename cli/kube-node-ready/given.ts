import { isCount, parseDurationMs } from '../../plugins/core/decode.ts';
import { ConfigError, quote } from '../../plugins/core/errors.ts';
import { LONGEST_ATTEMPT_MS } from '../../plugins/network-verifier/settings/attempts.ts';
import type { Found } from './documents.ts';
import { KNOWN_KEYS, type Use } from './known-keys.ts';

export type Backoff = 'exponential' | 'linear';
export const backoffs: readonly Backoff[] = ['exponential', 'linear'];

/** What kube-node-ready was told, in our terms; absent where it was told nothing. */
export interface Given {
  /** Of the network-verifier's settings: the value as its own reader takes it, and where it stands. */
  readonly settings: Readonly<Record<string, { readonly value: unknown; readonly path: string }>>;
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly backoff?: Backoff;
  /** Where it is told to try the verifiers of other nodes, which it never did. */
  readonly peers?: string;
  /** Sentences about what could not be taken as it stands. */
  readonly warnings: readonly string[];
}

const LONGEST_TIMEOUT_MS = 24 * 3_600_000;
const SHORTEST_TIMEOUT_MS = 1_000;

/**
 * What counts of everything that was found. Throws ConfigError naming file and key, or variable, for a value that cannot be used.
 *
 * @param found by source, the one that wins first
 */
export function givenBy(found: readonly (readonly Found[])[]): Given {
  const first = (use: Use): Found | undefined => found.flatMap((source) => source.filter(({ row }) => row.use === use).toSorted(byTable))[0];
  const [names, servers, attempt] = [first('dnsNames'), first('nameServers'), first('checkTimeout')];
  const [timeout, retries, backoff, peers] = [first('timeout'), first('retries'), first('backoff'), first('peers')];
  const attemptMs = attempt && durationOf(attempt);
  const isTooLong = attemptMs !== undefined && attemptMs > LONGEST_ATTEMPT_MS;
  return {
    settings: {
      ...(names && { dnsNames: { value: names.value, path: names.path } }),
      ...(servers && { nameServers: { value: servers.value, path: servers.path } }),
      ...(attempt && { checkTimeout: { value: `${isTooLong ? LONGEST_ATTEMPT_MS : attemptMs}ms`, path: attempt.path } }),
    },
    ...(timeout && { timeoutMs: timeoutOf(timeout) }),
    ...(retries && { retries: retriesOf(retries) }),
    ...(backoff && { backoff: backoffOf(backoff) }),
    ...(peers && isOn(peers) && { peers: peers.path }),
    warnings: isTooLong && attempt ? [`${attempt.path}: an attempt takes at most ${LONGEST_ATTEMPT_MS / 1_000}s here, so that is used`] : [],
  };
}

function byTable(one: Found, other: Found): number {
  return KNOWN_KEYS.indexOf(one.row) - KNOWN_KEYS.indexOf(other.row);
}

/** `timeoutSeconds: 300`, or a Go duration. */
function durationOf({ row, value, path }: Found): number {
  if (!row.key.endsWith('Seconds')) return parseDurationMs(typeof value === 'string' ? value : String(value), path);
  const seconds = wholeNumber(value);
  if (seconds === undefined || seconds === 0) throw new ConfigError(path, `expected seconds as a whole number ≥ 1, got ${shown(value)}`);
  return seconds * 1_000;
}

function timeoutOf(found: Found): number {
  const ms = durationOf(found);
  if (ms < SHORTEST_TIMEOUT_MS || ms > LONGEST_TIMEOUT_MS) throw new ConfigError(found.path, `expected 1s to 24h, got ${shown(found.value)}`);
  return ms;
}

/** More than anybody waits for, and few enough for a sum. */
const MOST_RETRIES = 1_000;

function retriesOf({ value, path }: Found): number {
  const retries = wholeNumber(value);
  if (retries === undefined || retries > MOST_RETRIES) throw new ConfigError(path, `expected a whole number from 0 to ${MOST_RETRIES}, got ${shown(value)}`);
  return retries;
}

function backoffOf({ value, path }: Found): Backoff {
  const word = backoffs.find((one) => one === value);
  if (word === undefined) throw new ConfigError(path, `expected exponential or linear, got ${shown(value)}`);
  return word;
}

/** As Go reads them, see pkg.go.dev/strconv#ParseBool. */
const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

function isOn({ value, path }: Found): boolean {
  if (value === true || TRUE.has(String(value))) return true;
  if (value === false || FALSE.has(String(value))) return false;
  throw new ConfigError(path, `expected true or false, got ${shown(value)}`);
}

/** YAML has it as a number, the environment and a ConfigMap as text. */
function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^[0-9]{1,9}$/.test(value) ? Number(value) : value;
  return isCount(number) ? number : undefined;
}

function shown(value: unknown): string {
  return quote(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));
}
