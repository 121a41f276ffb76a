import { messageOf } from '../../core/errors.ts';
import { type Outcome, type Unread, readText } from '../../linux/read.ts';
import { type Table, type TypeOf, type Unit, type Value, type ValueState } from './fields.ts';

/** A value that was read just now. */
export function told<T, U extends Unit>(unit: U, value: T, source: string, message?: string): Value<T, U> {
  return { value, unit, source, state: 'ok', ...(message === undefined ? {} : { message }) };
}

/** A value that was not; `message` says why. */
export function untold<U extends Unit>(unit: U, source: string, state: Exclude<ValueState, 'ok' | 'stale'>, message: string): Value<never, U> {
  return { value: null, unit, source, state, message };
}

/** Something that several values come from: what was read of it, or why nothing was. */
export interface Source<S> {
  readonly name: string;
  readonly outcome: Outcome<S>;
  /** Undefined for what this kernel does not tell. */
  readonly tell: <T, U extends Unit>(unit: U, pick: (read: S) => T | undefined) => Value<T, U>;
}

/** How the three ways in which something cannot be read are told. */
const STATES = { absent: 'unsupported', denied: 'denied', failed: 'error' } as const satisfies Record<Unread['kind'], ValueState>;

export function stateOf(kind: Unread['kind']): (typeof STATES)[typeof kind] {
  return STATES[kind];
}

/** @param name for people, e.g. `/proc/meminfo` */
export function sourceOf<S>(name: string, outcome: Outcome<S>): Source<S> {
  return {
    name,
    outcome,
    tell(unit, pick) {
      if (outcome.kind !== 'ok') return untold(unit, name, STATES[outcome.kind], outcome.message);
      const value = pick(outcome.value);
      return value === undefined ? untold(unit, name, 'unsupported', `${name}: does not tell it`) : told(unit, value, name);
    },
  };
}

/** A text and its parser, which may throw. */
export function parsed<S>(name: string, text: Outcome<string>, parse: (text: string, file: string) => S): Source<S> {
  if (text.kind !== 'ok') return sourceOf(name, text);
  return sourceOf(name, attempt(() => parse(text.value, name)));
}

/** A file of /proc or /sys and its parser, which may throw. */
export function readSource<S>(root: string, path: string, parse: (text: string, file: string) => S): Source<S> {
  return parsed(`/${path}`, readText(root, path), parse);
}

/** What throws is `failed`. */
export function attempt<S>(read: () => S): Outcome<S> {
  try {
    return { kind: 'ok', value: read() };
  } catch (cause) {
    return { kind: 'failed', message: messageOf(cause), cause };
  }
}

/** Every field of a table in one state: for a part of the report that could not be made. */
export function allUntold<T extends Table>(table: T, state: Exclude<ValueState, 'ok' | 'stale'>, message: string): TypeOf<T> {
  const fields = Object.entries(table).map(([key, { unit = '' }]) => [key, untold(unit, 'npd-plugins', state, message)]);
  // Built from the table itself, so it has its fields; that their types fit the compiler cannot see.
  return Object.fromEntries(fields) as TypeOf<T>;
}

export function percentOf(part: number, whole: number): number {
  return whole > 0 ? Math.round((part / whole) * 1_000) / 10 : 0;
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
