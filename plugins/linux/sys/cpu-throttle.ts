import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from '../proc/whole-text.ts';
import { type Outcome, readText, valueOrThrow } from '../read.ts';
import { createSlices } from '../slices.ts';
import { readOnlineCpus } from './cpu-list.ts';

/** How often, and for how long, heat made the hardware slow down since boot. */
export interface Throttle {
  readonly count: number;
  /**
   * Of the times that have ended: one that lasts is added when it ends. Since Linux 5.5 or so; before there is only the count. Not
   * read where the count is 0, which it is on nearly every CPU.
   */
  readonly totalMs: number | undefined;
}

export interface CpuThrottle {
  readonly cpu: number;
  /** The socket. */
  readonly packageId: number;
  readonly core: Throttle;
  /** As this CPU saw it: those of one package differ a little. Absent where the processor does not tell. */
  readonly package: Throttle | undefined;
}

const FOLDER = 'sys/devices/system/cpu';

/**
 * Reads /sys/devices/system/cpu/cpu<n>/thermal_throttle of every CPU that is online, see the kernel's
 * drivers/thermal/intel/therm_throt.c: one number per file. Reading them disturbs no CPU: they are counted by interrupts.
 *
 * `absent` where no CPU has the folder: Intel's processors have it, most virtual machines, AMD and arm64 do not.
 * Rejects for a file that cannot be read or understood, and with the signal's reason. A CPU that goes offline meanwhile
 * is left out.
 */
export async function readCpuThrottle(root: string, signal: AbortSignal): Promise<Outcome<readonly CpuThrottle[]>> {
  const slices = createSlices(signal);
  const cpus: CpuThrottle[] = [];
  for (const cpu of readOnlineCpus(root)) {
    const found = readCpu(root, cpu);
    if (found !== undefined) cpus.push(found);
    const turn = slices.pause();
    if (turn !== undefined) await turn;
  }
  if (cpus.length === 0) return { kind: 'absent', message: 'no CPU has a thermal_throttle folder (AMD, arm64, most virtual machines)' };
  return { kind: 'ok', value: cpus };
}

function readCpu(root: string, cpu: number): CpuThrottle | undefined {
  const read = (file: string): number | undefined => readNumber(root, `${FOLDER}/cpu${cpu}/${file}`, cpu);
  const readThrottle = (level: 'core' | 'package'): Throttle | undefined => {
    const count = read(`thermal_throttle/${level}_throttle_count`);
    if (count === undefined) return undefined;
    return { count, totalMs: count === 0 ? undefined : read(`thermal_throttle/${level}_throttle_total_time_ms`) };
  };
  const core = readThrottle('core');
  const packageId = core === undefined ? undefined : read('topology/physical_package_id');
  return core === undefined || packageId === undefined ? undefined : { cpu, packageId, core, package: readThrottle('package') };
}

/** Undefined where there is no such file. Of a CPU that is going offline the files are empty before they are gone. */
function readNumber(root: string, path: string, cpu: number): number | undefined {
  const outcome = readText(root, path, { maxBytes: 4096 });
  if (outcome.kind === 'absent') return undefined;
  const text = valueOrThrow(outcome);
  if (text === '' && !readOnlineCpus(root).includes(cpu)) return undefined;
  return parseThrottleNumber(text, `/${path}`);
}

/** Parses one file of it: a number and the end of the line. */
export function parseThrottleNumber(text: string, file: string): number {
  const [, number] = /^(\d+)\n?$/.exec(text) ?? [];
  if (number === undefined) throw new ParseError(file, 'a number', text);
  requireWholeText(text, file);
  return parseCount(number, file);
}
