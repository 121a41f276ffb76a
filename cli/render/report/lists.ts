import { type Field, type JsonSchema, VALUE_STATES, type Value, type ValueState } from '../../../plugins/host-inspector/report/fields.ts';
import type { RowOf, SectionName, SectionOf } from '../../../plugins/host-inspector/report/model.ts';
import { type Cell, type Tone, bytes, cellOf, moment, plainCell, reasonOf, shown, stateWords } from './cell.ts';

export interface OutlineTable {
  readonly title: string;
  readonly help: string;
  readonly columns: readonly Column[];
  /** None, where the list is known to be empty. */
  readonly rows: readonly (readonly Cell[])[];
}

export interface Column {
  readonly label: string;
  /** Numbers stand below each other by their ends. */
  readonly isNumber: boolean;
}

interface ColumnSpec {
  readonly label: string;
  readonly isNumber?: boolean;
  readonly cell: (row: never) => Cell;
}

type ListKey<N extends SectionName> = { [K in keyof SectionOf<N>]: [RowOf<N, K>] extends [never] ? never : K }[keyof SectionOf<N>] & string;

function columns<N extends SectionName, K extends ListKey<N>>(
  _section: N, _key: K, specs: readonly { readonly label: string; readonly isNumber?: boolean; readonly cell: (row: RowOf<N, K>) => Cell }[],
): readonly ColumnSpec[] {
  return specs;
}

const maybeBytes = (count: number | null): Cell => (count === null ? plainCell('') : plainCell(bytes(count)));
const maybe = (...counts: readonly (number | null)[]): Cell => plainCell(counts.every((count) => count === null) ? '' : counts.map((count) => count ?? '–').join(' / '));

const CERTIFICATE_TONES: Readonly<Record<string, Tone>> = { expired: 'problem', expiring: 'warn', 'not-yet-valid': 'warn' };

/** Lists of which people are told less, or otherwise, than all columns as they are. */
const COLUMNS: Readonly<Record<string, readonly ColumnSpec[]>> = {
  'filesystems.mounts': columns('filesystems', 'mounts', [
    { label: 'Mount point', cell: ({ mountPoint }) => plainCell(mountPoint) },
    { label: 'In use', isNumber: true, cell: ({ usedPercent }) => cellOf(usedPercent) },
    { label: 'Available', isNumber: true, cell: ({ available }) => cellOf(available) },
    { label: 'Size', isNumber: true, cell: ({ size }) => cellOf(size) },
    { label: 'Inodes in use', isNumber: true, cell: ({ inodesUsedPercent }) => cellOf(inodesUsedPercent) },
    { label: 'Kind', cell: ({ type, role, isReadOnly }) => plainCell([type, ...(role === 'other' ? [] : [role]), ...(isReadOnly ? ['read-only'] : [])].join(', ')) },
    { label: 'Device', cell: ({ device }) => plainCell(device) },
  ]),
  'resources.swapAreas': columns('resources', 'swapAreas', [
    { label: 'Path', cell: ({ path }) => plainCell(path) },
    { label: 'Kind', cell: ({ kind }) => plainCell(kind) },
    { label: 'Size', isNumber: true, cell: ({ sizeBytes }) => plainCell(bytes(sizeBytes)) },
    { label: 'In use', isNumber: true, cell: ({ usedBytes }) => plainCell(bytes(usedBytes)) },
  ]),
  'network.interfaces': columns('network', 'interfaces', [
    { label: 'Interface', cell: ({ name }) => plainCell(name) },
    { label: 'Kind', cell: ({ kind }) => plainCell(kind) },
    { label: 'State', cell: ({ state }) => plainCell(state) },
    { label: 'MTU', isNumber: true, cell: ({ mtu }) => maybe(mtu) },
    { label: 'Received', isNumber: true, cell: ({ receivedBytes }) => maybeBytes(receivedBytes) },
    { label: 'Sent', isNumber: true, cell: ({ sentBytes }) => maybeBytes(sentBytes) },
    { label: 'Errors in / out', isNumber: true, cell: ({ receiveErrors, sendErrors }) => maybe(receiveErrors, sendErrors) },
    { label: 'Dropped in / out', isNumber: true, cell: ({ receiveDropped, sendDropped }) => maybe(receiveDropped, sendDropped) },
    { label: 'Carrier changes', isNumber: true, cell: ({ carrierChanges }) => maybe(carrierChanges) },
  ]),
  'certificates.found': columns('certificates', 'found', [
    { label: 'Status', cell: ({ status }) => plainCell(status, CERTIFICATE_TONES[status] ?? 'ok') },
    { label: 'Days left', isNumber: true, cell: ({ daysLeft }) => plainCell(String(daysLeft)) },
    { label: 'Until', isNumber: true, cell: ({ notAfter }) => plainCell(moment(notAfter).replace(/ .*/, '')) },
    { label: 'Path', cell: ({ path }) => plainCell(path) },
    { label: 'Subject', cell: ({ subject }) => plainCell(subject) },
    { label: 'Use', cell: ({ use }) => plainCell(use) },
  ]),
};

/** Of what was looked for, people are told what was found: kubelet and the others that should run have values of their own. */
const SHOWN: Readonly<Record<string, (row: never) => boolean>> = {
  'services.processes': ({ isRunning }: RowOf<'services', 'processes'>) => isRunning,
};

/** Lists whose emptiness says nothing that does not stand beside them. */
const QUIET: ReadonlySet<string> = new Set(['gaps', 'taints', 'swapAreas']);

/** A list as a table; undefined for one of which there is nothing to tell: no gaps, no taints. One that could not be read says why. */
export function tableOf(section: SectionName, key: string, { label, help, columns: fields = {} }: Field<unknown>, value: Value | undefined): OutlineTable | undefined {
  if (value === undefined) return undefined;
  const told = { title: label, help };
  if (!shown(value)) return { ...told, columns: [{ label: 'Not told', isNumber: false }], rows: [[{ text: reasonOf(value), tone: 'missing' }]] };
  const rows = ((value as Value<readonly never[]>).value ?? []).filter(SHOWN[`${section}.${key}`] ?? (() => true));
  if (rows.length === 0 && QUIET.has(key)) return undefined;
  const specs = COLUMNS[`${section}.${key}`] ?? Object.entries(fields).map(([column, field]) => plainColumn(column, field));
  return { ...told, columns: specs.map(({ label: name, isNumber = false }) => ({ label: name, isNumber })), rows: rows.map((row) => specs.map(({ cell }) => cell(row))) };
}

/** A column as it is in the report. */
function plainColumn(key: string, { label, schema, unit }: Field<unknown>): ColumnSpec {
  const [{ type } = schema] = (schema['anyOf'] as readonly JsonSchema[] | undefined) ?? [schema];
  const isNumber = (unit ?? '') !== '' || type === 'integer' || type === 'number';
  const states = schema['enum'] === VALUE_STATES ? VALUE_STATES : [];
  return { label, isNumber, cell: (row: Readonly<Record<string, unknown>>) => anyCell(row[key], states) };
}

function anyCell(value: unknown, states: readonly ValueState[]): Cell {
  if (isValue(value)) return cellOf(value);
  if (typeof value === 'boolean') return plainCell(value ? 'yes' : 'no');
  const state = states.find((known) => known === value);
  if (state !== undefined) return plainCell(stateWords(state));
  return plainCell(typeof value === 'string' || typeof value === 'number' ? String(value) : '');
}

function isValue(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && 'state' in value && 'value' in value;
}
