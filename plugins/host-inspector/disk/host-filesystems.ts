import { mountTree } from '../../linux/mount-tree.ts';
import { isWithin } from '../../linux/path.ts';
import { LONGEST_MOUNT_TABLE_BYTES, type Mount, readMountinfo } from '../../linux/proc/mountinfo.ts';
import { hostPath, readDigest, valueOrThrow } from '../../linux/read.ts';
import type { HostSettings } from '../settings.ts';
import type { Place } from './place.ts';
import { gravestFirst, noClues, type NodeFilesystem, nodeFilesystems, noteClues } from './select.ts';
import { isShare, selectShares } from './shares.ts';

/** What several checks look at, of one mount table. */
export interface HostFilesystems extends Selected {
  /** The table that was read, as the host names it. */
  readonly file: string;
  /** Why the table of this process stands in for that of PID 1; absent where it does not. */
  readonly hidden: string | undefined;
}

interface Selected {
  /** The node's own, the gravest first. */
  readonly filesystems: readonly NodeFilesystem[];
  readonly shares: readonly Place[];
}

type Selection = Pick<HostSettings, 'diskIgnoreTypes' | 'diskIgnoreUnder'>;

const FIRST = 'proc/1/mountinfo';
export const OWN_TABLE = 'proc/self/mountinfo';

/**
 * PID 1's table, for in a container our own is not the host's. Only where PID 1 is hidden (hidepid) our own is taken, which
 * is all there is then: a mount of it that is not the host's fails the comparison of devices and is not judged. A table of
 * PID 1 that cannot be read or understood is a failure, and never made up for by another one. Throws for that.
 */
export function readHostFilesystems(root: string, selection: Selection): HostFilesystems {
  const first = readDigest(root, FIRST, LONGEST_MOUNT_TABLE_BYTES);
  const own = first.kind === 'absent' || first.kind === 'denied' ? readDigest(root, OWN_TABLE, LONGEST_MOUNT_TABLE_BYTES) : first;
  const [digest, path] = own.kind === 'ok' && first.kind !== 'ok' ? [own.value, OWN_TABLE] : [valueOrThrow(first), FIRST];
  return { ...selectFrom(root, path, digest, selection), file: `/${path}`, hidden: first.kind === 'ok' ? undefined : first.message };
}

/**
 * Four checks read the table at moments of their own, and seldom has it changed in between: with 5,000 mounts to parse it
 * takes 15 ms of CPU and some MiB for a moment, to hash it neither. So what was selected stays, with the digest of its table.
 */
let last: { readonly digest: string; readonly file: string; readonly selection: Selection; readonly selected: Selected } | undefined;

function selectFrom(root: string, path: string, digest: string, selection: Selection): Selected {
  const file = hostPath(root, path);
  if (last?.digest === digest && last.file === file && isSame(last.selection, selection)) return last.selected;
  last = undefined;
  const selected = selectFilesystems((isKept) => valueOrThrow(readMountinfo(root, path, isKept)), `/${path}`, selection);
  // It may have changed between the two reads: then what was selected is of neither digest, and not to be kept.
  const after = readDigest(root, path, LONGEST_MOUNT_TABLE_BYTES);
  if (after.kind === 'ok' && after.value === digest) last = { digest, file, selection, selected };
  return selected;
}

/** `read` gives the mounts that its argument wants to have kept. Throws what it throws, and ParseError for a table without a root. */
export function selectFilesystems(read: (isKept: (mount: Mount) => boolean) => readonly Mount[], file: string, selection: Selection): Selected {
  const clues = noClues();
  const mounts = read((mount) => {
    noteClues(mount, clues);
    return isOfInterest(mount, selection);
  });
  const mountAt = mountTree(mounts, file);
  return { filesystems: gravestFirst(nodeFilesystems(mounts, mountAt, selection, clues)), shares: selectShares(mounts, mountAt) };
}

/**
 * On a node with 250 Pods nearly all mounts are theirs: the roots of containers, their shared memory, secrets and network
 * namespaces, below folders that are not judged. Neither are these asked, nor does one of them hide what is.
 */
function isOfInterest(mount: Mount, { diskIgnoreTypes, diskIgnoreUnder }: Selection): boolean {
  if (isShare(mount) || mount.fsType === 'autofs' || mount.mountPoint === '/') return true;
  const isLeftOut = mount.fsType === 'overlay' || diskIgnoreTypes.includes(mount.fsType);
  return !(isLeftOut && diskIgnoreUnder.some((folder) => mount.mountPoint !== folder && isWithin(mount.mountPoint, folder)));
}

function isSame(a: Selection, b: Selection): boolean {
  return a.diskIgnoreTypes === b.diskIgnoreTypes && a.diskIgnoreUnder === b.diskIgnoreUnder;
}
