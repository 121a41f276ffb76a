import { ParseError } from '../../core/errors.ts';
import { readText, valueOrThrow } from '../read.ts';
import { listKernelFolder } from '../sys/folder.ts';

export interface ZfsPool {
  readonly name: string;
  /** `ONLINE`, `DEGRADED`, `FAULTED`, `OFFLINE`, `REMOVED`, `UNAVAIL`, `SUSPENDED`, see zpoolconcepts(7). */
  readonly state: string;
}

const FOLDER = 'proc/spl/kstat/zfs';

/** Imported pools: /proc/spl/kstat/zfs/<pool>/state of OpenZFS 0.8 and later. Empty without ZFS. Throws for what cannot be read or understood. */
export function readZfsPools(root: string): readonly ZfsPool[] {
  const names = listKernelFolder(root, FOLDER);
  if (names.kind === 'absent') return [];
  return valueOrThrow(names).flatMap((name) => {
    const file = readText(root, `${FOLDER}/${name}/state`, { maxBytes: 64 });
    // Beside the pools there are files of ZFS as a whole.
    if (file.kind === 'absent') return [];
    const text = valueOrThrow(file);
    const [, state] = /^([A-Z]{4,16})\n$/.exec(text) ?? [];
    if (state === undefined) throw new ParseError(`/${FOLDER}/${name}/state`, 'one word in capitals', text);
    return [{ name, state }];
  });
}
