import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { getSystemErrorMessage } from 'node:util';
import { isRecord } from '../core/decode.ts';
import { codeOf, messageOf } from '../core/errors.ts';
import { type KmsgRecord, parseKmsgRecord } from './kmsg-record.ts';
import type { LogNews, LogRecord } from './log-follower.ts';
import { createSlices } from './slices.ts';

/** What following a kernel log device came to; `not-a-device` where something else lies there, which was not read. */
export type KmsgNews = LogNews | { readonly kind: 'not-a-device' };

export interface KmsgFollower {
  /** As `LogFollower.read`, of the device at this path. */
  readonly read: (path: string, position: unknown, take: (record: LogRecord) => void, signal: AbortSignal) => Promise<KmsgNews>;
}

/** Without O_NONBLOCK a read would wait for the next message; a FIFO must not block the open. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Longer than any record: PRINTKRB_RECORD_MAX and CONSOLE_EXT_LOG_MAX of the kernel are 1 to 8 KiB. */
const BUFFER_BYTES = 8 * 1024;

/** More than the largest usual ring buffer holds; the rest comes with the next call. */
const MOST_RECORDS = 100_000;

/** A look has a deadline, and one that gets little CPU time must still come forward. */
const LONGEST_CALL_MS = 4_000;

/** A device that gives nothing but errors is not asked for ever. */
const MOST_ERRORS_IN_A_ROW = 1_000;

/** Everything here is synchronous, so one buffer serves all. */
let scratch: Buffer | undefined;

/** An open kernel log device. */
export interface KmsgDevice {
  /** Reads the next record into `buffer` and gives its length; throws as read(2) fails. */
  readonly read: (buffer: Buffer) => number;
  readonly close: () => void;
}

/** Undefined where something else than a character device lies at `path`; throws as open(2) fails. */
export type OpenKmsg = (path: string) => KmsgDevice | undefined;

/** An open device, and the last record that was read of it. */
interface Following {
  readonly path: string;
  readonly device: KmsgDevice;
  lastSequence: number | undefined;
}

/**
 * Follows /dev/kmsg, see Documentation/ABI/testing/dev-kmsg: each read gives one record, EAGAIN at the end, EPIPE where records
 * were overwritten before they were read, EINVAL for one that is too long. All reads are of memory, so none waits.
 * The device stays open between two calls: a new one would begin with the oldest record.
 */
export function createKmsgFollower(open: OpenKmsg = openKmsg): KmsgFollower {
  let following: Following | undefined;

  function close(): void {
    following?.device.close();
    following = undefined;
  }

  return {
    async read(path, position, take, signal) {
      const after = sequenceOf(position);
      // Another place than where we left off: an earlier look was given up, or its position was lost.
      if (following?.path !== path || following.lastSequence !== after) close();
      try {
        if (following === undefined) {
          const device = open(path);
          if (device === undefined) return { kind: 'not-a-device' };
          following = { path, device, lastSequence: after };
        }
        const lostCount = await drain(following, after, take, signal);
        const { lastSequence } = following;
        return { kind: 'ok', lostCount, position: lastSequence === undefined ? {} : { sequence: lastSequence } };
      } catch (cause) {
        close();
        return unread(path, cause);
      }
    },
  };
}

function openKmsg(path: string): KmsgDevice | undefined {
  const fd = openSync(path, OPEN_FLAGS);
  const device = { read: (buffer: Buffer) => readSync(fd, buffer, 0, buffer.length, null), close: () => closeSync(fd) };
  if (fstatSync(fd).isCharacterDevice()) return device;
  device.close();
  return undefined;
}

/** Gives the number of records that were lost since `after`. Throws what the device says, but for what belongs to its manners. */
async function drain(following: Following, after: number | undefined, take: (record: LogRecord) => void, signal: AbortSignal): Promise<number> {
  const slices = createSlices(signal);
  const endMs = performance.now() + LONGEST_CALL_MS;
  let [lostCount, errors] = [0, 0];
  let skipped: number | undefined;
  for (let count = 0; count < MOST_RECORDS && errors < MOST_ERRORS_IN_A_ROW; count += 1) {
    const turn = slices.pause();
    if (turn !== undefined && (!(await settled(turn)) || performance.now() > endMs)) return lostCount;
    const next = nextRecord(following.device);
    if (next.kind === 'end') break;
    errors = next.kind === 'lost' ? errors + 1 : 0;
    const record = next.kind === 'lost' ? undefined : parseKmsgRecord(next.text);
    if (record === undefined) continue;
    if (after !== undefined && record.sequence <= after) skipped = record.sequence;
    else lostCount += takeNext(following, record, take);
  }
  // The log ends before the place where we are said to have left off: it is another's.
  if (skipped !== undefined && after !== undefined && following.lastSequence === after) following.lastSequence = Math.min(skipped, after);
  return lostCount;
}

/** Gives the number of records between the last one and this. */
function takeNext(following: Following, { sequence, text }: KmsgRecord, take: (record: LogRecord) => void): number {
  const { lastSequence = sequence - 1 } = following;
  following.lastSequence = sequence;
  take({ text });
  return Math.max(0, sequence - lastSequence - 1);
}

/** False once nobody waits any more: what was read until then is told. */
async function settled(turn: Promise<void>): Promise<boolean> {
  try {
    await turn;
    return true;
  } catch {
    return false;
  }
}

type Next = { readonly kind: 'record'; readonly text: string } | { readonly kind: 'end' } | { readonly kind: 'lost' };

/** The next record; `lost` where one was overwritten or is too long, which the sequence numbers tell as well. */
function nextRecord(device: KmsgDevice): Next {
  scratch ??= Buffer.allocUnsafeSlow(BUFFER_BYTES);
  try {
    const length = device.read(scratch);
    return length === 0 ? { kind: 'end' } : { kind: 'record', text: scratch.toString('utf8', 0, length) };
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'EAGAIN') return { kind: 'end' };
    if (code === 'EPIPE' || code === 'EINVAL' || code === 'EINTR') return { kind: 'lost' };
    throw cause;
  }
}

/** Undefined for anything that no earlier call gave: then it begins with the oldest record. */
function sequenceOf(position: unknown): number | undefined {
  if (!isRecord(position)) return undefined;
  const { sequence } = position;
  return typeof sequence === 'number' && Number.isSafeInteger(sequence) && sequence >= 0 ? sequence : undefined;
}

// ENXIO, ENODEV: a node without a driver behind it, as some sandboxes have.
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENXIO', 'ENODEV']);
// EPERM: kernel.dmesg_restrict without CAP_SYSLOG, or the cgroup's list of devices. EACCES: its mode, or a mount with nodev.
const DENIED = new Set(['EACCES', 'EPERM']);

const REMEDY = 'the kernel log needs privilege rung e: /dev/kmsg mounted and allowed, and CAP_SYSLOG';

function unread(path: string, cause: unknown): LogNews {
  const code = codeOf(cause) ?? '';
  const isSystemError = cause instanceof Error && 'errno' in cause && typeof cause.errno === 'number';
  const message = `${path}: ${isSystemError ? getSystemErrorMessage(Number(cause.errno)) : messageOf(cause)}`;
  if (ABSENT.has(code)) return { kind: 'absent', message: `${message}; ${REMEDY}` };
  return DENIED.has(code) ? { kind: 'denied', message: `${message}; ${REMEDY}` } : { kind: 'failed', message };
}
