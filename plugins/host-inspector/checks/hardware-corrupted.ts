import type { Check, Look } from '../../core/check.ts';
import { healthy, notApplicable, problem } from '../../core/verdict.ts';
import { parseMeminfo } from '../../linux/proc/meminfo.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { readMemoryFailures } from '../../linux/sys/memory-failures.ts';
import type { HostSettings } from '../settings.ts';

const SUBJECT = 'memory taken out of use';
const SOURCE = '/proc/meminfo, HardwareCorrupted';

/** Did the kernel take pages out of use because their memory is broken? Hypervisors pass such errors on, so it is told in virtual machines as well. */
export const hardwareCorrupted: Check<HostSettings> = {
  name: 'hardware-corrupted',
  condition: 'HardwareFault',
  periodMs: 60_000,
  timeoutMs: 5_000,
  look({ root, settings: { hardwareCorruptedMaxBytes } }) {
    const { hardwareCorruptedBytes } = parseMeminfo(valueOrThrow(readText(root, 'proc/meminfo')));
    const failures = (hardwareCorruptedBytes ?? 0) > hardwareCorruptedMaxBytes ? readMemoryFailures(root) : undefined;
    return judge(hardwareCorruptedBytes, hardwareCorruptedMaxBytes, failures);
  },
};

/**
 * The kernel also counts pages that it took out of use before they broke, since they had many correctable errors (soft
 * offline: rasdaemon, mcelog, firmware or the kernel itself ask for that): those harm nobody. Pure.
 *
 * @param failures pages that were really lost; undefined where the kernel does not tell
 */
export function judge(corruptedBytes: number | undefined, maxBytes: number, failures?: number): Look {
  if (corruptedBytes === undefined) return { verdicts: [notApplicable(`${SUBJECT} (this kernel does not tell: no HardwareCorrupted in /proc/meminfo)`)] };
  const howMuch = maxBytes === 0 ? 'broken pages' : `more than ${maxBytes} bytes of broken pages`;
  return {
    verdicts: [corruptedBytes > maxBytes && failures !== 0 ? problem('HardwareCorruptedMemory', SUBJECT, `${SUBJECT}: ${howMuch} since the boot (${SOURCE})`) : healthy],
    readings: [{ name: 'memory_hardware_corrupted', value: corruptedBytes, unit: 'bytes', source: SOURCE }],
  };
}
