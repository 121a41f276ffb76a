import { isRecord } from '../core/decode.ts';
import { type RunChild, runChild } from './child.ts';
import { explainFailure } from './child-failure.ts';
import { createKmsgFollower } from './kmsg.ts';
import { textOfLogLine } from './kmsg-record.ts';
import type { LogFollower, LogNews } from './log-follower.ts';
import { hostPath } from './read.ts';
import { createSlices } from './slices.ts';

/** Of a long file only the end is read at first: what is older than that is no longer news. */
const FIRST_READ_BYTES = 4 * 1024 * 1024;

/** At most this much per call; the rest comes with the next one. */
const MOST_BYTES_PER_CALL = 4 * 1024 * 1024;

/** A look has a deadline, and one that gets little CPU time must still come forward. */
const LONGEST_CALL_MS = 4_000;

/** One child's answer, which is held in memory. */
const PIECE_BYTES = 256 * 1024;

/** A line that does not end is cut: no message of a kernel is longer. */
const LONGEST_LINE = 8 * 1024;

const TIMEOUT_MS = 2_000;

/** What `stat` tells of the file: `%f` is the mode in hexadecimal, see stat(1) and inode(7). */
const FORMAT = '%f %d %i %s';
const TYPE_MASK = 0o170_000;
const REGULAR_FILE = 0o100_000;
const CHARACTER_DEVICE = 0o020_000;

/** Where an earlier call left off. */
interface Position {
  readonly device: string;
  readonly inode: string;
  /** Bytes that were read. */
  readonly offset: number;
  /** The begin of a line that had not ended there. */
  readonly rest: string;
}

/** What following a file came to; `device` where a character device lies there, which was not read. */
type LogFileNews = LogNews | { readonly kind: 'device' };

interface LogFileFollower {
  readonly read: (path: string, ...rest: Tail<Parameters<LogFollower['read']>>) => Promise<LogFileNews>;
}

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;

/**
 * Follows a regular file that holds the kernel log, as syslogd writes it. It may lie on a disk that hangs, so it is read by
 * children, `stat` and `dd` of coreutils, with a deadline each; one that hangs is left behind, and no other started until it ends.
 */
function createLogFileFollower(run: RunChild): LogFileFollower {
  let stuck: Promise<unknown> | undefined;

  /** stdout of a child, or why there is none. */
  async function ask(path: string, command: string, args: readonly string[], signal: AbortSignal): Promise<string | LogNews> {
    if (stuck !== undefined) return hung(path);
    const result = await run({ command, args, timeoutMs: TIMEOUT_MS, maxOutputBytes: PIECE_BYTES + 1024, signal });
    if (result.kind === 'abandoned') {
      stuck = result.ended;
      void result.ended.then(() => (stuck = undefined));
    }
    if (result.kind === 'exited' && result.code === 0) return result.stdout;
    const failure = explainFailure(path, command, result, TIMEOUT_MS);
    if (failure === 'hung') return hung(path);
    return { kind: failure.kind, message: failure.message };
  }

  return {
    async read(path, position, take, signal) {
      const told = await ask(path, 'stat', ['-L', `--printf=${FORMAT}`, '--', path], signal);
      if (typeof told !== 'string') return told;
      const file = parseFile(told);
      if (file === undefined) return { kind: 'failed', message: `${path}: stat wrote something unexpected` };
      if (file.type === CHARACTER_DEVICE) return { kind: 'device' };
      if (file.type !== REGULAR_FILE) return { kind: 'failed', message: `${path}: neither a regular file nor a kernel log device` };
      let next = startOf(decodePosition(position), file);
      const end = Math.min(file.size, next.at.offset + MOST_BYTES_PER_CALL);
      const endMs = performance.now() + LONGEST_CALL_MS;
      const slices = createSlices(signal);
      while (next.at.offset < end && performance.now() < endMs && !signal.aborted) {
        const byteCount = Math.min(PIECE_BYTES, end - next.at.offset);
        const piece = await ask(path, 'dd', ddArguments(path, next.at.offset, byteCount), signal);
        if (typeof piece !== 'string') return piece;
        const { lines, place } = splitLines(next, piece, byteCount);
        for (const line of lines) {
          const text = textOfLogLine(line);
          if (text !== undefined) take({ text });
          const turn = slices.pause();
          if (turn !== undefined) await turn.catch(() => {});
        }
        next = place;
      }
      return { kind: 'ok', lostCount: 0, position: next.at };
    },
  };
}

