import type { KernelLogRule } from '../../npd/kernel-log-rules.ts';
import { XID_ROWS } from './catalogue-data.ts';
import type { XidClass } from './classes.ts';
import { SXID_ROWS } from './sxid.ts';

/** Event reason of each class; what is to be ignored has none. */
const REASONS = {
  app: 'GPUXidApplicationError',
  event: 'GPUXid',
  reset: 'GPUXidResetRequired',
  reboot: 'GPUXidRebootRequired',
  rma: 'GPUXidReplacementRequired',
} as const satisfies Partial<Record<XidClass, string>>;

/** Told by rules of their own: by a word of the line; and 45, which nearly always follows another one. */
const BY_WORD: ReadonlySet<number> = new Set([45, 144, 145, 146, 147, 148, 149, 150, 154]);

const XID = 'NVRM: Xid \\([^)\\n]{1,96}\\): ';
const SXID = 'nvidia-nvswitch\\d{1,4}: SXid \\([^)\\n]{1,32}\\): ';

/** Numbers from 174 on but for 185: all that the catalogue does not have. */
const UNDOCUMENTED_XID = '(?:17[4-9]|18[0-46-9]|19\\d|[2-9]\\d{2}|\\d{4,9})';
/** The guide's codes have five digits, from 10001 to 24007; later switches have others. */
const UNDOCUMENTED_SXID = '(?:\\d{1,4}|2[5-9]\\d{3}|[3-9]\\d{4}|\\d{6,9})';

/**
 * The catalogue as rules for NPD's own kernel log monitor, for nodes where gpu-monitor may not read the log. Each message matches
 * one rule at most. What repetition makes of an XID, and what clears it, no such rule can tell.
 */
export const xidKernelLogRules: readonly KernelLogRule[] = [
  ...(['rma', 'reboot', 'reset', 'event', 'app'] as const).map((xidClass): KernelLogRule => ({
    reason: REASONS[xidClass],
    pattern: `${XID}${oneOf(xidNumbers(xidClass))}\\b.*`,
  })),
  { reason: REASONS.event, pattern: `${XID}${UNDOCUMENTED_XID}\\b.*` },
  { reason: REASONS.reset, pattern: `${XID}(?:14[4-9]|150), .*\\bFatal\\b.*` },
  { reason: REASONS.event, pattern: `${XID}(?:14[4-9]|150), .*\\bNonfatal\\b.*` },
  { reason: REASONS.reboot, pattern: `${XID}154, .* to 0x[0-9a-fA-F]+ \\([^)\\n]*[Rr]eboot.*` },
  { reason: REASONS.reset, pattern: `${XID}154, .* to 0x[0-9a-fA-F]+ \\([^)\\n]*[Rr]eset.*` },
  { reason: REASONS.event, pattern: `${XID}154, .* to 0x[0-9a-fA-F]+ \\(Drain P2P.*` },
  { reason: REASONS.reboot, pattern: 'NVRM: GPU [0-9a-fA-F:.]+: GPU has fallen off the bus.*' },
  { reason: REASONS.reboot, pattern: 'NVRM: .*fallen off the bus and is not responding to commands.*' },
  { reason: REASONS.reboot, pattern: `${SXID}${oneOf(sxidCodes('reboot'))}, Fatal.*` },
  { reason: REASONS.reset, pattern: `${SXID}(?:${oneOf(sxidCodes('reset'))}|${UNDOCUMENTED_SXID}), Fatal.*` },
  { reason: REASONS.event, pattern: `${SXID}${oneOf(sxidCodes('event'))}, Fatal.*` },
  { reason: REASONS.event, pattern: `${SXID}\\d{1,9}, Non-fatal.*` },
];

function xidNumbers(xidClass: XidClass): readonly number[] {
  return XID_ROWS.filter((row) => row.xidClass === xidClass).flatMap(({ numbers }) => numbers).filter((xid) => !BY_WORD.has(xid));
}

function sxidCodes(xidClass: XidClass): readonly number[] {
  return SXID_ROWS.filter((row) => row.xidClass === xidClass).flatMap(({ codes }) => codes);
}

function oneOf(numbers: readonly number[]): string {
  return `(?:${numbers.toSorted((a, b) => a - b).join('|')})`;
}
