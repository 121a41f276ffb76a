import type { Check, Look, Reading } from '../../core/check.ts';
import { messageOf } from '../../core/errors.ts';
import { type Verdict, healthy, notApplicable, problem, unknownOf } from '../../core/verdict.ts';
import { parseStat } from '../../linux/proc/stat.ts';
import { parseUptimeMs } from '../../linux/proc/uptime.ts';
import { type Outcome, readText, valueOrThrow } from '../../linux/read.ts';
import { type Ext4Errors, readBlockDeviceName, readExt4Errors } from '../../linux/sys/ext4-errors.ts';
import { type Boot, type ErrorMemo, decodeErrorMemo, encodeErrorMemo, hasNewErrors, oldCountOf } from '../disk/errors-since-boot.ts';
import { readHostFilesystems } from '../disk/host-filesystems.ts';
import { describe } from '../disk/judge.ts';
import { leftOut } from '../disk/left-out.ts';
import type { Filesystem } from '../disk/select.ts';
import type { HostSettings } from '../settings.ts';

/** As of disk-space: a node with more is not looked at in full, and says so. */
const MOST_FILESYSTEMS = 64;
const BEYOND = `ext4 file systems beyond ${MOST_FILESYSTEMS}`;

/** The driver of ext4 mounts all three, and counts for all. */
const COUNTED: ReadonlySet<string> = new Set(['ext2', 'ext3', 'ext4']);

/**
 * Did ext4 meet errors since this boot? It goes on after most of them, by default even after a broken folder or bitmap, so
 * neither mount options nor anybody's write may tell. The counters are those of the node's own file systems; no disk is asked.
 */
export const filesystemErrors: Check<HostSettings> = {
  name: 'filesystem-errors',
  condition: 'FilesystemUnhealthy',
  periodMs: 30_000,
  timeoutMs: 5_000,
  look({ root, settings, memo }): Look {
    const { filesystems, file } = readHostFilesystems(root, settings);
    if (filesystems.length === 0) return { verdicts: [notApplicable('no file system on a disk of this node')] };
    const counted = filesystems.filter(({ type }) => COUNTED.has(type));
    // Where there is no ext4 there is no error of it.
    if (counted.length === 0) return { verdicts: [healthy] };
    const looked = counted.slice(0, MOST_FILESYSTEMS).map((filesystem) => ({ filesystem, ...readErrors(root, filesystem) }));
    const { verdicts, readings = [], ...more } = judge(looked, readBoot(root), decodeErrorMemo(memo));
    const others = leftOut(BEYOND, counted.length - looked.length, file);
    return { verdicts: [...verdicts, ...others.verdicts], readings: [...readings, ...others.readings], ...more };
  },
};

/** What could be read of one file system. */
interface Looked {
  readonly filesystem: Filesystem;
  /** The kernel's name of its device. */
  readonly name: string;
  readonly errors: Outcome<Ext4Errors>;
}

/** Pure. */
function judge(looked: readonly Looked[], boot: Boot, before: ErrorMemo | undefined): Look {
  const bootTimeSeconds = Math.min(boot.bootTimeSeconds, before?.bootTimeSeconds ?? Infinity);
  // What cannot be read now is still known at the next look.
  const isWhole = looked.every(({ errors }) => errors.kind === 'ok');
  const oldCounts = new Map(isWhole ? [] : before?.oldCounts);
  const verdicts: Verdict[] = [];
  const readings: Reading[] = [];
  for (const { filesystem, name, errors } of looked) {
    const { mountPoint: subject } = filesystem;
    if (errors.kind !== 'ok') {
      verdicts.push(errors.kind === 'absent' ? notCounted(filesystem, errors.message) : unknownOf(subject, errors.message, errors.cause));
      continue;
    }
    const oldCount = oldCountOf(errors.value, boot, before?.oldCounts.get(name));
    oldCounts.set(name, oldCount);
    const source = `/sys/fs/ext4/${name}/errors_count`;
    const message = `${subject}: errors since the boot, counted in ${source} (${describe(filesystem)})`;
    verdicts.push(hasNewErrors(errors.value, oldCount, bootTimeSeconds) ? problem('FilesystemErrors', subject, message) : healthy);
    readings.push(
      { name: 'filesystem_errors', subject, value: errors.value.count, unit: 'count', source },
      { name: 'filesystem_errors_before_boot', subject, value: oldCount, unit: 'count', source },
    );
  }
  return { verdicts, readings, memo: encodeErrorMemo({ bootTimeSeconds, oldCounts }) };
}

function notCounted({ mountPoint }: Filesystem, why: string): Verdict {
  return notApplicable(`${mountPoint}: its errors are not counted: ${why}`);
}

/** A device that is gone has no number any more, while what is mounted of it still counts: then the source may name it. */
function readErrors(root: string, { mountPoint, source, device }: Filesystem): Omit<Looked, 'filesystem'> {
  try {
    const outcome = readBlockDeviceName(root, device);
    const [, nameInSource] = /^\/dev\/([^/.][^/]*)$/.exec(source) ?? [];
    const name = outcome.kind === 'ok' ? outcome.value : nameInSource;
    if (name !== undefined) return { name, errors: readExt4Errors(root, name) };
    const message = `${mountPoint}: the kernel's name of its device cannot be told: ${'message' in outcome ? outcome.message : source}`;
    return { name: '', errors: { kind: 'failed', message } };
  } catch (cause) {
    return { name: '', errors: { kind: 'failed', message: messageOf(cause), cause } };
  }
}

function readBoot(root: string): Boot {
  const { bootTimeSeconds } = parseStat(valueOrThrow(readText(root, 'proc/stat')));
  const uptimeMs = parseUptimeMs(valueOrThrow(readText(root, 'proc/uptime')));
  return { bootTimeSeconds, nowSeconds: bootTimeSeconds + Math.floor(uptimeMs / 1_000) };
}
