import type { XidClass } from './classes.ts';

interface SxidRow {
  readonly codes: readonly number[];
  /** In our words, to be read after `SXid 20034 (` and before `)`. */
  readonly meaning: string;
  /** Where the line says `Fatal`; one that says `Non-fatal` is never more than an event. */
  readonly xidClass: XidClass;
}

/**
 * Errors of NVSwitches of A100 and H100 systems, from the Fabric Manager user guide, appendix D: `reset` for what may be fatal to
 * the partition that uses the port (reset all GPUs of the fabric, or restart the VM), `reboot` for what is always fatal to the
 * whole fabric.
 */
export const SXID_ROWS: readonly SxidRow[] = [
  {
    codes: [
      11012, 11021, 11022, 11023, 12021, 12023, 15008, 15011, 19049, 19055, 19057, 19059, 19062, 19065, 19068, 19071, 24001, 24002, 24003,
    ],
    meaning: 'corrected single-bit ECC error',
    xidClass: 'event',
  },
  { codes: [20001], meaning: 'link replay', xidClass: 'event' },
  { codes: [20009], meaning: 'rate of short link errors', xidClass: 'event' },
  { codes: [20012], meaning: 'broken or inconsistent connection', xidClass: 'event' },
  { codes: [22013], meaning: 'link request interrupt', xidClass: 'event' },
  { codes: [10001, 10002, 10003], meaning: 'host interface error', xidClass: 'event' },
  { codes: [10004], meaning: 'switch too hot', xidClass: 'event' },
  { codes: [10005], meaning: 'switch no longer too hot', xidClass: 'event' },
  { codes: [11004], meaning: 'access not allowed by the partition', xidClass: 'event' },
  { codes: [12028], meaning: 'privilege error at egress', xidClass: 'event' },
  { codes: [19084], meaning: 'heartbeat timeout', xidClass: 'event' },
  { codes: [12030], meaning: 'egress parity error', xidClass: 'event' },
  {
    codes: [11001, 11009, 11013, 11018, 11019, 11020],
    meaning: 'ingress error',
    xidClass: 'reset',
  },
  { codes: [12001, 12002, 12022, 12024, 12025, 12026, 12027, 12031, 12032], meaning: 'egress error', xidClass: 'reset' },
  { codes: [14017, 24007], meaning: 'timeout', xidClass: 'reset' },
  { codes: [15001, 15006, 15009, 15010, 15012, 15013], meaning: 'routing error', xidClass: 'reset' },
  {
    codes: [19047, 19048, 19054, 19056, 19058, 19060, 19061, 19063, 19064, 19066, 19067, 19069, 19070, 24004, 24005, 24006],
    meaning: 'double-bit ECC error',
    xidClass: 'reset',
  },
  { codes: [20034], meaning: 'link fault', xidClass: 'reset' },
  { codes: [22012], meaning: 'link interrupt', xidClass: 'reset' },
  { codes: [12020], meaning: 'egress sequence error', xidClass: 'reboot' },
  { codes: [22003, 22011], meaning: 'link micro-controller halt', xidClass: 'reboot' },
  {
    codes: [23001, 23002, 23003, 23004, 23005, 23006, 23007, 23008, 23009, 23010, 23011, 23012, 23013, 23014, 23015, 23016, 23017],
    meaning: 'crossbar error',
    xidClass: 'reboot',
  },
];

const ROW_OF: ReadonlyMap<number, SxidRow> = new Map(SXID_ROWS.flatMap((row) => row.codes.map((code) => [code, row] as const)));

/** Row of an SXid. One that is not in the guide is judged by its own word: `Fatal` asks for a reset. */
export function sxidRow(code: number): SxidRow {
  return ROW_OF.get(code) ?? { codes: [code], meaning: 'not documented', xidClass: 'reset' };
}

/** Pure: what one line asks for. */
export function sxidClass(code: number, isFatal: boolean): XidClass {
  return isFatal ? sxidRow(code).xidClass : 'event';
}

/** False for a code that the guide does not list. */
export function isDocumentedSxid(code: number): boolean {
  return ROW_OF.has(code);
}
