import type { Check, Look, Reading } from '../../core/check.ts';
import { type Verdict, notApplicable, unknownOf } from '../../core/verdict.ts';
import type { FilesystemProbe } from '../../linux/filesystem-probe.ts';
import { parseUptimeMs } from '../../linux/proc/uptime.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { type Asked, judgeFilling } from '../disk/filling.ts';
import { decodeCourses, encodeCourses } from '../disk/forecast.ts';
import { OWN_TABLE, readHostFilesystems } from '../disk/host-filesystems.ts';
import { describe, judgeUsage, usageReadings } from '../disk/judge.ts';
import { leftOut } from '../disk/left-out.ts';
import { type Filesystem, withSpace } from '../disk/select.ts';
import type { HostSettings } from '../settings.ts';

/** A node with more is not looked at in full; it says so instead of hiding it. */
const MOST_FILESYSTEMS = 64;
const BEYOND = `file systems beyond ${MOST_FILESYSTEMS}`;

/** Space and inodes of the node's own file systems, now and at their pace, each asked by a child that can be left behind. */
export function diskSpace(probe: FilesystemProbe): Check<HostSettings> {
  let hasToldFallback = false;
  return {
    name: 'disk-space',
    condition: 'DiskSpaceLow',
    periodMs: 30_000,
    // Longer than the deadline of the slowest file system, so that one dead mount never hides the others.
    timeoutMs: 25_000,
    async look({ root, settings, log, memo }) {
      const { filesystems: all, file, hidden } = readHostFilesystems(root, settings);
      const filesystems = withSpace(all);
      if (hidden !== undefined && !hasToldFallback) log.warn({ why: hidden }, `the mount table of this process, /${OWN_TABLE}, stands in for the host's`);
      hasToldFallback = hidden !== undefined;
      const asked = filesystems.slice(0, MOST_FILESYSTEMS);
      const looks = await Promise.all(asked.map((filesystem) => lookAt(filesystem, probe, root, settings)));
      const filling = judgeFilling(looks.flatMap(({ answered }) => answered ?? []), decodeCourses(memo), uptimeSeconds(root), settings);
      const { verdicts, readings = [] } = summary([...looks, filling, leftOut(BEYOND, filesystems.length - asked.length, file)]);
      return { verdicts, memo: encodeCourses(filling.courses), readings: hidden === undefined ? readings : [...readings, STAND_IN] };
    },
  };
}

const STAND_IN: Reading = { name: 'mount_table', value: `/${OWN_TABLE}`, unit: '', source: `/${OWN_TABLE}` };

/** By the host's uptime: the clock may be set, and a laptop sleeps. */
function uptimeSeconds(root: string): number {
  return Math.floor(parseUptimeMs(valueOrThrow(readText(root, 'proc/uptime'))) / 1_000);
}

async function lookAt(filesystem: Filesystem, probe: FilesystemProbe, root: string, settings: HostSettings): Promise<Look & { readonly answered?: Asked }> {
  const { mountPoint, device } = filesystem;
  const answer = await probe.probe({ root, mountPoint, device });
  if (answer.kind === 'ok') {
    const answered = { filesystem, usage: answer };
    return { verdicts: judgeUsage(filesystem, answer, settings), readings: usageReadings(filesystem, answer, settings), answered };
  }
  const isStuck = answer.kind === 'stuck';
  const message = isStuck ? `${mountPoint}: the file system does not answer (${describe(filesystem)})` : answer.message;
  return { verdicts: [unknownOf(mountPoint, message)] };
}

function summary(looks: readonly Look[]): Look {
  const verdicts: Verdict[] = looks.flatMap(({ verdicts }) => verdicts);
  const readings: Reading[] = looks.flatMap(({ readings }) => readings ?? []);
  if (verdicts.length === 0) verdicts.push(notApplicable('no writable file system on a disk of this node'));
  return { verdicts, readings };
}
