import type { Check, Look, LookEvent } from '../../core/check.ts';
import { isCount, isRecord } from '../../core/decode.ts';
import type { Severity } from '../../core/status.ts';
import { healthy, notApplicable } from '../../core/verdict.ts';
import { parseNumberFile } from '../../linux/proc/sysctl.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import type { HostSettings } from '../settings.ts';

const SOURCE = '/proc/sys/kernel/tainted';

interface Taint {
  readonly letter: string;
  readonly meaning: string;
  /** Undefined for what is usual on healthy nodes, and not told. */
  readonly severity: Severity | undefined;
  /** Told at the first look of a boot as well. */
  readonly isGrave?: boolean;
}

/** By bit, see Documentation/admin-guide/tainted-kernels.rst of the kernel. */
const TAINTS: readonly Taint[] = [
  // NVIDIA's driver has this one, 12, and mostly 13.
  { letter: 'P', meaning: 'proprietary module was loaded', severity: undefined },
  { letter: 'F', meaning: 'module was force loaded', severity: 'warn' },
  { letter: 'S', meaning: 'kernel running on an out of specification system', severity: 'info' },
  { letter: 'R', meaning: 'module was force unloaded', severity: 'warn' },
  { letter: 'M', meaning: 'processor reported a machine check exception', severity: 'warn', isGrave: true },
  { letter: 'B', meaning: 'bad page referenced or some unexpected page flags', severity: 'warn', isGrave: true },
  { letter: 'U', meaning: 'taint requested by userspace application', severity: 'info' },
  { letter: 'D', meaning: 'kernel died recently, there was an oops or a bug', severity: 'warn', isGrave: true },
  { letter: 'A', meaning: 'ACPI table overridden by user', severity: 'info' },
  { letter: 'W', meaning: 'kernel issued a warning', severity: 'info' },
  { letter: 'C', meaning: 'staging driver was loaded', severity: 'info' },
  { letter: 'I', meaning: 'workaround for a bug in platform firmware applied', severity: 'info' },
  { letter: 'O', meaning: 'externally built module was loaded', severity: undefined },
  { letter: 'E', meaning: 'unsigned module was loaded', severity: undefined },
  { letter: 'L', meaning: 'soft lockup occurred', severity: 'warn', isGrave: true },
  // How distributions mend a running kernel, and what they built it with.
  { letter: 'K', meaning: 'kernel has been live patched', severity: undefined },
  { letter: 'X', meaning: 'auxiliary taint, defined and used by distributions', severity: undefined },
  { letter: 'T', meaning: 'kernel was built with the struct randomization plugin', severity: undefined },
  { letter: 'N', meaning: 'in-kernel test has been run', severity: 'info' },
  { letter: 'J', meaning: 'userspace used a mutating debug operation in fwctl', severity: 'info' },
];

/** Bits that a later kernel may know; the file holds a number of 64 bits, of which no one uses so many. */
const MOST_BITS = 32;

/** Tells what newly happened to the kernel. A bit stays until the reboot, so each is told once per boot. */
export const kernelTainted: Check<HostSettings> = {
  name: 'kernel-tainted',
  periodMs: 60_000,
  timeoutMs: 5_000,
  look({ root, memo }) {
    const file = readText(root, 'proc/sys/kernel/tainted');
    if (file.kind === 'absent') return { verdicts: [notApplicable(`no ${SOURCE}`)] };
    return judge(parseNumberFile(valueOrThrow(file), SOURCE), memo);
  },
};

/** Pure. At the first look of a boot only what is grave is news: all else has come with the boot. */
export function judge(now: number, memo: unknown): Look {
  const before = isRecord(memo) && isCount(memo['tainted']) ? memo['tainted'] : undefined;
  const events = Array.from({ length: MOST_BITS }, (_, bit) => bit)
    .filter((bit) => hasBit(now, bit) && (before === undefined ? TAINTS[bit]?.isGrave === true : !hasBit(before, bit)))
    .flatMap(eventOf);
  return {
    verdicts: [healthy],
    events,
    memo: { tainted: now },
    readings: [{ name: 'kernel_tainted', value: now, unit: '', source: SOURCE }],
  };
}

/** Not by bit operators, which know 32 bits with a sign. */
function hasBit(number: number, bit: number): boolean {
  return Math.floor(number / 2 ** bit) % 2 === 1;
}

function eventOf(bit: number): readonly LookEvent[] {
  const taint = TAINTS[bit] ?? { letter: '?', meaning: 'a reason that this version does not know', severity: 'info' };
  if (taint.severity === undefined) return [];
  const message = `kernel tainted, ${taint.letter} (bit ${bit}): ${taint.meaning}; see dmesg (${SOURCE})`;
  return [{ severity: taint.severity, reason: 'KernelTainted', message }];
}
