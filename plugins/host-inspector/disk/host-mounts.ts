import { LONGEST_MOUNT_TABLE_BYTES, type Mount, parseMountinfo } from '../../linux/proc/mountinfo.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';

export interface HostMounts {
  readonly mounts: readonly Mount[];
  /** Where they were read, as the host names it. */
  readonly file: string;
  /** Why the table of this process stands in for that of PID 1; absent where it does not. */
  readonly hidden: string | undefined;
}

const FIRST = 'proc/1/mountinfo';
export const OWN_TABLE = 'proc/self/mountinfo';

/**
 * PID 1's table, for in a container our own is not the host's. Only where PID 1 is hidden (hidepid) our own is taken, which
 * is all there is then: a mount of it that is not the host's fails the comparison of devices and is not judged. A table of
 * PID 1 that cannot be read or understood is a failure, and never made up for by another one. Throws for that.
 */
export function readHostMounts(root: string): HostMounts {
  const options = { maxBytes: LONGEST_MOUNT_TABLE_BYTES };
  const first = readText(root, FIRST, options);
  const own = first.kind === 'absent' || first.kind === 'denied' ? readText(root, OWN_TABLE, options) : first;
  const [text, file] = own.kind === 'ok' && first.kind !== 'ok' ? [own.value, `/${OWN_TABLE}`] : [valueOrThrow(first), `/${FIRST}`];
  return { mounts: parseMountinfo(text, file), file, hidden: first.kind === 'ok' ? undefined : first.message };
}
