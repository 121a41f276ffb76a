import type { Check, Look, Reading } from '../../core/check.ts';
import { healthy, notApplicable, problem, unknown } from '../../core/verdict.ts';
import { parseLoadavg } from '../../linux/proc/loadavg.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { readOnlineCpus } from '../../linux/sys/cpu-list.ts';
import { groupsWithMost } from '../attribution/ask.ts';
import { type Stall, nameOf, readStalls, together } from '../pressure/stall.ts';
import type { HostSettings } from '../settings.ts';

/**
 * Do the node's services get CPU? Not whether the CPUs are busy: Pods that soak up every idle moment are normal, and those
 * held back by their own CPU limit raise the node's line `some` on an idle node. So the services are judged where they can
 * be told from the Pods, and only while more tasks want to run than there are CPUs: a service with a quota of its own waits
 * without that, and held back tasks do not count in the load. Measured beside three busy tasks per CPU,
 * services that want a tenth of a CPU each wait 52 percent of the time, those that want most of one 74: the limit is between.
 */
export const cpuStalled: Check<HostSettings> = {
  name: 'cpu-stalled',
  condition: 'CPUPressureHigh',
  periodMs: 30_000,
  timeoutMs: 5_000,
  look({ root, settings }) {
    const stalls = readStalls(root, 'cpu');
    const missing = stalls.flatMap(({ pressure }) => (pressure.kind === 'absent' ? [notApplicable(pressure.message)] : []));
    if (missing.length > 0) return { verdicts: missing };
    const { load1 } = parseLoadavg(valueOrThrow(readText(root, 'proc/loadavg', { maxBytes: 4096 })));
    const load = { load1, cpus: readOnlineCpus(root).length };
    return { ...together(stalls.map((stall) => judge(stall, load, settings))), contributorsTo: groupsWithMost(root, 'cpu') };
  },
};

/**
 * A node that batch work keeps busy has two or three tasks per CPU, and tasks in uninterruptible sleep count too: where
 * all tasks stand in for the services it takes the four that Netdata alarms at over five minutes.
 */
const LOAD_PER_CPU = { services: 1, node: 4 } as const satisfies Record<Stall['scope'], number>;

interface Load {
  /** Average number of tasks that run, want to run or sleep uninterruptibly, over a minute. */
  readonly load1: number;
  /** Online. */
  readonly cpus: number;
}

type Limits = Pick<HostSettings, 'cpuStalledMaxPercent' | 'cpuStalledNodeMaxPercent'>;

/** Pure. `absent` (no PSI on this kernel) does not apply; everything else that is no reading is unknown. */
export function judge(stall: Stall, { load1, cpus }: Load, limits: Limits): Look {
  const { scope, file, pressure } = stall;
  const { subject, ofGroup } = nameOf('node CPUs', stall);
  if (pressure.kind === 'absent') return { verdicts: [notApplicable(pressure.message)] };
  if (pressure.kind !== 'ok') return { verdicts: [unknown(pressure.message, pressure.cause)] };
  const { some } = pressure.value;
  if (some === undefined) return { verdicts: [unknown(`${file}: no line "some"`)] };
  const isOfServices = scope === 'services';
  const most = isOfServices ? limits.cpuStalledMaxPercent : limits.cpuStalledNodeMaxPercent;
  const who = isOfServices ? "the node's services" : 'tasks';
  const crowd = isOfServices ? 'more tasks than CPUs' : 'more than four tasks per CPU';
  const message = `${subject}: ${who} waited for more than ${most}% of a minute (${file}, some avg60), with ${crowd} (/proc/loadavg)`;
  const isStalled = some.avg60Percent > most && load1 > cpus * LOAD_PER_CPU[scope];
  return {
    verdicts: [isStalled ? problem('CPUStalled', subject, message) : healthy],
    readings: [
      { name: 'cpu_some_avg60', ...ofGroup, value: some.avg60Percent, unit: 'percent', source: file },
      { name: 'cpu_some_avg10', ...ofGroup, value: some.avg10Percent, unit: 'percent', source: file },
      { name: 'cpu_some_total', ...ofGroup, value: Number(some.totalUs) / 1e6, unit: 'seconds', source: file },
      { name: 'cpu_some_limit', ...ofGroup, value: most, unit: 'percent', source: 'settings' },
      ...(stall.group === undefined ? loadReadings({ load1, cpus }) : []),
    ],
  };
}

/** Of the node, so once is enough. */
function loadReadings({ load1, cpus }: Load): readonly Reading[] {
  return [
    { name: 'load1', value: load1, unit: 'count', source: '/proc/loadavg' },
    { name: 'cpus_online', value: cpus, unit: 'count', source: '/sys/devices/system/cpu/online' },
  ];
}
