import { constants } from 'node:os';
import type { ComplaintKind } from './look.ts';

/** nvidia-smi(1), "RETURN VALUE", in our words; 16 is the number of NVML's error, which the page leaves out. */
const CODES: ReadonlyMap<number, readonly [ComplaintKind, string]> = new Map([
  [2, ['bad-question', 'an argument it does not know']],
  [3, ['bad-question', 'not possible on this device']],
  [4, ['no-access', 'no permission']],
  [6, ['no-devices', 'no such device']],
  [8, ['power-cable', 'a power cable is not attached']],
  [9, ['driver-not-loaded', 'the driver is not loaded']],
  [10, ['interrupt', 'the kernel found a problem with the interrupt of a GPU']],
  [12, ['library-missing', 'libnvidia-ml not found']],
  [13, ['other', 'a function is missing in libnvidia-ml']],
  [14, ['inforom-corrupted', 'infoROM is corrupted']],
  [15, ['gpu-lost', 'a GPU has fallen off the bus or is not reachable']],
  [16, ['reset-required', 'a GPU requires a reset']],
  [17, ['no-access', 'blocked by the operating system or a control group']],
  [18, ['library-mismatch', 'driver and libnvidia-ml have different versions']],
  [255, ['other', 'internal error of the driver']],
]);

/** A shell that ran the program tells its signal so. */
const SIGNAL_BASE = 128;

/** What an end without a text that is known means: `exit code 15 (a GPU has fallen off the bus or is not reachable)`. */
export function meaningOf(code: number | null, signal: string | null): { readonly kind: ComplaintKind; readonly text: string } {
  if (code === null) return { kind: 'other', text: `ended by ${signal ?? 'an unknown signal'}` };
  const known = CODES.get(code);
  if (known !== undefined) return { kind: known[0], text: `exit code ${code} (${known[1]})` };
  const name = signalName(code - SIGNAL_BASE);
  return { kind: 'other', text: name === undefined ? `exit code ${code}` : `exit code ${code} (ended by ${name})` };
}

function signalName(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, each]) => each === number)?.[0];
}
