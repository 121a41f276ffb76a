import { isCount, isRecord } from '../../core/decode.ts';
import type { Ext4Errors } from '../../linux/sys/ext4-errors.ts';

/** What is kept between two looks of one boot. */
export interface ErrorMemo {
  /** The earliest time that /proc/stat gave for the boot: it moves when the clock is set. */
  readonly bootTimeSeconds: number;
  /** By the kernel's name of the device: errors that are older than the boot. */
  readonly oldCounts: ReadonlyMap<string, number>;
}

/** The clock of the host, seconds since 1970. */
export interface Boot {
  readonly bootTimeSeconds: number;
  readonly nowSeconds: number;
}

/** Clocks run apart by a step of NTP, and files are not read all at once. */
const TOLERANCE_SECONDS = 60;

/**
 * How many of the counted errors were there before this boot.
 *
 * The count lives in the superblock, also in that of a copied disk, so one that was there says nothing about today; what was
 * damaged then is counted again as soon as the kernel meets it. What the first look of a boot finds is told by the time of
 * the last error; later ones by the growth of the count, since the clock may have been wrong at boot. A count that fell
 * was repaired, or is another disk's. Pure.
 */
export function oldCountOf({ count, lastErrorTimeSeconds }: Ext4Errors, boot: Boot, before: number | undefined): number {
  if (before !== undefined) return Math.min(before, count);
  // An error ahead of the clock is of another boot, too: the clock has not been set yet.
  const isOfThisBoot =
    lastErrorTimeSeconds !== undefined &&
    lastErrorTimeSeconds >= boot.bootTimeSeconds &&
    lastErrorTimeSeconds <= boot.nowSeconds + TOLERANCE_SECONDS;
  return isOfThisBoot ? 0 : count;
}

/** Were there errors since the boot? Another disk under the same name brings a larger count, but no error of this boot. Pure. */
export function hasNewErrors({ count, lastErrorTimeSeconds }: Ext4Errors, oldCount: number, bootTimeSeconds: number): boolean {
  return count > oldCount && lastErrorTimeSeconds !== undefined && lastErrorTimeSeconds >= bootTimeSeconds;
}

/** As JSON. Pure. */
export function encodeErrorMemo({ bootTimeSeconds, oldCounts }: ErrorMemo): unknown {
  return { bootTimeSeconds, oldCounts: Object.fromEntries(oldCounts) };
}

/** A memo as it was kept, or undefined for anything else. Pure. */
export function decodeErrorMemo(memo: unknown): ErrorMemo | undefined {
  if (!isRecord(memo)) return undefined;
  const { bootTimeSeconds, oldCounts } = memo;
  if (!isCount(bootTimeSeconds) || !isRecord(oldCounts)) return undefined;
  return { bootTimeSeconds, oldCounts: new Map(Object.entries(oldCounts).flatMap(([name, count]) => (isCount(count) ? [[name, count]] : []))) };
}
