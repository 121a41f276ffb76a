import { readlinkSync } from 'node:fs';
import { ParseError, codeOf } from '../../core/errors.ts';
import { describePath, hostPath, readText, valueOrThrow } from '../read.ts';
import { listKernelFolder } from './folder.ts';

/** A disk that the SCSI layer serves: SAS, SATA, Fibre Channel, USB, and most virtual ones. */
export interface ScsiDisk {
  /** `sda` */
  readonly name: string;
  /** `running`, `offline`, `transport-offline`, `blocked`, `quiesce`, ..., see sdev_states of drivers/scsi/scsi_sysfs.c */
  readonly state: string;
  /** Commands that ended with an error, counted since the disk was found; a refused question counts, too. Starts again at 0 after 2^32. */
  readonly ioErrorCount: number | undefined;
}

export interface NvmeController {
  /** `nvme0` */
  readonly name: string;
  /** `live`, `resetting`, `connecting`, `deleting`, `deleting (no IO)`, `dead`, `new`, see drivers/nvme/host/sysfs.c */
  readonly state: string;
  /** `pcie`, `tcp`, `rdma`, `fc`, `loop` */
  readonly transport: string;
}

/** More disks than a node has. */
const MOST_DISKS = 256;

/**
 * The fixed disks of the SCSI layer below /sys/block. Without those that can be taken out (card readers, virtual media of a
 * service processor), those without a medium, the paths of a multipath device, one of which may be down at any time, and what
 * comes over iSCSI: volumes of Pods, mostly, which are no disks of the node.
 * Throws for what cannot be read or understood.
 */
export function readScsiDisks(root: string): readonly ScsiDisk[] {
  const names = listKernelFolder(root, 'sys/block');
  if (names.kind === 'absent') return [];
  return valueOrThrow(names).filter((name) => /^sd[a-z]{1,4}$/.test(name)).slice(0, MOST_DISKS).flatMap((name) => readScsiDisk(root, name) ?? []);
}

function readScsiDisk(root: string, name: string): ScsiDisk | undefined {
  const folder = `sys/block/${name}`;
  const [removable, size, state] = ['removable', 'size', 'device/state'].map((file) => readWord(root, `${folder}/${file}`));
  // It has gone meanwhile.
  if (removable === undefined || size === undefined || state === undefined) return undefined;
  if (removable === '1' || size === '0' || isIscsi(root, folder) || isPath(root, folder)) return undefined;
  const errors = readText(root, `${folder}/device/ioerr_cnt`, { maxBytes: 64 });
  return { name, state, ioErrorCount: errors.kind === 'absent' ? undefined : parseHex(valueOrThrow(errors), `/${folder}/device/ioerr_cnt`) };
}

/** Its link leads through the session, as scsi_transport_iscsi.c makes it: `../devices/platform/host2/session1/target2:0:0/...`. */
function isIscsi(root: string, folder: string): boolean {
  try {
    return /\/session\d+\//.test(readlinkSync(hostPath(root, folder)));
  } catch (cause) {
    // A folder in its place, in a recording; or it has gone meanwhile.
    if (codeOf(cause) === 'EINVAL' || codeOf(cause) === 'ENOENT') return false;
    throw new Error(`${describePath(root, folder)}: ${codeOf(cause) ?? 'unreadable'}`, { cause });
  }
}

/** Is it one of the ways to a multipath device? Its UUID begins with `mpath-`, see dm-multipath(8). */
function isPath(root: string, folder: string): boolean {
  const holders = listKernelFolder(root, `${folder}/holders`);
  if (holders.kind !== 'ok') return false;
  return holders.value.some((holder) => {
    const uuid = readText(root, `sys/block/${holder}/dm/uuid`, { maxBytes: 1_024 });
    return uuid.kind === 'ok' && uuid.value.startsWith('mpath-');
  });
}

/** Controllers below /sys/class/nvme. Throws for what cannot be read or understood. */
export function readNvmeControllers(root: string): readonly NvmeController[] {
  const names = listKernelFolder(root, 'sys/class/nvme');
  if (names.kind === 'absent') return [];
  return valueOrThrow(names).filter((name) => /^nvme\d{1,5}$/.test(name)).slice(0, MOST_DISKS).flatMap((name) => {
    const [state, transport = 'pcie'] = ['state', 'transport'].map((file) => readWord(root, `sys/class/nvme/${name}/${file}`));
    return state === undefined ? [] : [{ name, state, transport }];
  });
}

/** One line of letters and digits, with the newline that the kernel writes: without it the line was cut. Undefined where there is no such file. */
function readWord(root: string, path: string): string | undefined {
  const file = readText(root, path, { maxBytes: 64 });
  if (file.kind === 'absent') return undefined;
  const text = valueOrThrow(file);
  const [, line] = /^([A-Za-z0-9][A-Za-z0-9 ()_-]*)\n$/.exec(text) ?? [];
  if (line === undefined) throw new ParseError(`/${path}`, 'one line', text);
  return line;
}

/** `0x1f`, as drivers/scsi/scsi_sysfs.c prints its counters. */
function parseHex(text: string, file: string): number {
  const [, digits] = /^0x([0-9a-f]{1,8})\n$/.exec(text) ?? [];
  if (digits === undefined) throw new ParseError(file, '"0x<n>" and a newline', text);
  return Number.parseInt(digits, 16);
}
