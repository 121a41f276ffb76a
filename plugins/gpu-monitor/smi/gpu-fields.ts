import type { Field } from './field.ts';
import { FIELDS, type FieldPlaces } from './fields.ts';
import { fieldOf } from './read-field.ts';
import type { FieldName, GpuRecord } from './record.ts';

/** More than any machine has: the driver itself serves 32. What garbage holds beyond is not read. */
export const MOST_GPUS = 64;

const ABSENT: Field = { kind: 'absent' };

/** Makes fields of texts of one output. Most of them are the same few, so each is kept once. */
export type FieldMaker = (text: string) => Field;

export function fieldMaker(): FieldMaker {
  const made = new Map<string, Field>();
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) return known;
    // A slice of a large text keeps all of it in memory (V8), and records outlive the output.
    const field = fieldOf(Buffer.from(text, 'utf16le').toString('utf16le'));
    made.set(text, field);
    return field;
  };
}

const PLACES = Object.entries(FIELDS);

/** All fields of one GPU; `readings` are what was found of one of them, in the order of its places. */
export function fieldsBy(readings: (places: FieldPlaces) => readonly Field[]): GpuRecord['fields'] {
  const entries = PLACES.map(([name, places]) => [name, best(readings(places))] as const);
  return Object.fromEntries(entries) as Record<FieldName, Field>;
}

/** A value counts most, then the word that it should be there, then that there is none. */
function best(fields: readonly Field[]): Field {
  return fields.find(({ kind }) => kind === 'value') ?? fields.find(({ kind }) => kind !== 'unsupported' && kind !== 'absent') ?? fields[0] ?? ABSENT;
}

/** Without those whose address an earlier one has. */
export function oncePerAddress(gpus: readonly GpuRecord[]): readonly GpuRecord[] {
  const seen = new Set<string>();
  return gpus.filter(({ address }) => !seen.has(address) && seen.add(address));
}
