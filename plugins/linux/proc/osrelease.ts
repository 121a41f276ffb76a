import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';

export interface KernelVersion {
  readonly major: number;
  readonly minor: number;
}

/**
 * Parses /proc/sys/kernel/osrelease, see proc_sys_kernel(5): `6.8.0-45-generic` and a newline. What follows the second
 * number is the distributor's. Throws ParseError.
 */
export function parseOsrelease(text: string, file = '/proc/sys/kernel/osrelease'): KernelVersion {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})\b[^\n]*\n$/.exec(text) ?? [];
  if (major === undefined || minor === undefined) throw new ParseError(file, '"<n>.<n>..." and a newline', text);
  return { major: parseCount(major, file), minor: parseCount(minor, file) };
}

/** Is it that version, or a later one? */
export function isAtLeast({ major, minor }: KernelVersion, wantMajor: number, wantMinor: number): boolean {
  return major > wantMajor || (major === wantMajor && minor >= wantMinor);
}
