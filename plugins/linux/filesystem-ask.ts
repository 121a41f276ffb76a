import { messageOf } from '../core/errors.ts';
import type { ChildResult, RunChild } from './child.ts';
import {
  DEVICE_FORMAT,
  type FilesystemAnswer,
  parseDeviceNumber,
  parseRecords,
  parseSpace,
  SPACE_FORMAT,
} from './filesystem-answer.ts';
import { type MountAt, mountTree } from './mount-tree.ts';
import { type DeviceNumber, LONGEST_MOUNT_TABLE_BYTES, parseMountinfo } from './proc/mountinfo.ts';
import { describePath, hostPath, readText, valueOrThrow } from './read.ts';

/** One mount to be asked. */
export interface ProbeTarget {
  /** The host's root folder: `/`, or `/host`. */
  readonly root: string;
  readonly mountPoint: string;
  /** What the host's mount table says lies there. */
  readonly device: DeviceNumber;
}

/** Answers as far as `stat` gave them, and the child that stood in the way of the rest. */
interface Asked {
  readonly answers: ReadonlyMap<ProbeTarget, FilesystemAnswer>;
  readonly last: ChildResult;
}

/** A thousand paths of usual length, and their numbers. */
const MAX_OUTPUT_BYTES = 512 * 1024;

/**
 * Asks file systems for their numbers, and which device each path leads to, by one `stat` of coreutils (busybox has no
 * `--printf`) for each of the two questions. Never rejects.
 *
 * The device is asked last: if a mount went away in between, the path already leads to its parent, and the numbers that
 * may be the parent's are dropped. A symbolic link on the way (below a hidden mount) may lead out of the root; the
 * device tells that as well, and where it is the right one the numbers are right whichever way led there. It is never left out:
 * an XFS that has shut down gives numbers, and an I/O error to whoever asks for anything else.
 */
export async function askFilesystems(targets: readonly ProbeTarget[], timeoutMs: number, run: RunChild): Promise<Asked> {
  const paths = targets.map(pathOf);
  const stat = (...options: readonly string[]): Promise<ChildResult> =>
    run({ command: 'stat', args: [...options, '--', ...paths], timeoutMs, maxOutputBytes: MAX_OUTPUT_BYTES });
  const spaces = await stat('-f', '--printf', SPACE_FORMAT);
  if (spaces.kind !== 'exited' || spaces.stdout === '') return { answers: new Map(), last: spaces };
  const devices = await stat('--printf', DEVICE_FORMAT);
  if (devices.kind !== 'exited') return { answers: new Map(), last: devices };

  const spaceOf = parseRecords(spaces.stdout);
  const deviceOf = parseRecords(devices.stdout);
  const answers = new Map<ProbeTarget, FilesystemAnswer>();
  let table: MountAt | undefined;
  const ownTable = (): MountAt => (table ??= readOwnTable());
  for (const target of targets) {
    const space = spaceOf.get(pathOf(target));
    const device = deviceOf.get(pathOf(target));
    if (space !== undefined && device !== undefined) answers.set(target, judge(target, space, device, ownTable));
  }
  return { answers, last: devices };
}

function judge(target: ProbeTarget, space: string, device: string, ownTable: () => MountAt): FilesystemAnswer {
  const where = describePath(target.root, target.mountPoint);
  try {
    const found = parseDeviceNumber(device, `device of ${where}`);
    if (!isSame(found, target.device) && !leadsThere(target, ownTable())) {
      const [is, should] = [found, target.device].map(({ major, minor }) => `${major}:${minor}`);
      const causes = 'hidden by another mount, or the volume lacks mountPropagation: HostToContainer';
      return { kind: 'not-visible', message: `${where}: leads to device ${is} instead of ${should}: ${causes}` };
    }
    return { kind: 'ok', ...parseSpace(space, `statfs of ${where}`) };
  } catch (cause) {
    return { kind: 'failed', message: messageOf(cause), cause };
  }
}

/**
 * Each subvolume of btrfs has a device number of its own in `st_dev`, and the file system's in the mount table. So when
 * the two differ our own mount table decides, which holds the numbers of the latter kind.
 */
function leadsThere(target: ProbeTarget, ownTable: MountAt): boolean {
  const mount = ownTable(pathOf(target));
  return mount.mountPoint === pathOf(target) && isSame(mount.device, target.device);
}

function readOwnTable(): MountAt {
  const file = '/proc/self/mountinfo';
  const text = valueOrThrow(readText('/', 'proc/self/mountinfo', { maxBytes: LONGEST_MOUNT_TABLE_BYTES }));
  return mountTree(parseMountinfo(text, file), file);
}

function isSame(a: DeviceNumber, b: DeviceNumber): boolean {
  return a.major === b.major && a.minor === b.minor;
}

function pathOf({ root, mountPoint }: ProbeTarget): string {
  return hostPath(root, mountPoint);
}
