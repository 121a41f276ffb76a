import type { Unit, Value, ValueState } from '../../../plugins/host-inspector/report/fields.ts';
import { oneLine } from '../../../plugins/core/text.ts';

/** What a text is to be taken for; whoever sets it also says so in words. `missing` is what could not be told. */
export type Tone = 'plain' | 'ok' | 'info' | 'warn' | 'problem' | 'unknown' | 'missing';

export interface Cell {
  readonly text: string;
  readonly tone: Tone;
  /** The same in few words, for a column that is narrow: the state without its reason. */
  readonly brief?: string;
  /** From 0 to 100, where it is a share of something. */
  readonly percent?: number;
}

const STATE_WORDS: Readonly<Record<ValueState, string>> = {
  ok: 'not known', stale: 'read earlier', unsupported: 'not supported', denied: 'denied', 'not-visible': 'not visible', error: 'could not be read',
};

export const NO_LIMIT = 'no limit';

/** What stands for a text without characters. */
const EMPTY = '–';

/** A value in words, or why there is none: never a blank, and never 0 for what is not known. */
export function cellOf(value: Value): Cell {
  const { state } = value;
  if (!shown(value)) return { text: reasonOf(value), brief: stateWords(state), tone: 'missing' };
  const text = written(value.value, value.unit);
  const cell = plainCell(value.state === 'stale' ? `${text} (${reasonOf(value)})` : text);
  return value.unit === 'percent' && typeof value.value === 'number' ? { ...cell, percent: value.value } : cell;
}

/** `not visible: needs hostNetwork`. */
export function reasonOf({ state, message }: Pick<Value, 'state' | 'message'>): string {
  return visible(message === undefined ? STATE_WORDS[state] : `${STATE_WORDS[state]}: ${message}`);
}

/** In words, as people read them. */
export function stateWords(state: ValueState): string {
  return STATE_WORDS[state];
}

export function plainCell(text: string, tone: Tone = 'plain'): Cell {
  return { text: text === '' ? EMPTY : visible(text), tone };
}

/** Whether it has a value. */
export function shown<T>(value: Value<T>): value is Value<T> & { readonly value: T } {
  return (value.state === 'ok' || value.state === 'stale') && value.value !== null;
}

/** A name of the host may hold anything: what would end a line, or turn its direction, becomes `?`. */
export function visible(text: string): string {
  return oneLine(text).replaceAll(/\p{Cf}/gu, '?');
}

function written(value: unknown, unit: Unit): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return WRITTEN[unit](value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const WRITTEN: Readonly<Record<Unit, (value: number) => string>> = {
  bytes,
  percent: (value) => `${rounded(value, 1)}%`,
  seconds: duration,
  days: (value) => (value === 1 ? '1 day' : `${rounded(value, 0)} days`),
  cores: (value) => `${rounded(value, 2)} CPUs`,
  tasks: (value) => value.toFixed(2),
  // What the kernel gives for none is 2^63 - 1.
  count: (value) => (value >= 2 ** 53 ? NO_LIMIT : rounded(value, 0)),
  '': String,
};

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** `1.5 GiB`. */
export function bytes(count: number): string {
  const index = count < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(count) / 10));
  const scaled = count / 2 ** (10 * index);
  return `${rounded(scaled, scaled < 100 && index > 0 ? 1 : 0)} ${BYTE_UNITS[index]}`;
}

/** `3 days 4 h`, the two largest units. */
export function duration(seconds: number): string {
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60];
  if (days > 0) return `${rounded(days, 0)} ${days === 1 ? 'day' : 'days'} ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min` : `${Math.floor(seconds)} s`;
}

/** A text of our tables as a sentence begins. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `2026-11-26 12:38 UTC` of RFC 3339 in UTC; another form stays as it is. */
export function moment(text: string): string {
  const [, date, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::[\d.]+)?Z$/.exec(text) ?? [];
  return date === undefined ? visible(text) : `${date} ${time} UTC`;
}

function rounded(value: number, mostDigits: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: mostDigits });
}
