import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

export interface Meminfo {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** What new work can get without swapping, the kernel's own estimate. Since Linux 3.14. */
  readonly availableBytes: number | undefined;
  readonly buffersBytes: number;
  readonly cachedBytes: number;
  readonly swapTotalBytes: number;
  readonly swapFreeBytes: number;
  readonly shmemBytes: number | undefined;
  readonly slabReclaimableBytes: number | undefined;
  readonly slabUnreclaimableBytes: number | undefined;
  readonly dirtyBytes: number | undefined;
  readonly committedBytes: number | undefined;
  readonly commitLimitBytes: number | undefined;
  /** Pages taken out of use after memory errors. Needs CONFIG_MEMORY_FAILURE. */
  readonly hardwareCorruptedBytes: number | undefined;
}

const REQUIRED = ['MemTotal', 'MemFree', 'Buffers', 'Cached', 'SwapTotal', 'SwapFree'] as const;
const OPTIONAL = [
  'MemAvailable',
  'Shmem',
  'SReclaimable',
  'SUnreclaim',
  'Dirty',
  'Committed_AS',
  'CommitLimit',
  'HardwareCorrupted',
] as const;
const KNOWN: ReadonlySet<string> = new Set([...REQUIRED, ...OPTIONAL]);

/**
 * Parses /proc/meminfo, see proc_meminfo(5). One line looks like
 *
 *     MemAvailable:    6481288 kB
 *
 * where kB means 1,024 bytes. Lines not named in `Meminfo` are ignored. Throws ParseError, also for numbers that
 * cannot be true.
 */
export function parseMeminfo(text: string, file = '/proc/meminfo'): Meminfo {
  const bytes = new Map<string, number>();
  for (const [index, line] of text.split('\n').entries()) {
    const name = line.slice(0, Math.max(0, line.indexOf(':')));
    if (!KNOWN.has(name)) continue;
    const where = `${file}:${index + 1}`;
    if (bytes.has(name)) throw new ParseError(where, `one line "${name}"`, line);
    bytes.set(name, parseKilobytes(line, name, where));
  }
  requireWholeText(text, file);
  const need = (name: (typeof REQUIRED)[number]): number => {
    const value = bytes.get(name);
    if (value === undefined) throw new ParseError(file, `a line "${name}: <n> kB"`, text);
    return value;
  };
  const find = (name: (typeof OPTIONAL)[number]): number | undefined => bytes.get(name);
  const meminfo = {
    totalBytes: need('MemTotal'),
    freeBytes: need('MemFree'),
    availableBytes: find('MemAvailable'),
    buffersBytes: need('Buffers'),
    cachedBytes: need('Cached'),
    swapTotalBytes: need('SwapTotal'),
    swapFreeBytes: need('SwapFree'),
    shmemBytes: find('Shmem'),
    slabReclaimableBytes: find('SReclaimable'),
    slabUnreclaimableBytes: find('SUnreclaim'),
    dirtyBytes: find('Dirty'),
    committedBytes: find('Committed_AS'),
    commitLimitBytes: find('CommitLimit'),
    hardwareCorruptedBytes: find('HardwareCorrupted'),
  };
  // Old kernels have Buffers right behind MemFree. Anything else there is a MemAvailable that cannot be read.
  const isOld = /^MemFree:[^\n]*\nBuffers:/m.test(text);
  if (meminfo.availableBytes === undefined && !isOld) throw new ParseError(file, 'a line "MemAvailable: <n> kB"', text);
  if (meminfo.totalBytes === 0) throw new ParseError(file, 'a MemTotal above 0', '0 kB');
  // The kernel's estimate is made of pages that exist; a container's view of it (lxcfs) is capped too.
  if ((meminfo.availableBytes ?? 0) > meminfo.totalBytes) throw new ParseError(file, 'no more MemAvailable than MemTotal', text);
  return meminfo;
}

function parseKilobytes(line: string, name: string, where: string): number {
  const match = /^ *(\d+) kB$/.exec(line.slice(name.length + 1));
  const bytes = match?.[1] === undefined ? Number.NaN : parseCount(match[1], where) * 1024;
  if (!Number.isSafeInteger(bytes)) throw new ParseError(where, `"${name}: <n> kB"`, line);
  return bytes;
}
