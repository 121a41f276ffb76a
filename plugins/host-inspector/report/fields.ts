/**
 * What the report is made of. The tables in `model.ts` are written with these; the types of the report, its JSON Schema and
 * the labels for people come from the tables.
 */

/** How much a value can be trusted. Whatever is not `ok` or `stale` has the value null. */
export const VALUE_STATES = ['ok', 'unsupported', 'denied', 'not-visible', 'stale', 'error'] as const;

/**
 * `ok`: read just now; `unsupported`: this node, kernel or file system has no such thing; `denied`: a grant is missing, which
 * the message names; `not-visible`: this container
 * sees only its own, and the message names what shows the host's; `stale`: read earlier, and not again; `error`: could not
 * be read or understood.
 */
export type ValueState = (typeof VALUE_STATES)[number];

/** States that have a value. */
const TOLD: readonly ValueState[] = ['ok', 'stale'];

const UNITS = ['', 'bytes', 'cores', 'count', 'days', 'percent', 'seconds', 'tasks'] as const;

/** '' is for texts, flags and lists. */
export type Unit = (typeof UNITS)[number];

/** One value of the report, with its truth. */
export interface Value<T = unknown, U extends Unit = Unit> {
  /** Null unless `state` is `ok` or `stale`. */
  readonly value: T | null;
  readonly unit: U;
  /** Where it comes from: a file of the host, `statfs /var`, the name of a program. */
  readonly source: string;
  readonly state: ValueState;
  /** Why it is not `ok`, or what else belongs to it. */
  readonly message?: string;
}

/** A fragment of JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One field of a table: what it is called, what is in it, what it means. `T` is the type of the field in the report. */
export interface Field<T> {
  /** For people, e.g. `Memory in use`. */
  readonly label: string;
  /** What it is, and from where, in one sentence. */
  readonly help: string;
  readonly schema: JsonSchema;
  /** Absent for a plain field. */
  readonly unit?: Unit;
  /** Of the rows of a list, by their key. */
  readonly columns?: Table;
  /** Never there: it carries the type. */
  readonly is?: T;
}

/** Fields by their key, in the order in which they are told. */
export type Table = Readonly<Record<string, Field<unknown>>>;

/** The part of the report that a table describes. */
export type TypeOf<T extends Table> = { readonly [K in keyof T]: T[K] extends Field<infer F> ? F : never };

export function number<U extends Exclude<Unit, ''>>(unit: U, label: string, help: string): Field<Value<number, U>> {
  return { label, help, unit, schema: valueSchema({ type: unit === 'count' || unit === 'bytes' ? 'integer' : 'number' }, unit) };
}

export function text(label: string, help: string): Field<Value<string, ''>> {
  return { label, help, unit: '', schema: valueSchema({ type: 'string' }, '') };
}

export function flag(label: string, help: string): Field<Value<boolean, ''>> {
  return { label, help, unit: '', schema: valueSchema({ type: 'boolean' }, '') };
}

/** A list of rows; in it plain fields, or values with a truth of their own. */
export function list<C extends Table>(label: string, help: string, columns: C): Field<Value<readonly TypeOf<C>[], ''>> {
  return { label, help, unit: '', columns, schema: valueSchema({ type: 'array', items: objectSchema(columns) }, '') };
}

/** Fields of rows that share the truth of their list. */
export const plain = {
  text: (label: string, help: string): Field<string> => ({ label, help, schema: { type: 'string' } }),
  count: (label: string, help: string): Field<number> => ({ label, help, schema: { type: 'integer' } }),
  number: (label: string, help: string): Field<number> => ({ label, help, schema: { type: 'number' } }),
  flag: (label: string, help: string): Field<boolean> => ({ label, help, schema: { type: 'boolean' } }),
  oneOf: <const W extends string>(words: readonly W[], label: string, help: string): Field<W> => ({ label, help, schema: { enum: words } }),
  optional: <T>({ label, help, schema }: Field<T>): Field<T | null> => ({ label, help, schema: 'enum' in schema ? { anyOf: [schema, { type: 'null' }] } : { ...schema, type: [schema['type'], 'null'] } }),
} as const;

/** What all values have in common stands in `VALUE_SCHEMA`. */
function valueSchema({ type, ...more }: JsonSchema, unit: Unit): JsonSchema {
  return { $ref: '#/$defs/value', type: 'object', properties: { value: { type: [type, 'null'], ...more }, unit: { const: unit } } };
}

/** For `$defs` of the schema, under the name `value`. */
export const VALUE_SCHEMA: JsonSchema = {
  description: 'a value with its truth',
  type: 'object',
  properties: {
    value: { description: 'null unless the state is ok or stale' },
    unit: { description: 'empty for texts, flags and lists', enum: UNITS },
    source: { description: 'where it comes from: a file of the host, statfs and a mount point, the name of a program', type: 'string' },
    state: {
      description: 'ok: read just now; unsupported: this node, kernel or file system has no such thing; denied: a grant is missing, which the message names; '
        + "not-visible: this container sees only its own, and the message names what shows the host's; stale: read earlier, and not again; error: could not be read or understood",
      enum: VALUE_STATES,
    },
    message: { description: 'why it is not ok, or what else belongs to it', type: 'string' },
  },
  required: ['value', 'unit', 'source', 'state'],
  additionalProperties: false,
  oneOf: [
    { properties: { state: { enum: TOLD }, value: { not: { type: 'null' } } } },
    { properties: { state: { enum: VALUE_STATES.filter((state) => !TOLD.includes(state)) }, value: { type: 'null' }, message: { type: 'string' } }, required: ['message'] },
  ],
};

/** All fields, and no others. */
export function objectSchema(table: Table): JsonSchema {
  const properties = Object.entries(table).map(([key, { label, help, schema }]) => [key, { title: label, description: help, ...schema }]);
  return { type: 'object', properties: Object.fromEntries(properties), required: Object.keys(table), additionalProperties: false };
}
