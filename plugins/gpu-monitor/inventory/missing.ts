import type { Look } from '../../core/check.ts';
import { isRecord } from '../../core/decode.ts';
import { type Problem, type Verdict, healthy, notApplicable, problem, unknown, unknownOf } from '../../core/verdict.ts';
import { saidBy, withoutData } from '../checks/smi-look.ts';
import { describeDevice, isLost } from '../device.ts';
import type { ExpectedGpus } from '../settings/reading.ts';
import type { Complaint, SmiLook } from '../smi/look.ts';
import type { GpuRecord, SmiDocument } from '../smi/record.ts';
import { type GpuInventory, NVIDIA_DRIVER, givenAway } from './inventory.ts';

/** GPUs of the last good look, by PCI address: kept over boots, since the one that is gone after a reboot is the one to be found. */
export type KnownGpus = Readonly<Record<string, { readonly uuid?: string; readonly serial?: string }>>;

/** Everything that says which GPUs there should be. */
export interface Census {
  readonly look: SmiLook;
  readonly expected: ExpectedGpus;
  readonly inventory: GpuInventory;
  /** Nodes /dev/nvidiaN that may be used here; undefined where that cannot be told. */
  readonly deviceNodeCount: number | undefined;
  /** Addresses that fell off the bus in this boot, by the kernel log. */
  readonly fallenOff: ReadonlySet<string>;
  readonly known: KnownGpus;
}

/** More than these are not remembered: addresses come from outside. */
const MOST_REMEMBERED = 64;

/** Pure. One finding per GPU that is missing, by its address; and one of the number where somebody said it. */
export function judgeMissing(census: Census): Look {
  const { look, expected, inventory, known } = census;
  if (expected === 'none') return { verdicts: [notApplicable('no GPU is expected here (expectGpus is none)')], baseline: {} };
  const gpus = look.kind === 'answered' ? look.document.gpus : [];
  const gone = goneOf(census, gpus);
  const lost = lostOf(census, gpus);
  const isWhole = look.kind === 'answered' && (look.document.isWhole || isExplained(look.document, lost));
  const working = gpus.filter((gpu) => !isLost(gpu) && !census.fallenOff.has(gpu.address));
  const named = unique([...fallen(census, gone, gpus), ...lost, ...(isWhole ? unlisted(census, gpus) : noDevices(census)), ...unbound(census, gpus)]);
  // A GPU of which only that is known is one of those that are named, if any is.
  const findings = [...named, ...(named.length === 0 ? nameless(look) : []), ...(isWhole ? fewer(census, working.length) : fewerOnBus(census))];
  const subjects = [...ours(inventory), ...Object.keys(known), 'a GPU', 'count', 'others'];
  const blind = isWhole || look.kind === 'no-gpu' ? [] : untold(whyUntold(look), findings, subjects);
  const isNowhere = look.kind === 'no-gpu' && findings.length === 0;
  return {
    verdicts: [
      ...(isNowhere ? [withoutData(look)] : []), ...findings, ...blind, ...hidden(census, gpus), ...(isWhole && findings.length === 0 ? [healthy] : []),
    ],
    baseline: remembered(census, gone, working),
    ...(isWhole ? { readings: [{ name: 'gpus', value: working.length, unit: 'count', source: look.document.source }] } : {}),
  };
}

/** The output lacks those, and only those, of which nvidia-smi says beside it that they are lost. */
function isExplained({ gpus, attachedGpus }: SmiDocument, lost: readonly Problem[]): boolean {
  const listed = new Set(gpus.map(({ address }) => address));
  const beside = new Set(lost.map(({ subject }) => subject).filter((address) => !listed.has(address)));
  return attachedGpus !== undefined && beside.size > 0 && gpus.length + beside.size === attachedGpus;
}

function whyUntold(look: SmiLook): string {
  if (look.kind === 'answered') return 'the output of nvidia-smi is not whole';
  const verdict = withoutData(look);
  return verdict.kind === 'unknown' ? verdict.message : 'nvidia-smi told nothing';
}

