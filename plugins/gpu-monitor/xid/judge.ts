import type { Metric, Reading } from '../../core/check.ts';
import { type Verdict, healthy, problem } from '../../core/verdict.ts';
import type { GpuRecord } from '../smi/record.ts';
import { type XidClass, isGrave, rankOf, worseOf } from './classes.ts';
import { deviceInWords, errorInWords } from './describe.ts';
import { FALLEN_OFF, type Fold } from './fold.ts';
import { sxidCodeOf } from './site.ts';
import type { Device, XidEntry, XidState } from './state.ts';

/** A message names these; more of them change nothing. */
const MOST_TOLD = 6;

/** One problem per device that is not to be used; healthy if there is none. Pure. */
export function judge({ state, classOf }: Pick<Fold, 'state' | 'classOf'>): readonly Verdict[] {
  const verdicts = [...state.devices.values()].flatMap((device): readonly Verdict[] => {
    const grave = [...device.entries].filter(([key, entry]) => entry.isActive && isGrave(classOf(device, key)));
    if (grave.length === 0) return [];
    const worst = grave.map(([key]) => classOf(device, key)).reduce(worseOf);
    const sorted = grave.toSorted(([a], [b]) => rankOf(classOf(device, b)) - rankOf(classOf(device, a)) || a.localeCompare(b, 'en', { numeric: true }));
    const names = sorted.filter(([key]) => !isDetailOf48(key, device)).slice(0, MOST_TOLD).map(([key, entry]) => `${errorInWords(key, entry)}${whereOf48(key, device)}`);
    const subject = `${device.switch === undefined ? 'GPU' : 'NVSwitch'} ${device.address}`;
    return [REASONS[worst]?.(subject, `${deviceInWords(device)}: ${names.join(', ')}`) ?? healthy];
  });
  return verdicts.length > 0 ? verdicts : [healthy];
}

/** Only grave ones come here: their condition's reason, and when it will be over. */
const REASONS: Readonly<Partial<Record<XidClass, (subject: string, what: string) => Verdict>>> = {
  rma: (subject, what) => problem('GPUReplacementRequired', subject, `${what}; to be inspected or replaced`),
  reboot: (subject, what) => problem('NodeRebootRequired', subject, `${what}; over once the node was rebooted`),
  reset: (subject, what) => problem('GPUResetRequired', subject, `${what}; over once the driver was loaded again, the node rebooted, or nvidia-smi shows that ${subject.startsWith('GPU') ? 'the GPU was reset (by its recovery action or its counters)' : 'all GPUs were reset (by their counters)'}`),
};

/** XIDs 171 and 172 tell where a 48 of the same GPU was. */
const PLACES_OF_48: ReadonlyMap<string, string> = new Map([['171', 'DRAM'], ['172', 'SRAM']]);

function isDetailOf48(key: string, { entries }: Device): boolean {
  return PLACES_OF_48.has(key) && entries.get('48')?.isActive === true;
}

function whereOf48(key: string, { entries }: Device): string {
  if (key !== '48') return '';
  const places = [...PLACES_OF_48].filter(([detail]) => entries.get(detail)?.isActive === true).map(([detail, place]) => `XID ${detail}: in ${place}`);
  return places.length === 0 ? '' : ` with ${places.join(', ')}`;
}

/** PCI addresses of GPUs that fell off the bus and were not seen to come back. A driver that was loaded since then looked for itself: nvidia-smi and the bus tell what it found. Pure. */
export function fallenOffOf({ devices }: XidState): readonly string[] {
  return [...devices].flatMap(([address, { entries }]) => {
    const entry = entries.get(FALLEN_OFF);
    return entry !== undefined && entry.isActive && !entry.isBeforeDriver ? [address] : [];
  });
}

const SOURCE = 'kernel log';

/** Pure. */
export function readingsOf({ devices }: XidState): readonly Reading[] {
  return entriesOf(devices).map(({ address, key, entry }) => {
    const code = sxidCodeOf(key);
    return { name: code === undefined ? `xid_${key}` : `sxid_${code}`, subject: address, value: entry.count, unit: 'count', source: SOURCE };
  });
}

/** Of each of the two metrics. */
const MOST_SERIES = 256;

/** Pure. */
export function metricsOf({ devices }: XidState, gpus: readonly GpuRecord[]): readonly Metric[] {
  const indexes = new Map(gpus.map(({ address, index }) => [address, String(index)]));
  const all = entriesOf(devices);
  const xids = all.filter(({ key }) => sxidCodeOf(key) === undefined).map(({ address, device, key, entry }): Metric => ({
    name: 'npd_plugins_gpu_xid_total',
    type: 'counter',
    help: 'Lines of the kernel log with this XID, since the boot or since gpu-monitor first looked.',
    labels: { address, index: indexes.get(address) ?? '', uuid: device.uuid ?? '', xid: key },
    value: entry.count,
  }));
  const sxids = all.filter(({ key }) => sxidCodeOf(key) !== undefined).map(({ address, key, entry }): Metric => ({
    name: 'npd_plugins_gpu_sxid_total',
    type: 'counter',
    help: 'Lines of the kernel log with this SXid of an NVSwitch, since the boot or since gpu-monitor first looked.',
    labels: { address, sxid: String(sxidCodeOf(key)) },
    value: entry.count,
  }));
  return [...xids.slice(0, MOST_SERIES), ...sxids.slice(0, MOST_SERIES)];
}

interface Told {
  readonly address: string;
  readonly device: Device;
  readonly key: string;
  readonly entry: XidEntry;
}

function entriesOf(devices: XidState['devices']): readonly Told[] {
  return [...devices].flatMap(([address, device]) => [...device.entries].map(([key, entry]) => ({ address, device, key, entry })));
}
