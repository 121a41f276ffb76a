import type { Severity } from '../../core/status.ts';

export interface Taint {
  readonly letter: string;
  readonly meaning: string;
  /** Undefined for what is usual on healthy nodes, and not told. */
  readonly severity: Severity | undefined;
  /** Told at the first look of a boot as well. */
  readonly isGrave?: boolean;
}

/** By bit, see Documentation/admin-guide/tainted-kernels.rst of the kernel. */
export const TAINTS: readonly Taint[] = [
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

/** Of /proc/sys/kernel/tainted. Not by bit operators, which know 32 bits with a sign. */
export function hasBit(number: number, bit: number): boolean {
  return Math.floor(number / 2 ** bit) % 2 === 1;
}
