import type { Check, Look } from '../../core/check.ts';
import { notApplicable } from '../../core/verdict.ts';
import { readHostFilesystems } from '../disk/host-filesystems.ts';
import { judgeWriting, writingReading } from '../disk/writing.ts';
import type { HostSettings } from '../settings.ts';

/** Did the kernel give up writing to one of the node's own file systems? Told by the mount table alone, nothing is asked. */
export const filesystemReadOnly: Check<HostSettings> = {
  name: 'filesystem-read-only',
  condition: 'FilesystemUnhealthy',
  periodMs: 30_000,
  timeoutMs: 5_000,
  look({ root, settings }): Look {
    const { filesystems, file, hidden } = readHostFilesystems(root, settings);
    if (filesystems.length === 0) return { verdicts: [notApplicable('no file system on a disk of this node')] };
    return {
      verdicts: filesystems.map((filesystem) => judgeWriting(filesystem, hidden === undefined ? 'of PID 1' : 'our own')),
      readings: filesystems.map((filesystem) => writingReading(filesystem, file)),
    };
  },
};
