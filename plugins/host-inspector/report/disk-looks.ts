import { type PathKind, lookAtPaths, readDiskFiles } from '../../linux/disk-paths.ts';
import type { Outcome, Unread } from '../../linux/read.ts';
import { SOCKETS } from './runtimes.ts';
import type { ReportScene } from './scene.ts';

/** What lies on disks and is small: asked once, by one child for each file system, and told by several parts of the report. */
export interface DiskLooks {
  readonly etc: (path: string) => Outcome<string>;
  /** Where /etc/localtime leads. */
  readonly localtime: Outcome<PathKind | undefined>;
  /** Below /run. */
  readonly run: Outcome<ReadonlyMap<string, PathKind>>;
}

const ETC = ['etc/hostname', 'etc/os-release', 'etc/timezone', 'etc/ufw/ufw.conf', 'etc/selinux/config'] as const;

/** Notes that the distributions leave: Debian's and Ubuntu's, and SUSE's. /var/run is a link to /run, which would lead out of a host mounted elsewhere. */
export const REBOOT_NOTES = ['run/reboot-required', 'run/reboot-needed'] as const;

/** Never rejects. */
export async function lookAtDisks({ root, diskTimeoutMs: timeoutMs, run, signal }: ReportScene): Promise<DiskLooks> {
  const options = { timeoutMs, run, signal };
  const [etc, links, found] = await Promise.all([
    readDiskFiles(root, ETC, options),
    lookAtPaths(root, ['etc/localtime'], options),
    lookAtPaths(root, [...SOCKETS, ...REBOOT_NOTES, 'run'], options),
  ]);
  return {
    etc: (path) => etc.get(path) ?? { kind: 'failed', message: `/${path}: not asked` },
    localtime: links.kind === 'ok' ? { kind: 'ok', value: links.value.get('etc/localtime') } : links,
    // Without /run itself a recording does not hold what would lie there.
    run: found.kind === 'ok' && !found.value.has('run') ? { kind: 'absent', message: '/run: no such folder' } : found,
  };
}

const LATE: Unread = { kind: 'failed', message: 'no answer in time' };

/** Where nothing of it came in time. */
export const NO_DISKS: DiskLooks = { etc: () => LATE, localtime: LATE, run: LATE };
