import type { Check, Look, Reading } from '../../core/check.ts';
import { type Verdict, notApplicable, unknownOf } from '../../core/verdict.ts';
import type { FilesystemProbe } from '../../linux/filesystem-probe.ts';
import { type Mount, parseMountinfo } from '../../linux/proc/mountinfo.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { describe, judgeUsage, usageReadings } from '../disk/judge.ts';
import { type Filesystem, gravestFirst, selectFilesystems } from '../disk/select.ts';
import type { HostSettings } from '../settings.ts';

/** A node with more is not looked at in full; it says so instead of hiding it. */
const MOST_FILESYSTEMS = 64;
const BEYOND = `file systems beyond ${MOST_FILESYSTEMS}`;

/** Mount tables of nodes with thousands of volumes are long; each line has about 200 bytes. */
const LONGEST_TABLE_BYTES = 8 * 2 ** 20;

/** Space and inodes of the node's own file systems, each asked by a child that can be left behind. */
export function diskSpace(probe: FilesystemProbe): Check<HostSettings> {
  return {
    name: 'disk-space',
    condition: 'DiskSpaceLow',
    periodMs: 30_000,
    // Longer than the deadline of the slowest file system, so that one dead mount never hides the others.
    timeoutMs: 25_000,
    async look({ root, settings }) {
      const filesystems = gravestFirst(selectFilesystems(readMounts(root), settings));
      const asked = filesystems.slice(0, MOST_FILESYSTEMS);
      const looks = await Promise.all(asked.map((filesystem) => lookAt(filesystem, probe, root, settings)));
      return summary(looks, filesystems.length - asked.length);
    },
  };
}

/**
 * PID 1's table, for in a container our own is not the host's. Where PID 1 is hidden (hidepid) our own is all there is;
 * a mount of it that is not the host's fails the comparison of devices and is not judged.
 */
function readMounts(root: string): readonly Mount[] {
  const options = { maxBytes: LONGEST_TABLE_BYTES };
  const first = readText(root, 'proc/1/mountinfo', options);
  if (first.kind === 'ok') return parseMountinfo(first.value, '/proc/1/mountinfo');
  const own = readText(root, 'proc/self/mountinfo', options);
  if (own.kind !== 'ok') return parseMountinfo(valueOrThrow(first));
  return parseMountinfo(own.value, '/proc/self/mountinfo');
}

async function lookAt(filesystem: Filesystem, probe: FilesystemProbe, root: string, settings: HostSettings): Promise<Look> {
  const { mountPoint, device } = filesystem;
  const answer = await probe.probe({ root, mountPoint, device });
  if (answer.kind === 'ok') {
    return { verdicts: judgeUsage(filesystem, answer, settings), readings: usageReadings(filesystem, answer, settings) };
  }
  const isStuck = answer.kind === 'stuck';
  const message = isStuck ? `${mountPoint}: the file system does not answer (${describe(filesystem)})` : answer.message;
  return { verdicts: [unknownOf(mountPoint, message)] };
}

function summary(looks: readonly Look[], leftOut: number): Look {
  const verdicts: Verdict[] = looks.flatMap(({ verdicts }) => verdicts);
  const readings: Reading[] = looks.flatMap(({ readings }) => readings ?? []);
  // With a subject of its own: without one it would stand for the whole look, and hide what the others say.
  if (leftOut > 0) verdicts.push(unknownOf(BEYOND, `${BEYOND}: ${leftOut} more, not looked at`));
  if (verdicts.length === 0) verdicts.push(notApplicable('no writable file system on a disk of this node'));
  return { verdicts, readings };
}
