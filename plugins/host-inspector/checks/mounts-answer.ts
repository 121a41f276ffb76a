import type { Check, Look, Reading } from '../../core/check.ts';
import { type Verdict, healthy, notApplicable, problem, unknownOf } from '../../core/verdict.ts';
import type { FilesystemAnswer } from '../../linux/filesystem-answer.ts';
import type { FilesystemProbe } from '../../linux/filesystem-probe.ts';
import { isWithin } from '../../linux/path.ts';
import { readHostFilesystems } from '../disk/host-filesystems.ts';
import { leftOut } from '../disk/left-out.ts';
import { nameOf, type Place } from '../disk/place.ts';
import type { HostSettings } from '../settings.ts';

/** More than any node has, by far; those that answer are asked together, by one child. */
const MOST_ASKED = 256;
const BEYOND = `mounts beyond ${MOST_ASKED}`;

/** With the deadline of each, four of which are waited for at once, this is time for some thirty that do not answer. */
const PATIENCE_MS = 45_000;

/** A mount to be asked. */
export interface Asked extends Place {
  readonly isShare: boolean;
}

/**
 * Does every mount answer: the node's own file systems, and all that depends on a server? One that does not takes with it
 * whoever looks at it: kubelet, which looks at the volumes of all Pods, df, the container runtime.
 */
export function mountsAnswer(probe: FilesystemProbe, patienceMs = PATIENCE_MS): Check<HostSettings> {
  return {
    name: 'mounts-answer',
    condition: 'FilesystemUnhealthy',
    periodMs: 60_000,
    timeoutMs: 55_000,
    async look({ root, settings }) {
      const { mounts, file } = selectMounts(root, settings);
      const asked = mounts.slice(0, MOST_ASKED);
      const patience = Promise.withResolvers<'late'>();
      // What answered must count, however many do not.
      using _timer = setTimeout(() => patience.resolve('late'), patienceMs);
      const looks = await Promise.all(
        asked.map(async (mount) => {
          const { mountPoint, device } = mount;
          return judgeAnswer(mount, await Promise.race([probe.probe({ root, mountPoint, device }), patience.promise]));
        }),
      );
      const verdicts = looks.flatMap((look) => look.verdicts);
      if (verdicts.length === 0) verdicts.push(notApplicable('no share that can be seen'));
      const others = leftOut(BEYOND, mounts.length - asked.length, file);
      return { verdicts: [...verdicts, ...others.verdicts], readings: [...looks.flatMap(({ readings }) => readings ?? []), ...others.readings] };
    },
  };
}

/** One per device, the node's own first. */
function selectMounts(root: string, settings: HostSettings): { readonly mounts: readonly Asked[]; readonly file: string } {
  const { filesystems, shares, file } = readHostFilesystems(root, settings);
  const own = new Set(filesystems.map(({ device }) => nameOf(device)));
  const others = shares.filter(({ device }) => !own.has(nameOf(device)));
  const all = [...filesystems.map((place) => ({ ...place, isShare: false })), ...others.map((place) => ({ ...place, isShare: true }))];
  const isIgnored = ({ mountPoint }: Asked): boolean => settings.mountHungIgnoreUnder.some((folder) => isWithin(mountPoint, folder));
  return { mounts: all.filter((mount) => mount.type !== 'autofs' && !isIgnored(mount)), file };
}

/** What a file system answers that found itself broken: XFS the first once it has shut down, ext4 and XFS the second. */
const BROKEN: ReadonlySet<string> = new Set(['Input/output error', 'Structure needs cleaning']);

/** What one mount's answer says; `late` while it is still waited for. Pure. */
export function judgeAnswer(mount: Asked, answer: FilesystemAnswer | 'late'): Look {
  const { mountPoint, type, source, isShare } = mount;
  const what = `${type} on ${source}`;
  // Several mounts of a share may come and go with Pods, while it is the same server that does not answer.
  const subject = isShare ? `device ${nameOf(mount.device)}` : mountPoint;
  const tell = (verdict: Verdict, value: string): Look => ({ verdicts: [verdict], readings: [reading(mountPoint, value)] });
  if (answer === 'late') return tell(unknownOf(subject, `${mountPoint}: not asked in time, too many other mounts do not answer`), 'late');
  if (answer.kind === 'ok') return tell(healthy, 'ok');
  if (answer.kind === 'stuck') return tell(problem('MountHung', subject, `${mountPoint}: does not answer (${what})`), 'stuck');
  const refusal = 'refusal' in answer ? answer.refusal : undefined;
  // Whoever is refused does not hang; what a share is short of otherwise (a key, its daemon) is its users' business.
  if (isShare && refusal !== undefined) return tell(healthy, refusal);
  // A share that this container does not see is not judged. Volumes of Pods come and go, and nothing of the node depends on it.
  if (isShare && answer.kind !== 'failed') return { verdicts: [], readings: [reading(mountPoint, answer.kind)] };
  if (refusal !== undefined && BROKEN.has(refusal)) {
    return tell(problem('FilesystemErrors', subject, `${mountPoint}: answers ${JSON.stringify(refusal)} (${what})`), refusal);
  }
  return tell(unknownOf(subject, answer.message), refusal ?? answer.kind);
}

function reading(subject: string, value: string): Reading {
  return { name: 'mount_answer', subject, value, unit: '', source: `statfs ${subject}` };
}
