import type { Check, Look } from '../../core/check.ts';
import { isRecord } from '../../core/decode.ts';
import { joinToBytes, withoutPercent } from '../../core/text.ts';
import { healthy } from '../../core/verdict.ts';
import { type DiskFileOptions, listDiskFolder, readDiskFile } from '../../linux/disk-file.ts';
import { parseOsrelease } from '../../linux/proc/osrelease.ts';
import { type Outcome, readText, valueOrThrow } from '../../linux/read.ts';
import { newerKernel } from '../reboot/newer-kernel.ts';
import type { HostSettings } from '../settings.ts';
import type { HostSources } from '../sources.ts';

/** A child each, on a disk that may be slow. */
const CHILD_TIMEOUT_MS = 5_000;

/** So many packages are named. */
const MOST_PACKAGES_BYTES = 400;

/** Tells that an update waits for a reboot, once per boot for each cause. */
export function rebootRequired({ run }: Pick<HostSources, 'run'>): Check<HostSettings> {
  return {
    name: 'reboot-required',
    periodMs: 900_000,
    timeoutMs: 30_000,
    isSlow: true,
    async look({ root, memo, signal }) {
      const options = { timeoutMs: CHILD_TIMEOUT_MS, run, signal };
      const release = valueOrThrow(readText(root, 'proc/sys/kernel/osrelease'));
      parseOsrelease(release);
      // Debian and Ubuntu; its text is for people.
      const flag = ifThere(await readDiskFile(root, 'run/reboot-required', options));
      const packages = flag === undefined ? undefined : ifThere(await readDiskFile(root, 'run/reboot-required.pkgs', options));
      const kernel = await installedKernel(root, release.trim(), options);
      return judge({ isFlagged: flag !== undefined, packages: packages ?? '', kernel, running: release.trim() }, memo);
    },
  };
}

/** A kernel that waits for the reboot. What is left of one that was removed has modules of others only. */
async function installedKernel(root: string, running: string, options: DiskFileOptions): Promise<string | undefined> {
  const newer = newerKernel(running, ifThere(await listDiskFolder(root, 'lib/modules', options)) ?? []);
  if (newer === undefined) return undefined;
  const parts = ifThere(await listDiskFolder(root, `lib/modules/${newer}`, options));
  return parts?.includes('kernel') === true ? newer : undefined;
}

function ifThere<T>(outcome: Outcome<T>): T | undefined {
  return outcome.kind === 'absent' ? undefined : valueOrThrow(outcome);
}

export interface Waiting {
  /** The distribution says so. */
  readonly isFlagged: boolean;
  /** Names of packages, one a line. */
  readonly packages: string;
  /** A newer one than `running`. */
  readonly kernel: string | undefined;
  readonly running: string;
}

/** Pure. What the distribution says has the kernel among its causes. */
export function judge({ isFlagged, packages, kernel, running }: Waiting, memo: unknown): Look {
  const before = isRecord(memo) ? memo : {};
  const isNewFlag = isFlagged && before['isFlagged'] !== true;
  const isNewKernel = kernel !== undefined && before['kernel'] !== kernel;
  const message = isNewFlag ? flagged(packages) : `a reboot is required: kernel ${kernel ?? ''} is installed and ${running} runs (/lib/modules)`;
  const isWaiting = isFlagged || kernel !== undefined;
  return {
    verdicts: [healthy],
    events: isNewFlag || (isNewKernel && !isFlagged) ? [{ severity: 'info', reason: 'RebootRequired', message: withoutPercent(message) }] : [],
    memo: { isFlagged, ...(kernel === undefined ? {} : { kernel }) },
    readings: [{ name: 'reboot_required', value: isWaiting, unit: '', source: isFlagged ? '/run/reboot-required' : '/lib/modules' }],
  };
}

function flagged(packages: string): string {
  const names = [...new Set(packages.split('\n').filter((name) => /^[a-z0-9][a-z0-9+.-]{1,127}$/.test(name)))];
  const by = names.length === 0 ? '' : ` by ${joinToBytes(names, MOST_PACKAGES_BYTES).replaceAll('; ', ', ')}`;
  return `a reboot is required${by} (/run/reboot-required)`;
}
