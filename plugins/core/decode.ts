import { ConfigError, ParseError, quote } from './errors.ts';

/** Whole number in decimal digits that a double holds exactly; `Number('')` is 0 and `parseInt('12abc')` is 12, so neither is used. */
export function parseInteger(text: string, where: string): number {
  const value = /^-?[0-9]{1,16}$/.test(text) ? withoutMinusZero(Number(text)) : NaN;
  if (!Number.isSafeInteger(value)) throw new ParseError(where, 'a whole number', text);
  return value;
}

/** Whole number ≥ 0, see `parseInteger`. */
export function parseCount(text: string, where: string): number {
  const value = parseInteger(text, where);
  if (value < 0 || text.startsWith('-')) throw new ParseError(where, 'a whole number ≥ 0', text);
  return value;
}

/** Kernel counter that may pass 2^53: unsigned, up to 64 bit. */
export function parseCounter(text: string, where: string): bigint {
  const value = /^[0-9]{1,20}$/.test(text) ? BigInt(text) : 2n ** 64n;
  if (value >= 2n ** 64n) throw new ParseError(where, 'a counter', text);
  return value;
}

/** Decimal fraction without exponent, e.g. the `0.12` of /proc/pressure and /proc/loadavg. */
export function parseDecimal(text: string, where: string): number {
  if (!/^-?[0-9]{1,15}(\.[0-9]{1,15})?$/.test(text)) throw new ParseError(where, 'a decimal number', text);
  return withoutMinusZero(Number(text));
}

/** `-0` would print as `0` and yet differ from it. */
function withoutMinusZero(value: number): number {
  return value === 0 ? 0 : value;
}

const DURATION_UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000,
};
/** Go keeps durations as nanoseconds in 63 bits. */
const LONGEST_DURATION_MS = 2 ** 63 / 1e6;
const DURATION_PART = /([0-9]+(?:\.[0-9]+)?)(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * Milliseconds of a duration as Go's time.ParseDuration writes it: `30s`, `1m30s`, `1.5h`, `500ms`, `0`.
 * A number without a unit is refused, since nobody can tell which one was meant. Negative ones too.
 */
export function parseDurationMs(text: string, path: string): number {
  if (text === '0') return 0;
  let totalMs = 0;
  let end = 0;
  while (end < text.length) {
    DURATION_PART.lastIndex = end;
    const [part, amount, unit] = DURATION_PART.exec(text) ?? [];
    if (part === undefined || amount === undefined || unit === undefined) break;
    totalMs += Number(amount) * (DURATION_UNIT_MS[unit] ?? NaN);
    end += part.length;
  }
  if (end === 0 || end < text.length || !(totalMs < LONGEST_DURATION_MS)) {
    throw new ConfigError(path, `expected a duration such as "30s", "1m30s" or "500ms", got ${quote(text)}`);
  }
  // To the nanosecond: 1.005 times 1,000 is 1004.9999999999999 to a double.
  return Math.round(totalMs * 1e6) / 1e6;
}

const SIZE_UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50,
};

/** Bytes of a size as a Kubernetes quantity writes it: `100Mi`, `1.5Gi`, `10G`, or plain bytes. */
export function parseSizeBytes(text: string, path: string): number {
  const [, amount, unit] = /^([0-9]+(?:\.[0-9]+)?)([kMGTP]|[KMGTP]i)?$/.exec(text) ?? [];
  const bytes = amount === undefined ? NaN : Math.round(Number(amount) * (SIZE_UNIT_BYTES[unit ?? ''] ?? NaN));
  if (!Number.isSafeInteger(bytes)) {
    throw new ConfigError(path, `expected a size such as "100Mi" or "1.5Gi", got ${quote(text)}`);
  }
  return bytes;
}

/** True for what JSON and YAML call an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whole number ≥ 0 that a double holds exactly: what a count or a time in what we once wrote must be. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
