import type { LookEvent } from '../../core/check.ts';
import { joinToBytes, withoutPercent } from '../../core/text.ts';
import { isGrave } from './classes.ts';
import { deviceInWords, errorInWords } from './describe.ts';
import type { Fold } from './fold.ts';
import type { Device, XidEntry } from './state.ts';

/** A burst is over after this long without a line. */
export const QUIET_MS = 3 * 60_000;

/** XID 45 follows another one of the same GPU within this time, or it stands alone. */
const FOLLOWER = '45';
const FOLLOWS_WITHIN_MS = 60_000;

/** The queue of events holds 256, and others have something to say too. */
const MOST_EVENTS = 16;

/**
 * The events of one look: one where a burst of one number of one device begins, with the number of lines so far, and one at its
 * end if more came meanwhile. What asks for a reset or worse is told by the condition. Marks in the state what was told.
 */
export function tellBursts(fold: Fold): readonly LookEvent[] {
  const events: LookEvent[] = [];
  let untold = 0;
  for (const device of fold.state.devices.values()) {
    for (const [key, entry] of device.entries) {
      const event = tell(fold, device, key, entry);
      // What asks for nothing is over once it is quiet, and told anew if it comes again.
      if (entry.isActive && isQuiet(fold, entry) && !isGrave(fold.classOf(device, key))) entry.isActive = false;
      if (event !== undefined && events.length < MOST_EVENTS) events.push(event);
      else if (event !== undefined) untold += 1;
    }
  }
  if (untold > 0) events.push({ severity: 'warn', reason: 'GPUXid', message: `${untold} other XIDs and SXids in the kernel log at the same time` });
  return events;
}

function tell(fold: Fold, device: Device, key: string, entry: XidEntry): LookEvent | undefined {
  if (!entry.isActive || entry.count === entry.toldCount) return undefined;
  const xidClass = fold.classOf(device, key);
  const isSilent = isGrave(xidClass) || xidClass === 'ignore' || isFollower(device, key, entry);
  if (!isSilent && entry.isTold && !isQuiet(fold, entry)) return undefined;
  const lines = entry.count - entry.toldCount;
  const isEnd = entry.isTold;
  entry.toldCount = entry.count;
  entry.isTold = true;
  if (isSilent) return undefined;
  const severity = xidClass === 'app' ? 'info' : 'warn';
  const what = `${deviceInWords(device)}: ${errorInWords(key, entry)}`;
  const message = isEnd ? `${what}: quiet again, ${times(lines)} more` : `${what}, ${times(lines)}${inDetail(entry)}`;
  return { severity, reason: 'GPUXid', message: withoutPercent(joinToBytes([message])) };
}

/** Also where the clock was set. */
function isQuiet({ nowMs }: Fold, { lastMs }: XidEntry): boolean {
  return Math.abs(nowMs - lastMs) >= QUIET_MS;
}

function isFollower(device: Device, key: string, { lastMs }: XidEntry): boolean {
  return key === FOLLOWER && [...device.entries].some(([other, entry]) => other !== FOLLOWER && Math.abs(entry.lastMs - lastMs) <= FOLLOWS_WITHIN_MS);
}

function times(count: number): string {
  return count === 1 ? 'logged once' : `logged ${count} times`;
}

function inDetail({ pid, detail }: XidEntry): string {
  const process = pid === undefined ? '' : ` of process ${pid}`;
  return detail === '' ? process : `${process}: ${detail}`;
}
