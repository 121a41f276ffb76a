import type { Check, Look, LookEvent } from '../../core/check.ts';
import { isCount, isRecord } from '../../core/decode.ts';
import { healthy, notApplicable } from '../../core/verdict.ts';
import { parseNumberFile } from '../../linux/proc/sysctl.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { TAINTS, hasBit } from '../reboot/taints.ts';
import type { HostSettings } from '../settings.ts';

const SOURCE = '/proc/sys/kernel/tainted';

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

function eventOf(bit: number): readonly LookEvent[] {
  const taint = TAINTS[bit] ?? { letter: '?', meaning: 'a reason that this version does not know', severity: 'info' };
  if (taint.severity === undefined) return [];
  const message = `kernel tainted, ${taint.letter} (bit ${bit}): ${taint.meaning}; see dmesg (${SOURCE})`;
  return [{ severity: taint.severity, reason: 'KernelTainted', message }];
}