/** What this look found stays visible, and what others found is held: nobody can tell that it is over. */
function untold(why: string, findings: readonly Problem[], subjects: readonly string[]): readonly Verdict[] {
  if (findings.length === 0) return [unknown(why)];
  const found = new Set(findings.map(({ subject }) => subject));
  return [...new Set(subjects)].filter((subject) => !found.has(subject)).map((subject) => unknownOf(subject, why));
}

/**
 * Known GPUs that are no longer on the bus, unless there are as many as ever: after a reboot another address may be that of the
 * same board, or of the one that took its place. Where a number is expected it is that, and not the past, which decides.
 */
function goneOf({ inventory, known, expected }: Census, gpus: readonly GpuRecord[]): readonly string[] {
  if (expected !== 'auto') return [];
  const away = givenAway(inventory);
  const here = new Set([...candidates(inventory), ...gpus.map(({ address }) => address)]);
  const should = Object.keys(known).filter((address) => !away.has(address));
  return here.size >= should.length ? [] : should.filter((address) => !here.has(address));
}

/** Off the bus: the kernel says so, or the device that was there is no longer on it. */
function fallen(census: Census, gone: readonly string[], gpus: readonly GpuRecord[]): readonly Problem[] {
  return [
    ...[...census.fallenOff].map((address) => problem('GPUFellOffBus', address, `${nameOf(address, census, gpus)}: has fallen off the bus (XID 79 in the kernel log)`)),
    ...gone.map((address) => problem('GPUFellOffBus', address, `${nameOf(address, census, gpus)}: is no longer on the PCI bus (/sys/bus/pci/devices), where it was at the last good look`)),
  ];
}

/** The driver says so, in the fields of a GPU or beside them. */
function lostOf(census: Census, gpus: readonly GpuRecord[]): readonly Problem[] {
  const byFields = gpus.filter(isLost).map(({ address }) => problem('GPULost', address, `${nameOf(address, census, gpus)}: nvidia-smi says that the GPU is lost`));
  const byText = complaintsIn(census.look).flatMap(({ address, text }) => (address === undefined ? [] : [problem('GPULost', address, `${nameOf(address, census, gpus)}: ${saidBy({ text })}`)]));
  return [...byFields, ...byText];
}

/** The driver says so, and not of which. */
function nameless(look: SmiLook): readonly Problem[] {
  return complaintsIn(look).slice(0, 1).map((complaint) => problem('GPULost', 'a GPU', `a GPU: ${saidBy(complaint)}`));
}

function complaintsIn(look: SmiLook): readonly Complaint[] {
  return look.kind === 'answered' || look.kind === 'failed' ? look.complaints.filter(({ kind }) => kind === 'gpu-lost') : [];
}

/** On the bus with the driver bound, or known from before, and not in the output. */
function unlisted(census: Census, gpus: readonly GpuRecord[]): readonly Problem[] {
  const { inventory, known, expected } = census;
  const listed = new Set(gpus.map(({ address }) => address));
  return ours(inventory).filter((address) => !listed.has(address)).flatMap((address) => {
    const wasThere = expected === 'auto' && Object.hasOwn(known, address);
    if (isHidden(census, gpus) && !wasThere) return [];
    return [problem('GPUCountMismatch', address, `${nameOf(address, census, gpus)}: is on the PCI bus, and nvidia-smi does not list it`)];
  });
}

/** The loaded driver did not take it: where it is broken the probe fails, and nvidia-smi never hears of it. */
function unbound(census: Census, gpus: readonly GpuRecord[]): readonly Problem[] {
  const { inventory: { pci, moduleVersion }, expected } = census;
  if (moduleVersion === undefined || expected !== 'auto') return [];
  const listed = new Set(gpus.map(({ address }) => address));
  const left = pci.filter(({ address, driver, isVirtualFunction }) => driver === undefined && !isVirtualFunction && !listed.has(address));
  return left.map(({ address }) => problem('GPUCountMismatch', address, `${nameOf(address, census, gpus)}: is on the PCI bus, and no driver is bound to it`));
}

/** Fewer than somebody said. */
function fewer({ expected }: Census, count: number): readonly Problem[] {
  if (typeof expected !== 'number' || count >= expected) return [];
  return [problem('GPUCountMismatch', 'count', `${count} of ${expected} expected GPUs work (expectGpus)`)];
}

