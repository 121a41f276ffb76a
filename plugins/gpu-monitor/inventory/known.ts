import { isRecord } from '../../core/decode.ts';
import type { GpuRecord } from '../smi/record.ts';

/** What is remembered of one GPU. */
interface KnownGpu {
  readonly uuid?: string;
  readonly serial?: string;
  /** Where it was last, if another one is there now. */
  readonly address?: string;
}

/**
 * GPUs of the last good look by PCI address, or by UUID where another one has the address now. Kept over boots, since the one that
 * is gone after a reboot is the one to be found.
 */
export type KnownGpus = Readonly<Record<string, KnownGpu>>;

/** More than these are not remembered: addresses come from outside. */
const MOST_REMEMBERED = 64;

/** Strictly: what is not of this form counts as not known. */
export function knownOf(baseline: unknown): KnownGpus {
  if (!isRecord(baseline)) return {};
  return Object.fromEntries(Object.entries(baseline).flatMap(([key, entry]) => {
    if (!isRecord(entry)) return [];
    const { uuid, serial, address } = entry;
    return [[key, { ...(typeof uuid === 'string' ? { uuid } : {}), ...(typeof serial === 'string' ? { serial } : {}), ...(typeof address === 'string' ? { address } : {}) }]];
  }));
}

/**
 * The known GPUs by where they are now: a reboot may number the PCI bus anew, and a GPU that is gone moves those behind it.
 * Pure.
 *
 * @param places UUIDs of the GPUs that are there, by PCI address
 */
export function relocated(known: KnownGpus, places: ReadonlyMap<string, string>): KnownGpus {
  const addresses = new Map([...places].map(([address, uuid]) => [uuid, address]));
  const all = Object.entries(known).map(([key, { address, ...gpu }]) => ({ key, last: address ?? key, gpu, now: gpu.uuid === undefined ? undefined : addresses.get(gpu.uuid) }));
  const found = all.flatMap(({ now, gpu }) => (now === undefined ? [] : [[now, gpu] as const]));
  const taken = new Set(found.map(([address]) => address));
  const others = all.filter(({ now }) => now === undefined).flatMap(({ key, last, gpu }): readonly (readonly [string, KnownGpu])[] => {
    if (!taken.has(last)) return [[key, key === last ? gpu : { ...gpu, address: last }]];
    // Without a UUID it may well be the one that is there.
    return gpu.uuid === undefined ? [] : [[gpu.uuid, { ...gpu, address: last }]];
  });
  return Object.fromEntries([...others, ...found]);
}

/** What is known next: those that work, and of the others those with one of these keys. Pure. */
export function remembered(known: KnownGpus, working: readonly GpuRecord[], kept: ReadonlySet<string>): KnownGpus {
  const addresses = new Set(working.map(({ address }) => address));
  const old = Object.entries(known).filter(([key]) => kept.has(key) && !addresses.has(key));
  const now = working.map(({ address, fields: { uuid, serial } }) => [
    address, { ...(uuid.kind === 'value' ? { uuid: uuid.text } : {}), ...(serial.kind === 'value' ? { serial: serial.text } : {}) },
  ] as const);
  return Object.fromEntries([...now, ...old].slice(0, MOST_REMEMBERED));
}
