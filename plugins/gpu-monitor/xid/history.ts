import { isCount, isRecord } from '../../core/decode.ts';
import { xidRow } from './catalogue.ts';
import type { Device } from './state.ts';

/** When numbers that may ask for a new GPU came to be, by GPU and number; kept over boots. Milliseconds since 1970, oldest first. */
export type History = ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>;

/** Of one number that became active. */
export interface Episode {
  readonly address: string;
  readonly xid: number;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/** An error that comes again after longer than this is another one. */
const REMEMBERED_DAYS = 30;

const MOST_GPUS = 64;
/** More than anybody waits for before a GPU is replaced. */
const MOST_TIMES = 16;

/** With these episodes at `nowMs`, and without what is older than a month. Pure. */
export function remember(history: History, episodes: readonly Episode[], devices: ReadonlyMap<string, Device>, nowMs: number): History {
  const next = new Map([...history].map(([gpu, numbers]) => [gpu, new Map(numbers)] as const));
  for (const { address, xid } of episodes) {
    if (xidRow(xid).often === undefined) continue;
    const gpu = nameOf(address, devices.get(address));
    const numbers = next.get(gpu) ?? new Map<number, readonly number[]>();
    next.set(gpu, numbers.set(xid, [...(numbers.get(xid) ?? []), nowMs].slice(-MOST_TIMES)));
  }
  for (const [gpu, numbers] of next) {
    for (const [xid, times] of numbers) {
      const recent = times.filter((time) => isRecent(time, nowMs));
      if (recent.length > 0) numbers.set(xid, recent);
      else numbers.delete(xid);
    }
    if (numbers.size === 0) next.delete(gpu);
  }
  return new Map([...next].slice(-MOST_GPUS));
}

/** How often this number came to this very GPU within the last month. */
export function timesOf(history: History, { address, uuid, serial }: Device, xid: number, nowMs: number): number {
  const names = new Set([address, uuid, serial].filter((name) => name !== undefined));
  return [...names].flatMap((name) => history.get(name)?.get(xid) ?? []).filter((time) => isRecent(time, nowMs)).length;
}

/** A time ahead of the clock, which was set back since, counts too. */
function isRecent(timeMs: number, nowMs: number): boolean {
  return nowMs - timeMs <= REMEMBERED_DAYS * DAY_MS;
}

/** A GPU that was replaced has another serial number and UUID, at the same address. */
function nameOf(address: string, device: Device | undefined): string {
  return device?.serial ?? device?.uuid ?? address;
}

/** As JSON. Pure. */
export function encodeHistory(history: History): unknown {
  return Object.fromEntries([...history].map(([gpu, numbers]) => [gpu, Object.fromEntries(numbers)]));
}

/** What can be read of a history as it was kept. Pure. */
export function decodeHistory(value: unknown): History {
  const history = new Map<string, ReadonlyMap<number, readonly number[]>>();
  for (const [gpu, numbers] of Object.entries(isRecord(value) ? value : {}).slice(0, MOST_GPUS)) {
    const decoded = new Map<number, readonly number[]>();
    for (const [xid, times] of Object.entries(isRecord(numbers) ? numbers : {})) {
      if (/^\d{1,9}$/.test(xid) && Array.isArray(times)) decoded.set(Number(xid), times.filter(isCount).slice(-MOST_TIMES));
    }
    history.set(gpu, decoded);
  }
  return history;
}
