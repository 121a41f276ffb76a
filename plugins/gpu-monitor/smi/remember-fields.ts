import type { Field } from './field.ts';
import type { FieldName, GpuRecord, SmiDocument } from './record.ts';

/** What was seen as a value of one GPU while its configuration stayed as it is. */
interface Known {
  readonly configuration: Readonly<Record<string, string>>;
  readonly names: ReadonlySet<FieldName>;
}

/** By question and PCI address: the two questions do not tell the same fields. */
export type KnownFields = ReadonlyMap<string, Known>;

/** Of one process and its driver; more GPUs than any node has. */
const MOST_GPUS = 256;

/** What decides which fields there are: another board at the address, MIG and ECC switched (which a reset of the GPU does, without a new driver). */
const CONFIGURATION: readonly FieldName[] = ['uuid', 'migMode', 'eccMode'];

const WHY = 'was there before';

/** MIG devices are made and taken away while everything else stays as it is. */
const COMES_AND_GOES: ReadonlySet<FieldName> = new Set(['migSramUncorrectable']);

/**
 * A placeholder must not hide what was known: a field that had a value, and that the same GPU with the same driver in the same
 * configuration now has not, becomes `failed`. What is said of the whole GPU (`lost`, `reset-required`) stays. Pure.
 */
export function rememberFields(known: KnownFields, document: SmiDocument): { readonly document: SmiDocument; readonly known: KnownFields } {
  const next = new Map(known);
  const gpus = document.gpus.map((gpu) => {
    const key = `${document.source} ${gpu.address}`;
    const before = sameConfiguration(known.get(key), configurationOf(document, gpu));
    next.delete(key);
    next.set(key, merged(before, document, gpu));
    return before === undefined ? gpu : { ...gpu, fields: missed(gpu.fields, before.names) };
  });
  for (const key of next.keys()) {
    if (next.size <= MOST_GPUS) break;
    next.delete(key);
  }
  return { document: { ...document, gpus }, known: next };
}

/** Only what can be read: what cannot has not changed, for all we know. */
function configurationOf({ driverVersion }: SmiDocument, { fields }: GpuRecord): Known['configuration'] {
  const told = CONFIGURATION.flatMap((name): readonly (readonly [string, string])[] => {
    const field = fields[name];
    return field.kind === 'value' ? [[name, field.text]] : [];
  });
  return Object.fromEntries(driverVersion === undefined ? told : [...told, ['driver', driverVersion]]);
}

function sameConfiguration(before: Known | undefined, now: Known['configuration']): Known | undefined {
  if (before === undefined) return undefined;
  const hasChanged = Object.entries(now).some(([name, text]) => (before.configuration[name] ?? text) !== text);
  return hasChanged ? undefined : before;
}

function merged(before: Known | undefined, document: SmiDocument, gpu: GpuRecord): Known {
  const names = new Set(before?.names);
  for (const [name, { kind }] of entriesOf(gpu.fields)) if (kind === 'value' && !COMES_AND_GOES.has(name)) names.add(name);
  return { configuration: { ...before?.configuration, ...configurationOf(document, gpu) }, names };
}

function missed(fields: GpuRecord['fields'], names: ReadonlySet<FieldName>): GpuRecord['fields'] {
  const changed = entriesOf(fields).flatMap(([name, field]): readonly (readonly [FieldName, Field])[] => {
    if (!names.has(name)) return [];
    if (field.kind === 'unsupported') return [[name, { kind: 'failed', text: `${field.text || 'nothing'}, ${WHY}` }]];
    return field.kind === 'absent' ? [[name, { kind: 'failed', text: `not told, ${WHY}` }]] : [];
  });
  return changed.length === 0 ? fields : { ...fields, ...Object.fromEntries(changed) };
}

function entriesOf(fields: GpuRecord['fields']): readonly (readonly [FieldName, Field])[] {
  return Object.entries(fields) as unknown as readonly (readonly [FieldName, Field])[];
}
