import type { XidClass } from './classes.ts';

interface Unit {
  readonly xid: number;
  /** As the line may name it. */
  readonly names: readonly string[];
  /** Lowest 10 bits of the first word, as drivers up to 570 write it. */
  readonly bits10: number;
  /** Lowest 7 bits of it, as later ones do. */
  readonly bits7: number;
  /** Values of the second word, error status, that ask for a reset; and those that are nothing at all. */
  readonly reset: readonly number[];
  readonly ignore?: readonly number[];
  /** All other documented values: no harm done, or the driver says by XID 154 what to do. */
  readonly event: readonly number[];
}

const SOFTWARE = 0x8000_0000;

/**
 * Decoding of XIDs 144 to 150: sheet "XID 144-150 Decode" of NVIDIA's catalogue (docs.nvidia.com/deploy/xid-errors). Numbers and
 * bit patterns are the catalogue's.
 */
const UNITS: readonly Unit[] = [
  { xid: 144, names: ['SAW_MVB'], bits10: 0x021, bits7: 0x01, reset: [0x2, 0x10], ignore: [0x4, 0x20], event: [0x1, 0x8] },
  { xid: 145, names: ['RLW_CTRL'], bits10: 0x062, bits7: 0x03, reset: [], event: [SOFTWARE] },
  { xid: 145, names: ['RLW_REMAP'], bits10: 0x082, bits7: 0x04, reset: [0x40, 0x80], ignore: [0x100, 0x200], event: [0x1, 0x2, 0x4, 0x8, 0x10, 0x20, SOFTWARE] },
  { xid: 145, names: ['RLW_RSPCOL'], bits10: 0x0a2, bits7: 0x05, reset: [0x2], ignore: [0x1], event: [SOFTWARE] },
  { xid: 145, names: ['RLW_RXPIPE'], bits10: 0x0c2, bits7: 0x06, reset: [], event: [0x1, 0x2, 0x4, 0x8, SOFTWARE] },
  { xid: 145, names: ['RLW_SRC_TRACK'], bits10: 0x0e2, bits7: 0x07, reset: [0x1, 0x10, 0x20], ignore: [0x2], event: [0x4, 0x8, SOFTWARE] },
  { xid: 145, names: ['RLW_TAGSTATE'], bits10: 0x102, bits7: 0x08, reset: [0x2, 0x2_0000, 0x10_0000], ignore: [0x1, 0x1_0000], event: [SOFTWARE] },
  { xid: 146, names: ['TLW_CTRL'], bits10: 0x123, bits7: 0x09, reset: [0x4], ignore: [0x1], event: [0x2, SOFTWARE] },
  { xid: 146, names: ['TLW_RX', 'TLW_RX_PIPE0'], bits10: 0x143, bits7: 0x0a, reset: [0x4], ignore: [0x1], event: [0x2, SOFTWARE] },
  { xid: 146, names: ['TLW_RX', 'TLW_RX_PIPE1'], bits10: 0x143, bits7: 0x0b, reset: [0x4], ignore: [0x1], event: [0x2, SOFTWARE] },
  { xid: 146, names: ['TLW_TX', 'TLW_TX_PIPE0'], bits10: 0x163, bits7: 0x0c, reset: [0x4], ignore: [0x1], event: [0x2, SOFTWARE] },
  { xid: 146, names: ['TLW_TX', 'TLW_TX_PIPE1'], bits10: 0x163, bits7: 0x0d, reset: [0x4], ignore: [0x1], event: [0x2, SOFTWARE] },
  { xid: 147, names: ['TREX'], bits10: 0x184, bits7: 0x0e, reset: [], event: [0x1, SOFTWARE] },
  { xid: 148, names: ['NVLPW_CTRL', 'NVLPW'], bits10: 0x005, bits7: 0x0f, reset: [], event: [SOFTWARE] },
  { xid: 149, names: ['NETIR', 'NETIR_INT'], bits10: 0x006, bits7: 0x18, reset: [0x0], event: [] },
  { xid: 149, names: ['NETIR_BER_EVENT'], bits10: 0x226, bits7: 0x13, reset: [], event: [0x0, 0x1, 0x2, 0x3] },
  { xid: 149, names: ['NETIR_LINK_EVT', 'NETIR_LINK_DOWN'], bits10: 0x1c6, bits7: 0x11, reset: [0x0], event: [] },
  { xid: 149, names: ['NETIR_MFDE_EVENT'], bits10: 0x246, bits7: 0x14, reset: [0x1, 0x4, 0x5, 0x7], ignore: [0x3], event: [] },
  { xid: 150, names: ['MSE_WATCHDOG'], bits10: 0x000, bits7: 0x00, reset: [0x0], event: [] },
];

/** Sub-causes of a link that went down which the host or its user made: bits 20 to 25 of the first word. */
const LINK_DOWN = 'NETIR_LINK_DOWN';
const LINK_DOWN_BY_HOST: ReadonlySet<number> = new Set([0b100110, 0b101000]);

/** `RLW_RXPIPE Nonfatal XC0 i0 Link 13 (0x0409a0c2 0x00000008 …)`: unit, severity, whether other contexts are hit, injected or not, link, words. */
const LINE = /^([A-Z][A-Z\d_]{1,40})(?:\/([A-Z][A-Z\d_]{1,40}))? +(Nonfatal|Fatal) +XC[01] +i\d+ +Link +(-?\d{1,4}) +\(0x([\da-f]{1,8}) +0x([\da-f]{1,8})/i;

export interface Nvlink5 {
  /** `RLW_RXPIPE`, as the line names it. */
  readonly unit: string;
  /** Undefined where the error belongs to no link. */
  readonly link: number | undefined;
  readonly xidClass: XidClass;
}

/**
 * Decodes what follows the number of an XID from 144 to 150; undefined for another form. What a line calls Nonfatal is never
 * fatal; a combination that nobody has documented is judged by that word alone.
 */
export function decodeNvlink5(xid: number, detail: string): Nvlink5 | undefined {
  const [, unit = '', second, severity = '', link = '', first = '', status = ''] = LINE.exec(detail) ?? [];
  if (unit === '') return undefined;
  const isFatal = severity.toLowerCase() === 'fatal';
  const word = parseInt(first, 16);
  const known = unitOf(xid, [unit, second ?? unit], word);
  const decoded = known === undefined ? undefined : classOf(known, word, parseInt(status, 16));
  const byWord = isFatal ? 'reset' : 'event';
  const xidClass = decoded === 'reset' && !isFatal ? 'event' : (decoded ?? byWord);
  return { unit, link: link.startsWith('-') ? undefined : Number(link), xidClass };
}

/** The name that the line says decides, then the bits, first as older drivers write them. */
function unitOf(xid: number, names: readonly string[], word: number): Unit | undefined {
  const units = UNITS.filter((unit) => unit.xid === xid);
  return units.find((unit) => unit.names.some((name) => names.includes(name)))
    ?? units.find(({ bits10 }) => (word & 0x3ff) === bits10)
    ?? units.find(({ bits7 }) => (word & 0x7f) === bits7);
}

function classOf({ names, reset, ignore, event }: Unit, word: number, status: number): XidClass | undefined {
  if (names.includes(LINK_DOWN) && LINK_DOWN_BY_HOST.has((word >>> 20) & 0x3f)) return 'event';
  if (reset.includes(status)) return 'reset';
  if (ignore?.includes(status) === true) return 'ignore';
  return event.includes(status) ? 'event' : undefined;
}
