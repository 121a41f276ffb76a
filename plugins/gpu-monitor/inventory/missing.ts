import type { Look } from '../../core/check.ts';
import { type Problem, type Verdict, healthy, notApplicable, problem, unknown, unknownOf } from '../../core/verdict.ts';
import { saidBy, withoutData } from '../checks/smi-look.ts';
import { describeDevice, isLost } from '../device.ts';
import type { ExpectedGpus } from '../settings/reading.ts';
import type { Complaint, SmiLook } from '../smi/look.ts';
import type { GpuRecord, SmiDocument } from '../smi/record.ts';
import { NONE_EXPECTED } from '../smi/scene.ts';
import { type GpuInventory, KERNEL_DRIVER, candidates, givenAway, ours } from './inventory.ts';
import { type KnownGpus, relocated, remembered } from './known.ts';
import { type GpuVisibility, isHidden } from './visibility.ts';

/** Everything that says which GPUs there should be. */
export interface Census {
  readonly look: SmiLook;
  readonly expected: ExpectedGpus;
  readonly inventory: GpuInventory;
  readonly visibility: GpuVisibility;
  /** Addresses that fell off the bus in this boot, by the kernel log. */
  readonly fallenOff: ReadonlySet<string>;
  readonly known: KnownGpus;
}

/** As a census, once it was looked who is where. */
interface Roll extends Census {
  /** Those that nvidia-smi lists. */
  readonly gpus: readonly GpuRecord[];
  readonly listed: ReadonlySet<string>;
}

/** Pure. One finding per GPU that is missing, by its address; and one of the number where somebody said it. */
export function judgeMissing(census: Census): Look {
  const { look, expected } = census;
  if (expected === 'none') return { verdicts: [withoutData(NONE_EXPECTED)], baseline: {} };
  const roll = rollOf(census);
  const { gpus, known } = roll;
  const absent = absentOf(roll);
  const [lost, notListed] = [lostOf(roll), unlisted(roll)];
  const isWhole = look.kind === 'answered' && !isWithoutNodes(roll) && (look.document.isWhole || isExplained(look.document, lost, notListed));
  const working = gpus.filter((gpu) => !isLost(gpu) && !census.fallenOff.has(gpu.address));
  const named = unique([...fallen(roll, absent), ...lost, ...(isWhole ? notListed : noDevices(roll)), ...unbound(roll)]);
  // A GPU of which only that is known is one of those that are named, if any is.
  const unnamed = named.length === 0 ? [...nameless(look), ...noneOfGiven(roll)] : [];
  const findings = [...named, ...unnamed, ...(isWhole ? fewer(roll, working.length) : fewerOnBus(roll))];
  return {
    verdicts: [...findings, ...(isWhole ? [] : untold(roll, findings)), ...hidden(roll), ...(isWhole && findings.length === 0 ? [healthy] : [])],
    baseline: remembered(known, working, expected === 'auto' ? stillOurs(roll, absent, isWhole) : new Set()),
    ...(isWhole ? { readings: [{ name: 'gpus', value: working.length, unit: 'count', source: look.document.source }] } : {}),
  };
}

function rollOf(census: Census): Roll {
  const { look, inventory: { proc = [] }, known } = census;
  const gpus = look.kind === 'answered' ? look.document.gpus : [];
  const uuids = [
    ...proc.flatMap(({ address, uuid }) => (uuid === undefined ? [] : [[address, uuid] as const])),
    ...gpus.flatMap(({ address, fields: { uuid } }) => (uuid.kind === 'value' ? [[address, uuid.text] as const] : [])),
  ];
  return { ...census, known: relocated(known, new Map(uuids)), gpus, listed: new Set(gpus.map(({ address }) => address)) };
}

/**
 * The output lacks those, and only those, of which nvidia-smi says beside it that they are lost. Or it ended as it should, and says
 * of itself that there are others: nothing was cut off, so those that are on the bus are the others.
 */
