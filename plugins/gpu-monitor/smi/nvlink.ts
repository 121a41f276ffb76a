import { parseCount, parseDecimal } from '../../core/decode.ts';
import type { NvlinkLook, NvlinkState } from './look.ts';

const GPU_LINE = /^GPU [0-9]{1,4}: .{0,200}\(UUID: (GPU-[\w-]{1,64})\)$/;
const LINK_LINE = /^Link ([0-9]{1,3}): (?:<inactive>|([0-9]{1,6}(?:\.[0-9]{1,6})?) GB\/s)$/;
/** `Device does not have or support Nvlink`, `Nvlink queries are not supported for Devices in MIG mode`. */
const NO_LINKS = /nvlink.{0,80}not supported|not have or support nvlink/i;
/** `NVML: Unable to retrieve NVLink information as all links are inActive`, instead of the list. */
const ALL_INACTIVE = /all links are inactive/i;

interface GpuLinks {
  readonly uuid: string;
  readonly links: NvlinkState[];
  /** It has links, or the answer says that all are down. */
  isTold: boolean;
  isUnreadable: boolean;
}

/**
 * Parses `nvidia-smi nvlink -s`:
 *
 *     GPU 0: NVIDIA A100-SXM4-80GB (UUID: GPU-5269b708-678a-b1a8-60f0-c90406537486)
 *              Link 0: 25 GB/s
 *              Link 1: <inactive>
 *
 * The map has no entry for a GPU without NVLink, in MIG mode, or whose lines cannot be read, and an empty one for a GPU of which
 * nvidia-smi only says that all its links are inactive, as it does of a broken fabric but also of a board without a bridge.
 * No output, or no GPU with links, is `none`; an output of which nothing can be read is `untold`.
 */
export function parseNvlinkStatus(text: string): NvlinkLook {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const gpus: GpuLinks[] = [];
  for (const line of lines) {
    const [, uuid] = GPU_LINE.exec(line) ?? [];
    const gpu = gpus.at(-1);
    if (uuid !== undefined) gpus.push({ uuid: copyOf(uuid), links: [], isTold: false, isUnreadable: false });
    else if (gpu !== undefined) add(gpu, line);
  }
  const told = gpus.filter(({ isTold, isUnreadable }) => isTold && !isUnreadable);
  if (told.length > 0) return { kind: 'ok', links: new Map(told.map(({ uuid, links }) => [uuid, links])) };
  const isReadable = lines.length === 0 || (gpus.length > 0 && !gpus.some(({ isUnreadable }) => isUnreadable));
  return isReadable
    ? { kind: 'none', message: 'no GPU has NVLink that could be asked for' }
    : { kind: 'untold', message: 'nvidia-smi nvlink -s: its output cannot be read' };
}

function add(gpu: GpuLinks, line: string): void {
  const [, link, speed] = LINK_LINE.exec(line) ?? [];
  if (link !== undefined) {
    gpu.isTold = true;
    gpu.links.push({ link: parseCount(link, line), isActive: speed !== undefined, speed: speed === undefined ? undefined : parseDecimal(speed, line) });
  } else if (ALL_INACTIVE.test(line)) {
    gpu.isTold = true;
  } else if (!NO_LINKS.test(line)) {
    gpu.isUnreadable = true;
  }
}

/** Not a slice, which would keep the whole output in memory (V8). */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
