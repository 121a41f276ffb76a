import { LONGEST_MOUNT_TABLE_BYTES, parseMountinfo } from '../../linux/proc/mountinfo.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import type { HostSettings } from '../settings.ts';
import type { Place } from './place.ts';
import { gravestFirst, type NodeFilesystem, nodeFilesystems } from './select.ts';
import { selectShares } from './shares.ts';

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
  const options = { maxBytes: LONGEST_MOUNT_TABLE_BYTES };
  const first = readText(root, FIRST, options);
  const own = first.kind === 'absent' || first.kind === 'denied' ? readText(root, OWN_TABLE, options) : first;
  const [text, file] = own.kind === 'ok' && first.kind !== 'ok' ? [own.value, `/${OWN_TABLE}`] : [valueOrThrow(first), `/${FIRST}`];
  return { ...selectFrom(text, file, selection), file, hidden: first.kind === 'ok' ? undefined : first.message };
}

/**
 * Four checks read the table at moments of their own, and seldom has it changed in between: with 5,000 mounts to parse it
 * takes 15 ms of CPU and 17 MiB, to compare it neither. So the last text stays, with the little that was selected from it.
 */
let last: { readonly text: string; readonly file: string; readonly selection: Selection; readonly selected: Selected } | undefined;

function selectFrom(text: string, file: string, selection: Selection): Selected {
  if (last?.text === text && last.file === file && isSame(last.selection, selection)) return last.selected;
  last = undefined;
  const mounts = parseMountinfo(text, file);
  const selected = { filesystems: gravestFirst(nodeFilesystems(mounts, selection, file)), shares: selectShares(mounts, file) };
  last = { text, file, selection, selected };
  return selected;
}

function isSame(a: Selection, b: Selection): boolean {
  return a.diskIgnoreTypes === b.diskIgnoreTypes && a.diskIgnoreUnder === b.diskIgnoreUnder;
}
