import { xidRow } from './catalogue.ts';
import { type XidClass, isGrave, worseOf } from './classes.ts';
import type { Episode } from './history.ts';
import { type RecoveryAction, type XidLine, parseXidLine } from './line.ts';
import { decodeNvlink5 } from './nvlink5.ts';
import { sxidClass } from './sxid.ts';
import { type Device, type XidState, deviceAt, entryOf } from './state.ts';

/** What one look takes lines into. */
export interface Fold {
  readonly state: XidState;
  /** Numbers that became active in this look. */
  readonly episodes: Episode[];
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** What the entry of this key asks for on this site. */
  readonly classOf: (device: Device, key: string) => XidClass;
}

export const FALLEN_OFF = '79';
const RECOVERY_ACTION = '154';

/** The driver's longest message of several lines has that many. */
const LINES_ABOUT = 4;

/** Takes one message of the kernel, which may hold several lines, into `fold.state`. Never throws. */
export function takeMessage(fold: Fold, text: string): void {
  if (text.includes('\n')) for (const line of text.split('\n')) takeLine(fold, parseXidLine(line), line);
  else takeLine(fold, parseXidLine(text), text);
}

function takeLine(fold: Fold, line: XidLine | undefined, text: string): void {
  const { state } = fold;
  const { about, identified } = state;
  if (line === undefined && about === undefined && identified === undefined) return;
  // Others may write in between; the driver's own lines follow each other.
  if (line !== undefined || text.startsWith('NVRM: ')) {
    state.about = about !== undefined && about.linesLeft > 1 ? { ...about, linesLeft: about.linesLeft - 1 } : undefined;
    state.identified = undefined;
  }
  if (line === undefined) return;
  if (line.kind === 'about-fallen-off') takeEndOfAbout(fold, about?.address);
  else if (line.kind === 'serial') takeIdentity(state, identified, { serial: line.serial });
  else takeWhole(fold, line);
}

/** What needs no other line to be understood. */
function takeWhole(fold: Fold, line: Exclude<XidLine, { readonly kind: 'about-fallen-off' | 'serial' }>): void {
  const { state } = fold;
  switch (line.kind) {
    case 'xid':
      return takeError(fold, line.address, { key: String(line.xid), ...xidClassOf(line.xid, line.detail), pid: line.pid });
    case 'sxid':
      return takeError(fold, line.address, { key: `sxid${line.code}`, xidClass: sxidClass(line.code, line.isFatal), detail: line.detail, switch: line.switch });
    case 'fallen-off':
      return takeFallenOff(fold, line.address);
    case 'about':
      state.about = { address: line.address, linesLeft: LINES_ABOUT };
      return;
    case 'identity':
      takeIdentity(state, line.address, { uuid: line.uuid });
      state.identified = line.address;
      return;
    case 'named-serial':
      return takeIdentity(state, line.address, { serial: line.serial });
    case 'recovery-action':
      return takeRecoveryAction(fold, line);
    case 'driver-loaded':
      for (const device of state.devices.values()) {
        clear(fold, device, ['reset']);
        for (const entry of device.entries.values()) entry.isBeforeDriver = true;
      }
      return;
    case 'boot':
      for (const device of state.devices.values()) clear(fold, device, 'everything');
      // Nobody knows when that was: a file may hold the boots of a year.
      fold.episodes.length = 0;
  }
}

function takeEndOfAbout(fold: Fold, address: string | undefined): void {
  if (address !== undefined) takeFallenOff(fold, address);
  fold.state.about = undefined;
}

interface SeenError {
  readonly key: string;
  readonly xidClass: XidClass;
  readonly detail: string;
  readonly pid?: number | undefined;
  readonly switch?: number;
  /** Its class is that of the last line, not of the worst. */
  readonly isLatest?: boolean;
}

function takeError(fold: Fold, address: string, seen: SeenError): void {
  const device = deviceAt(fold.state, address);
  const entry = device && entryOf(device, seen.key, seen.xidClass);
  if (device === undefined || entry === undefined) return;
  if (seen.switch !== undefined) device.switch = seen.switch;
  if (!entry.isActive) {
    entry.episodes += 1;
    if (seen.switch === undefined) fold.episodes.push({ address, xid: Number(seen.key) });
    Object.assign(entry, { isActive: true, isTold: false, xidClass: seen.xidClass, detail: seen.detail, pid: seen.pid });
  }
  const xidClass = seen.isLatest === true ? seen.xidClass : worseOf(entry.xidClass, seen.xidClass);
  if (xidClass !== entry.xidClass) Object.assign(entry, { xidClass, detail: seen.detail, pid: seen.pid });
  entry.count += 1;
  entry.lastMs = fold.nowMs;
  entry.isBeforeDriver = false;
  // A reset before this line is not the end of it.
  if (isGrave(fold.classOf(device, seen.key))) {
    device.heard = 'line';
    device.renewed.clear();
  }
}

function takeFallenOff(fold: Fold, address: string): void {
  takeError(fold, address, { key: FALLEN_OFF, xidClass: xidRow(Number(FALLEN_OFF)).xidClass, detail: 'GPU has fallen off the bus' });
}

/** Only these numbers have lines that tell more of their class than the number does. */
function xidClassOf(xid: number, detail: string): Pick<SeenError, 'xidClass' | 'detail'> {
  const decoded = xid >= 144 && xid <= 150 ? decodeNvlink5(xid, detail) : undefined;
  return { xidClass: decoded?.xidClass ?? xidRow(xid).xidClass, detail };
}

function takeIdentity(state: XidState, address: string | undefined, told: { readonly uuid?: string; readonly serial?: string }): void {
  const device = address === undefined ? undefined : deviceAt(state, address);
  if (device !== undefined) Object.assign(device, told);
}

const CLASS_OF_ACTION: Readonly<Record<RecoveryAction, XidClass>> = {
  none: 'event',
  reset: 'reset',
  reboot: 'reboot',
  // The programs that use links of this GPU are to be ended: GPURecoveryRequired tells it.
  drain: 'event',
  other: 'event',
};

function takeRecoveryAction(fold: Fold, { address, to, detail }: XidLine & { readonly kind: 'recovery-action' }): void {
  if (to !== 'none') {
    takeError(fold, address, { key: RECOVERY_ACTION, xidClass: CLASS_OF_ACTION[to], detail, isLatest: true });
    return;
  }
  const device = fold.state.devices.get(address);
  if (device !== undefined) clear(fold, device, ['reset', 'reboot']);
}

/** What asks for one of these is over. */
export function clear(fold: Pick<Fold, 'classOf'>, device: Device, classes: readonly XidClass[] | 'everything'): void {
  for (const [key, entry] of device.entries) {
    if (!entry.isActive) continue;
    if (classes === 'everything' || classes.includes(fold.classOf(device, key))) entry.isActive = false;
  }
  device.hasAsked &&= [...device.entries].some(([key, entry]) => entry.isActive && isGrave(fold.classOf(device, key)));
}
