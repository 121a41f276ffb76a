import type { Check, Look, Reading } from '../../core/check.ts';
import { isCount, isRecord } from '../../core/decode.ts';
import { lookAtPart } from '../../core/parts.ts';
import { type Verdict, healthy, notApplicable, problem } from '../../core/verdict.ts';
import { parseUptimeMs } from '../../linux/proc/uptime.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { type NvmeController, type ScsiDisk, readNvmeControllers, readScsiDisks } from '../../linux/sys/disks.ts';
import type { HostSettings } from '../settings.ts';

const WINDOW_SECONDS = 600;

/** The kernel has given the disk up; what else it may say of one passes. */
const GIVEN_UP: ReadonlySet<string> = new Set(['offline', 'transport-offline']);

/** Does a disk fail commands, or has the kernel given it up? Virtual disks of virtio neither count nor tell. */
export const diskErrors: Check<HostSettings> = {
  name: 'disk-errors',
  condition: 'IOPressureHigh',
  periodMs: 30_000,
  timeoutMs: 5_000,
  look({ root, settings, memo }): Look {
    const uptimeSeconds = Math.floor(parseUptimeMs(valueOrThrow(readText(root, 'proc/uptime'))) / 1_000);
    const scsi = lookAtPart('SCSI disks', () => judgeScsi(readScsiDisks(root), memo, uptimeSeconds, settings.diskErrorsMax));
    const nvme = lookAtPart('NVMe disks', () => judgeNvme(readNvmeControllers(root)));
    const verdicts = [...scsi.verdicts, ...nvme.verdicts];
    return { ...scsi, verdicts: verdicts.length > 0 ? verdicts : [notApplicable('errors of disks (no SCSI or NVMe disk)')] };
  },
};

/** What is kept of one disk: its count when the present ten minutes began, and whether the ten before were bad. */
interface Window {
  readonly fromCount: number;
  readonly sinceSeconds: number;
  readonly wasBad: boolean;
}

/** Pure. A disk refuses a question now and then (smartctl asks for what not every disk has), so single errors are none. */
export function judgeScsi(disks: readonly ScsiDisk[], memo: unknown, uptimeSeconds: number, most: number): Look {
  const windows: Record<string, Window> = {};
  const verdicts: Verdict[] = [];
  const readings: Reading[] = [];
  for (const { name, state, ioErrorCount } of disks) {
    const isGivenUp = GIVEN_UP.has(state);
    if (isGivenUp) verdicts.push(problem('DiskErrors', name, `${name}: the kernel has given it up: ${state} (/sys/block/${name}/device/state)`));
    if (ioErrorCount === undefined) continue;
    const source = `/sys/block/${name}/device/ioerr_cnt`;
    const before = windowOf(isRecord(memo) ? memo[name] : undefined, ioErrorCount, uptimeSeconds);
    const isBad = ioErrorCount - before.fromCount > most;
    const isOver = uptimeSeconds - before.sinceSeconds >= WINDOW_SECONDS;
    windows[name] = isOver ? { fromCount: ioErrorCount, sinceSeconds: uptimeSeconds, wasBad: isBad } : before;
    readings.push({ name: 'disk_errors', subject: name, value: ioErrorCount, unit: 'count', source });
    if (isGivenUp) continue;
    verdicts.push(isBad || windows[name].wasBad ? problem('DiskErrors', name, `${name}: more than ${most} failed commands within ten minutes (${source})`) : healthy);
  }
  return { verdicts, readings, memo: windows };
}

/** Of a longer time nobody can tell whether errors came within ten minutes of it: nobody looked, or the machine slept. */
const LONGEST_WINDOW_SECONDS = 2 * WINDOW_SECONDS;

/** The window that was kept, or a new one: for a new disk, one whose counter fell, one not looked at for long, and a memo of another form. */
function windowOf(kept: unknown, count: number, uptimeSeconds: number): Window {
  const { fromCount, sinceSeconds, wasBad } = isRecord(kept) ? kept : {};
  const isOfNow = isCount(sinceSeconds) && sinceSeconds <= uptimeSeconds && uptimeSeconds - sinceSeconds < LONGEST_WINDOW_SECONDS;
  if (isCount(fromCount) && isOfNow && fromCount <= count) return { fromCount, sinceSeconds, wasBad: wasBad === true };
  return { fromCount: count, sinceSeconds: uptimeSeconds, wasBad: false };
}

/** Pure. A controller at the end of a network is a path, one of which may be down. */
export function judgeNvme(controllers: readonly NvmeController[]): Look {
  return {
    verdicts: controllers.map(({ name, state, transport }) => {
      if (transport !== 'pcie' || state === 'live' || state.startsWith('deleting') || state === 'new') return healthy;
      return problem('DiskErrors', name, `${name}: the driver cannot work with it: ${state} (/sys/class/nvme/${name}/state)`);
    }),
  };
}