/** See dd(1): from a byte on, and not beyond another. Nothing is said of a file that became shorter meanwhile, of which nothing comes. */
function ddArguments(path: string, offset: number, byteCount: number): readonly string[] {
  return [`if=${path}`, 'iflag=skip_bytes,count_bytes,nonblock', `skip=${offset}`, `count=${byteCount}`, 'bs=64K', 'status=none'];
}

/** Where to go on, and whether that is in the middle of a line of which nothing is known. */
interface Place {
  readonly at: Position;
  readonly isCut: boolean;
}

/** The whole lines of the next `byteCount` bytes, and where to go on. Pure. */
function splitLines({ at, isCut }: Place, piece: string, byteCount: number): { readonly lines: readonly string[]; readonly place: Place } {
  const lines = (at.rest + piece).split('\n');
  const rest = lines.pop() ?? '';
  const stillCut = isCut && lines.length === 0;
  const position = { ...at, offset: at.offset + byteCount, rest: stillCut ? '' : rest.slice(0, LONGEST_LINE) };
  return { lines: isCut ? lines.slice(1) : lines, place: { at: position, isCut: stillCut } };
}

function hung(path: string): LogNews {
  return { kind: 'failed', message: `${path}: the file system does not answer` };
}

interface File {
  readonly type: number;
  readonly device: string;
  readonly inode: string;
  readonly size: number;
}

function parseFile(text: string): File | undefined {
  const [, mode, device, inode, size] = /^([0-9a-f]{1,8}) (\d{1,20}) (\d{1,20}) (\d{1,16})$/.exec(text) ?? [];
  if (mode === undefined || device === undefined || inode === undefined || size === undefined) return undefined;
  return { type: parseInt(mode, 16) & TYPE_MASK, device, inode, size: Number(size) };
}

/** Where to go on. A file that was rotated is another one, one that was cut short is shorter: both are read from their begin. */
function startOf(position: Position | undefined, { device, inode, size }: File): Place {
  if (position?.device === device && position.inode === inode && position.offset <= size) return { at: position, isCut: false };
  const isNew = position === undefined;
  const offset = isNew ? Math.max(0, size - FIRST_READ_BYTES) : 0;
  return { at: { device, inode, offset, rest: '' }, isCut: offset > 0 };
}

function decodePosition(position: unknown): Position | undefined {
  if (!isRecord(position)) return undefined;
  const { device, inode, offset, rest } = position;
  if (typeof device !== 'string' || typeof inode !== 'string' || typeof rest !== 'string') return undefined;
  return typeof offset === 'number' && Number.isSafeInteger(offset) && offset >= 0 ? { device, inode, offset, rest } : undefined;
}

export interface LogFollowerOptions {
  /** A device or a file, as this process sees it. Default: `dev/kmsg` below the host's root. */
  readonly path?: string | undefined;
  /** Default: real children. */
  readonly run?: RunChild;
}

/** Follows the kernel log: the device /dev/kmsg, or a regular file in its place; what lies there decides, each time. */
export function createLogFollower({ path, run = runChild }: LogFollowerOptions = {}): LogFollower {
  const device = createKmsgFollower();
  const file = createLogFileFollower(run);
  return {
    ...(path !== undefined && { isGiven: true }),
    async read(root, position, take, signal) {
      const place = path ?? hostPath(root, 'dev/kmsg');
      // Below /dev nothing waits for a disk. Any other path might, so a child looks first.
      if (path !== undefined && !path.startsWith('/dev/')) {
        const news = await file.read(place, position, take, signal);
        if (news.kind !== 'device') return news;
      }
      const news = await device.read(place, position, take, signal);
      if (news.kind !== 'not-a-device') return news;
      const fileNews = await file.read(place, position, take, signal);
      return fileNews.kind === 'device' ? { kind: 'failed', message: `${place}: is a device one moment and none the next` } : fileNews;
    },
  };
}