function isExplained({ gpus, attachedGpus, isClosed }: SmiDocument, lost: readonly Problem[], notListed: readonly Problem[]): boolean {
  const listed = new Set(gpus.map(({ address }) => address));
  const besideOf = (problems: readonly Problem[]): number => new Set(problems.map(({ subject }) => subject).filter((address) => !listed.has(address))).size;
  if (attachedGpus === undefined) return false;
  if (isClosed === true) return gpus.length + besideOf([...lost, ...notListed]) >= attachedGpus;
  return besideOf(lost) > 0 && gpus.length + besideOf(lost) === attachedGpus;
}

function whyUntold(roll: Roll): string {
  const { look } = roll;
  if (isWithoutNodes(roll)) return 'nvidia-smi finds no devices: this container has /dev/nvidiactl, and no /dev/nvidiaN that it may open; give it the device nodes of the GPUs, or use the NVIDIA runtime class';
  if (look.kind === 'answered') return 'the output of nvidia-smi is not whole';
  const verdict = withoutData(look);
  return verdict.kind === 'unknown' ? verdict.message : 'nvidia-smi told nothing';
}

/** What this look found stays visible, and what others found is held: nobody can tell that it is over. */
function untold(roll: Roll, findings: readonly Problem[]): readonly Verdict[] {
  const { look, inventory, known } = roll;
  if (look.kind === 'no-gpu') return findings.length === 0 ? [withoutData(look)] : [];
  const why = whyUntold(roll);
  if (findings.length === 0) return [unknown(why)];
  const found = new Set(findings.map(({ subject }) => subject));
  const subjects = new Set([...ours(inventory), ...Object.keys(known), 'a GPU', 'count', 'others']);
  return [...subjects].filter((subject) => !found.has(subject)).map((subject) => unknownOf(subject, why));
}

/**
 * Known GPUs that are no longer on the bus, unless there are as many as ever: another may have taken the place of one that is gone.
 * Where a number is expected it is that, and not the past, which decides.
 */
function absentOf(roll: Roll): readonly string[] {
  const { inventory, known, expected, listed } = roll;
  if (expected !== 'auto') return [];
  const away = givenAway(inventory);
  const here = new Set([...candidates(inventory).filter((address) => Object.hasOwn(known, address) || !isOthers(roll, address)), ...listed]);
  const should = Object.entries(known).filter(([key, { address = key }]) => !away.has(address)).map(([key]) => key);
  return here.size >= should.length ? [] : should.filter((key) => !here.has(key));
}

/** Off the bus: the kernel says so, or the device that was there is no longer on it. */
function fallen(roll: Roll, absent: readonly string[]): readonly Problem[] {
  return [
    ...[...roll.fallenOff].map((address) => problem('GPUFellOffBus', address, `${nameOf(address, roll)}: has fallen off the bus (XID 79 in the kernel log)`)),
    ...(hasStrangers(roll) ? [] : absent).map((key) => problem('GPUFellOffBus', key, `${nameOf(key, roll)}: is no longer on the PCI bus (/sys/bus/pci/devices), where it was at the last good look`)),
  ];
}

/** On the bus is one of which nobody says who it is: any of those that seem to be gone. */
function hasStrangers(roll: Roll): boolean {
  const { look, inventory, known } = roll;
  if (look.kind === 'answered') return false;
  return candidates(inventory).some((address) => !Object.hasOwn(known, address) && !isOthers(roll, address) && inventory.proc?.find((gpu) => gpu.address === address)?.uuid === undefined);
}

/** The driver says so, in the fields of a GPU or beside them. */
function lostOf(roll: Roll): readonly Problem[] {
  const byFields = roll.gpus.filter(isLost).map(({ address }) => problem('GPULost', address, `${nameOf(address, roll)}: nvidia-smi says that the GPU is lost`));
  const byText = complaintsIn(roll.look).flatMap(({ address, text }) => (address === undefined ? [] : [problem('GPULost', address, `${nameOf(address, roll)}: ${saidBy({ text })}`)]));
  return [...byFields, ...byText];
}

/** The driver says so, and not of which. */
function nameless(look: SmiLook): readonly Problem[] {
  return complaintsIn(look).slice(0, 1).map((complaint) => problem('GPULost', 'a GPU', `a GPU: ${saidBy(complaint)}`));
}

function complaintsIn(look: SmiLook): readonly Complaint[] {
  return look.kind === 'answered' || look.kind === 'failed' ? look.complaints.filter(({ kind }) => kind === 'gpu-lost') : [];
}

