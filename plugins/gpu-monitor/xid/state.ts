import { isCount, isRecord } from '../../core/decode.ts';
import { type XidClass, isXidClass, rankOf } from './classes.ts';

/** One number of one device, since the first look of this boot. Times are milliseconds since 1970. */
export interface XidEntry {
  /** Lines. */
  count: number;
  /** How many of them were told by events, or need not be told. */
  toldCount: number;
  /** Since it became active there was an event, or there need not be one. */
  isTold: boolean;
  /** The last line. */
  lastMs: number;
  /** What the driver wrote in the first of them, or in the first of a worse class; cut. */
  detail: string;
  pid: number | undefined;
  /** By the catalogue; where the same number may be more or less grave, the worst since it was cleared. */
  xidClass: XidClass;
  /** Neither cleared by evidence nor, for what asks for nothing, gone quiet. */
  isActive: boolean;
  /** The driver was loaded again after the last line. */
  isBeforeDriver: boolean;
  /** How often it became active. */
  episodes: number;
}

/** A GPU, or an NVSwitch. */
export interface Device {
  /** On the PCI bus. */
  readonly address: string;
  uuid: string | undefined;
  serial: string | undefined;
  /** Number of an NVSwitch. */
  switch: number | undefined;
  /** The driver itself has asked for a reset or reboot since the error: once it no longer does, the error is over. */
  hasAsked: boolean;
  /** Since its last grave line: nothing, the look that took it, or counters that later ones can be compared with. */
  heard: 'line' | 'look' | 'counters';
  /** Addresses of GPUs whose counters began anew since then. */
  readonly renewed: Set<string>;
  /** By `79` or `sxid20034`. */
  readonly entries: Map<string, XidEntry>;
}

/** What one GPU has counted, see renewal.ts; null for what cannot be told. */
export type Counters = readonly (number | null)[];

/** What the log has told so far. Only fold.ts and bursts.ts change it, one line or look after the other. */
export interface XidState {
  /** By PCI address. */
  readonly devices: Map<string, Device>;
  /** The GPU of a message of several lines that has begun, and how many more lines it may have. */
  about: { readonly address: string; readonly linesLeft: number } | undefined;
  /** The GPU whose identity the line before told. */
  identified: string | undefined;
  /** Of all GPUs by address, as long as something waits for a reset. */
  readonly counters: Map<string, Counters>;
}

/** Far more than any node has; what comes from outside must not fill the memory. */
const MOST_DEVICES = 64;
const MOST_ENTRIES = 32;

export function emptyState(): XidState {
  return { devices: new Map(), about: undefined, identified: undefined, counters: new Map() };
}

/** The device at this address, made if there is room. A device that has only been named makes room for one that has errors. */
export function deviceAt(state: XidState, address: string): Device | undefined {
  const known = state.devices.get(address);
  if (known !== undefined) return known;
  if (state.devices.size >= MOST_DEVICES) {
    const [idle] = [...state.devices].find(([, { entries }]) => entries.size === 0) ?? [];
    if (idle === undefined) return undefined;
    state.devices.delete(idle);
  }
  const device: Device = { address, uuid: undefined, serial: undefined, switch: undefined, hasAsked: false, heard: 'line', renewed: new Set(), entries: new Map() };
  state.devices.set(address, device);
  return device;
}

/** The entry of this number, made with `xidClass` if there is none. Of too many the least grave that was not seen for longest goes, or the new one. */
export function entryOf(device: Device, key: string, xidClass: XidClass): XidEntry | undefined {
  const known = device.entries.get(key);
  if (known !== undefined) return known;
  if (device.entries.size >= MOST_ENTRIES) {
    const rank = ([, entry]: readonly [string, XidEntry]): number => (entry.isActive ? rankOf(entry.xidClass) : -1);
    const [least] = [...device.entries].toSorted((a, b) => rank(a) - rank(b) || a[1].lastMs - b[1].lastMs);
    if (least === undefined || rank(least) > rankOf(xidClass)) return undefined;
    device.entries.delete(least[0]);
  }
  const entry: XidEntry = { count: 0, toldCount: 0, isTold: false, lastMs: 0, detail: '', pid: undefined, xidClass, isActive: false, isBeforeDriver: false, episodes: 0 };
  device.entries.set(key, entry);
  return entry;
}

/** As JSON. Pure. */
export function encodeState({ devices, about, counters }: XidState): unknown {
  const encoded = [...devices].map(([address, { uuid, serial, switch: itsNumber, hasAsked, heard, renewed, entries }]) => [
    address, { uuid, serial, switch: itsNumber, hasAsked, heard, ...(renewed.size > 0 && { renewed: [...renewed] }), entries: Object.fromEntries(entries) },
  ]);
  return { devices: Object.fromEntries(encoded), about, ...(counters.size > 0 && { counters: Object.fromEntries(counters) }) };
}

/** A state as it was kept, or undefined for anything else: then the log is read from its begin. Pure. */
export function decodeState(value: unknown): XidState | undefined {
  if (!isRecord(value) || !isRecord(value['devices'])) return undefined;
  const state = emptyState();
  for (const [address, encoded] of Object.entries(value['devices']).slice(0, MOST_DEVICES)) {
    const device = decodeDevice(address, encoded);
    if (device === undefined) return undefined;
    state.devices.set(address, device);
  }
  for (const [address, counters] of Object.entries(isRecord(value['counters']) ? value['counters'] : {}).slice(0, MOST_DEVICES)) {
    if (Array.isArray(counters) && counters.every((count) => count === null || isCount(count))) state.counters.set(address, counters);
  }
  const { about } = value;
  if (isRecord(about) && typeof about['address'] === 'string' && isCount(about['linesLeft'])) {
    state.about = { address: about['address'], linesLeft: about['linesLeft'] };
  }
  return state;
}

function decodeDevice(address: string, value: unknown): Device | undefined {
  if (!isRecord(value) || !isRecord(value['entries'])) return undefined;
  const entries = new Map<string, XidEntry>();
  for (const [key, encoded] of Object.entries(value['entries']).slice(0, MOST_ENTRIES)) {
    const entry = decodeEntry(encoded);
    if (entry === undefined) return undefined;
    entries.set(key, entry);
  }
  const { heard, renewed } = value;
  return {
    address, uuid: textIn(value['uuid']), serial: textIn(value['serial']), switch: countIn(value['switch']), hasAsked: value['hasAsked'] === true,
    heard: heard === 'look' || heard === 'counters' ? heard : 'line',
    renewed: new Set(Array.isArray(renewed) ? renewed.filter((gpu) => typeof gpu === 'string').slice(0, MOST_DEVICES) : []),
    entries,
  };
}

function decodeEntry(value: unknown): XidEntry | undefined {
  if (!isRecord(value)) return undefined;
  const { count, toldCount, isTold, lastMs, detail, pid, xidClass, isActive, episodes } = value;
  if (!isCount(count) || !isCount(toldCount) || !isCount(lastMs) || !isCount(episodes)) return undefined;
  if (typeof detail !== 'string' || typeof isActive !== 'boolean' || typeof isTold !== 'boolean' || !isXidClass(xidClass)) return undefined;
  return { count, toldCount, isTold, lastMs, detail, pid: countIn(pid), xidClass, isActive, isBeforeDriver: value['isBeforeDriver'] === true, episodes };
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function countIn(value: unknown): number | undefined {
  return isCount(value) ? value : undefined;
}
