import type { Check, Look } from '../../core/check.ts';
import { healthy, notApplicable, problem, unknown } from '../../core/verdict.ts';
import { groupsWithMost } from '../attribution/ask.ts';
import { type Stall, nameOf, readStalls, together } from '../pressure/stall.ts';
import type { HostSettings } from '../settings.ts';

/**
 * Do all of the node's services wait for a disk at once? The line `full`, averaged over a minute: `some` rises with any
 * busy disk. A single program that only reads a disk keeps an otherwise idle node at 85 percent, hence the services alone
 * are judged where they can be told from the Pods, and all tasks by a limit of their own.
 */
export const ioStalled: Check<HostSettings> = {
  name: 'io-stalled',
  condition: 'IOPressureHigh',
  periodMs: 30_000,
  timeoutMs: 5_000,
  look: ({ root, settings }) => ({ ...together(readStalls(root, 'io').map((stall) => judge(stall, settings))), contributorsTo: groupsWithMost(root, 'io') }),
};

type Limits = Pick<HostSettings, 'ioStalledMaxPercent' | 'ioStalledNodeMaxPercent'>;

/** Pure. `absent` (no PSI on this kernel) does not apply; everything else that is no reading is unknown. */
export function judge(stall: Stall, limits: Limits): Look {
  const { scope, file, pressure } = stall;
  const { subject, ofGroup } = nameOf('node disks', stall);
  if (pressure.kind === 'absent') return { verdicts: [notApplicable(pressure.message)] };
  if (pressure.kind !== 'ok') return { verdicts: [unknown(pressure.message, pressure.cause)] };
  const { full } = pressure.value;
  if (full === undefined) return { verdicts: [unknown(`${file}: no line "full"`)] };
  const isOfServices = scope === 'services';
  const most = isOfServices ? limits.ioStalledMaxPercent : limits.ioStalledNodeMaxPercent;
  const who = isOfServices ? "all of the node's services" : 'all tasks';
  const message = `${subject}: ${who} waited for more than ${most}% of a minute (${file}, full avg60)`;
  return {
    verdicts: [full.avg60Percent > most ? problem('IOStalled', subject, message) : healthy],
    readings: [
      { name: 'io_full_avg60', ...ofGroup, value: full.avg60Percent, unit: 'percent', source: file },
      { name: 'io_full_avg10', ...ofGroup, value: full.avg10Percent, unit: 'percent', source: file },
      { name: 'io_full_total', ...ofGroup, value: Number(full.totalUs) / 1e6, unit: 'seconds', source: file },
      { name: 'io_full_limit', ...ofGroup, value: most, unit: 'percent', source: 'settings' },
    ],
  };
}