/** On the bus with the driver bound, for this container, and not in the output. */
function unlisted(roll: Roll): readonly Problem[] {
  return missed(roll).map((address) => problem('GPUCountMismatch', address, `${nameOf(address, roll)}: is on the PCI bus, and nvidia-smi does not list it`));
}

function missed(roll: Roll): readonly string[] {
  const { inventory, listed } = roll;
  return ours(inventory).filter((address) => !listed.has(address) && !isOthers(roll, address));
}

/** Of the driver's GPUs one that is not listed, since this container was not given it. */
function isOthers({ inventory, visibility, listed }: Roll, address: string): boolean {
  return !listed.has(address) && ours(inventory).includes(address) && isHidden(visibility, inventory, address);
}

/** The loaded driver did not take it: where it is broken the probe fails, and nvidia-smi never hears of it. */
function unbound(roll: Roll): readonly Problem[] {
  const { inventory: { pci, moduleVersion }, expected, listed } = roll;
  if (moduleVersion === undefined || expected !== 'auto') return [];
  const left = pci.filter(({ address, driver, isVirtualFunction }) => (driver === undefined || driver === KERNEL_DRIVER) && !isVirtualFunction && !listed.has(address));
  return left.map(({ address, driver }) => problem('GPUCountMismatch', address, `${nameOf(address, roll)}: is on the PCI bus, and ${driver === undefined ? 'no driver' : `the driver ${driver}`} is bound to it`));
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
function findsNone({ look, gpus }: Roll): boolean {
  return look.kind === 'answered' ? gpus.length === 0 && look.document.isWhole : look.kind === 'failed' && look.complaints.some(({ kind }) => kind === 'no-devices');
}

/** It finds none for want of what it would find them by, which says nothing of the GPUs. */
function isWithoutNodes(roll: Roll): boolean {
  const { hasControlNode, nodes } = roll.visibility;
  return hasControlNode && nodes?.size === 0 && findsNone(roll);
}

function noDevices(roll: Roll): readonly Problem[] {
  if (!findsNone(roll) || isWithoutNodes(roll)) return [];
  return missed(roll).map((address) => problem('GPUCountMismatch', address, `${nameOf(address, roll)}: is on the PCI bus, and nvidia-smi finds no devices`));
}

/** Which GPUs these are cannot be told, but there was at least one. */
function noneOfGiven(roll: Roll): readonly Problem[] {
  const { visibility, expected } = roll;
  if (visibility.given !== 'some' || expected !== 'auto' || !findsNone(roll) || isWithoutNodes(roll)) return [];
  return [problem('GPUCountMismatch', 'count', 'nvidia-smi finds none of the GPUs that this container was given (NVIDIA_VISIBLE_DEVICES)')];
}

/** A container that was given only some GPUs sees no others, and that is no fault of them. */
function hidden(roll: Roll): readonly Verdict[] {
  if (roll.look.kind !== 'answered' || roll.expected !== 'auto') return [];
  return ours(roll.inventory).some((address) => isOthers(roll, address)) ? [notApplicable('GPUs that this container was not given (no /dev/nvidiaN for them)')] : [];
}

/** Keys of those that do not work now and are remembered: neither given away on purpose, nor replaced, nor known not to be this container's. */
function stillOurs(roll: Roll, absent: readonly string[], isWhole: boolean): ReadonlySet<string> {
  return new Set([...absent, ...candidates(roll.inventory).filter((address) => !isWhole || !isOthers(roll, address))]);
}

/** By its address, or by its key among the known ones. */
function nameOf(key: string, { known, inventory, gpus }: Roll): string {
  const fields = gpus.find((gpu) => gpu.address === key)?.fields;
  const { uuid = inventory.proc?.find((entry) => entry.address === key)?.uuid, serial, address = key } = known[key] ?? {};
  return describeDevice(address, fields?.uuid.kind === 'value' ? fields.uuid.text : uuid, fields?.serial.kind === 'value' ? fields.serial.text : serial);
}

/** The first finding of each GPU is the one with the most to say. */
function unique(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ subject }) => !seen.has(subject) && seen.add(subject));
}
