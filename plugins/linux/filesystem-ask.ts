import { messageOf } from '../core/errors.ts';
import type { ChildResult, RunChild } from './child.ts';
import {
  DEVICE_FORMAT,
  type FilesystemAnswer,
  parseDeviceNumber,
  parseRecords,
  parseSpace,
  SPACE_FORMAT,
  splitSpace,
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
  /** f_fsid of those that are the right ones, see statfs(2). */
  readonly ids: ReadonlyMap<ProbeTarget, string>;
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
 * device tells that as well, and where it is the right one the numbers are right whichever way led there.
 *
 * @param idOf f_fsid of the right file system, where it is known: numbers that come with it are its own, so that the device need
 * not be asked. That is half of the children, and each costs 3 ms of CPU.
 */
export async function askFilesystems(
  targets: readonly ProbeTarget[], timeoutMs: number, run: RunChild, idOf: (target: ProbeTarget) => string | undefined = () => undefined,
): Promise<Asked> {
  const stat = (of: readonly ProbeTarget[], ...options: readonly string[]): Promise<ChildResult> =>
    run({ command: 'stat', args: [...options, '--', ...of.map(pathOf)], timeoutMs, maxOutputBytes: MAX_OUTPUT_BYTES });
  const spaces = await stat(targets, '-f', '--printf', SPACE_FORMAT);
  if (spaces.kind !== 'exited' || spaces.stdout === '') return { answers: new Map(), ids: new Map(), last: spaces };
  const answers = new Map<ProbeTarget, FilesystemAnswer>();
  const ids = new Map<ProbeTarget, string>();
  const spaceOf = parseRecords(spaces.stdout);
  const doubtful = targets.filter((target) => {
    const { filesystemId, numbers } = splitSpace(spaceOf.get(pathOf(target)) ?? '');
    if (filesystemId === undefined || filesystemId !== idOf(target)) return true;
    answers.set(target, numbersOf(target, numbers));
    ids.set(target, filesystemId);
    return false;
  });
  if (doubtful.length === 0) return { answers, ids, last: spaces };

  const devices = await stat(doubtful, '--printf', DEVICE_FORMAT);
  if (devices.kind !== 'exited') return { answers, ids, last: devices };
  const deviceOf = parseRecords(devices.stdout);
  let table: MountAt | undefined;
  const ownTable = (): MountAt => (table ??= readOwnTable());
  for (const target of doubtful) {
    const space = spaceOf.get(pathOf(target));
    const device = deviceOf.get(pathOf(target));
    if (space === undefined || device === undefined) continue;
    const { filesystemId, numbers } = splitSpace(space);
    const answer = judge(target, numbers, device, ownTable);
    answers.set(target, answer);
    if (answer.kind === 'ok' && filesystemId !== undefined) ids.set(target, filesystemId);
  }
  return { answers, ids, last: devices };
}

function judge(target: ProbeTarget, numbers: string, device: string, ownTable: () => MountAt): FilesystemAnswer {
  const where = describePath(target.root, target.mountPoint);
  try {
    const found = parseDeviceNumber(device, `device of ${where}`);
    if (!isSame(found, target.device) && !leadsThere(target, ownTable())) {
      const [is, should] = [found, target.device].map(({ major, minor }) => `${major}:${minor}`);
      const causes = 'hidden by another mount, or the volume lacks mountPropagation: HostToContainer';
      return { kind: 'not-visible', message: `${where}: leads to device ${is} instead of ${should}: ${causes}` };
    }
  } catch (cause) {
    return { kind: 'failed', message: messageOf(cause), cause };
  }
  return numbersOf(target, numbers);
}

function numbersOf({ root, mountPoint }: ProbeTarget, numbers: string): FilesystemAnswer {
  try {
    return { kind: 'ok', ...parseSpace(numbers, `statfs of ${describePath(root, mountPoint)}`) };
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