/** That much can be told without nvidia-smi. */
function fewerOnBus({ expected, inventory }: Census): readonly Problem[] {
  const { length } = candidates(inventory);
  if (typeof expected !== 'number' || length >= expected) return [];
  return [problem('GPUCountMismatch', 'count', `${length} of ${expected} expected GPUs are on the PCI bus (expectGpus)`)];
}

/** The driver answers that it has no device at all. */
function noDevices(census: Census): readonly Problem[] {
  const { look, inventory } = census;
  if (look.kind !== 'failed' || !look.complaints.some(({ kind }) => kind === 'no-devices')) return [];
  return ours(inventory).map((address) => problem('GPUCountMismatch', address, `${nameOf(address, census, [])}: is on the PCI bus, and nvidia-smi finds no devices`));
}

/** A container that was given only some GPUs sees no others, and that is no fault of them. */
function isHidden({ deviceNodeCount }: Census, gpus: readonly GpuRecord[]): boolean {
  return deviceNodeCount !== undefined && deviceNodeCount <= gpus.length;
}

function hidden(census: Census, gpus: readonly GpuRecord[]): readonly Verdict[] {
  const { look, inventory, expected } = census;
  const isFewer = look.kind === 'answered' && gpus.length < ours(inventory).length && isHidden(census, gpus);
  return isFewer && expected === 'auto' ? [notApplicable('GPUs that this container was not given (no /dev/nvidiaN for them)')] : [];
}

/** Addresses of GPUs that belong to the NVIDIA driver: not those of virtual machines, nor functions of vGPUs. */
function ours({ pci, proc }: GpuInventory): readonly string[] {
  const own = pci.filter(({ driver, isVirtualFunction }) => driver === NVIDIA_DRIVER && !isVirtualFunction).map(({ address }) => address);
  return [...new Set([...own, ...(proc ?? []).map(({ address }) => address)])].toSorted();
}

/** All on the bus that are for this node's own driver, whether it took them or not. */
function candidates(inventory: GpuInventory): readonly string[] {
  const away = givenAway(inventory);
  return inventory.pci.filter(({ address, isVirtualFunction }) => !isVirtualFunction && !away.has(address)).map(({ address }) => address);
}

/** What is known next: the working ones are added; those that were given away on purpose, or are neither here nor missed, forgotten. */
function remembered({ inventory, known, expected }: Census, gone: readonly string[], working: readonly GpuRecord[]): KnownGpus {
  const missing = new Set([...gone, ...candidates(inventory)]);
  const addresses = new Set(working.map(({ address }) => address));
  const old = expected === 'auto' ? Object.entries(known).filter(([address]) => missing.has(address) && !addresses.has(address)) : [];
  const now = working.map(({ address, fields: { uuid, serial } }) => [
    address, { ...(uuid.kind === 'value' ? { uuid: uuid.text } : {}), ...(serial.kind === 'value' ? { serial: serial.text } : {}) },
  ] as const);
  return Object.fromEntries([...now, ...old].slice(0, MOST_REMEMBERED));
}

function nameOf(address: string, { known, inventory }: Census, gpus: readonly GpuRecord[]): string {
  const fields = gpus.find((gpu) => gpu.address === address)?.fields;
  const { uuid = inventory.proc?.find((entry) => entry.address === address)?.uuid, serial } = known[address] ?? {};
  return describeDevice(address, fields?.uuid.kind === 'value' ? fields.uuid.text : uuid, fields?.serial.kind === 'value' ? fields.serial.text : serial);
}

/** The first finding of each GPU is the one with the most to say. */
function unique(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ subject }) => !seen.has(subject) && seen.add(subject));
}

/** Strictly: what is not of this form counts as not known. */
export function knownOf(baseline: unknown): KnownGpus {
  if (!isRecord(baseline)) return {};
  return Object.fromEntries(Object.entries(baseline).flatMap(([address, entry]) => {
    if (!isRecord(entry)) return [];
    const { uuid, serial } = entry;
    return [[address, { ...(typeof uuid === 'string' ? { uuid } : {}), ...(typeof serial === 'string' ? { serial } : {}) }]];
  }));
}
