import { XID_ROWS, type XidRow } from './catalogue-data.ts';

const ROW_OF: ReadonlyMap<number, XidRow> = new Map(XID_ROWS.flatMap((row) => row.numbers.map((number) => [number, row] as const)));

/** What is told of a number that nobody has documented: somebody should look, but the GPU is not taken away for it. */
const UNDOCUMENTED = { meaning: 'not documented', xidClass: 'event', source: 'ours' } as const;

/** Row of an XID; each number has one. */
export function xidRow(xid: number): XidRow {
  return ROW_OF.get(xid) ?? { ...UNDOCUMENTED, numbers: [xid] };
}

/** False for a number of which NVIDIA says nothing. */
export function isDocumented(xid: number): boolean {
  return ROW_OF.has(xid);
}
