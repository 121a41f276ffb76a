import type { Check, Look } from '../../core/check.ts';
import { isRecord } from '../../core/decode.ts';
import { healthy } from '../../core/verdict.ts';
import { parseBootId } from '../../linux/proc/boot-id.ts';
import { parseStat } from '../../linux/proc/stat.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import type { HostSettings } from '../settings.ts';

/** Tells that the machine has booted since it was last looked at, by what the state file kept over the boot. */
export const nodeRebooted: Check<HostSettings> = {
  name: 'node-rebooted',
  periodMs: 300_000,
  timeoutMs: 5_000,
  look({ root, baseline }) {
    const bootId = parseBootId(valueOrThrow(readText(root, 'proc/sys/kernel/random/boot_id')));
    return judge(bootId, parseStat(valueOrThrow(readText(root, 'proc/stat'))).bootTimeSeconds, baseline);
  },
};

/** Pure. */
export function judge(bootId: string, bootTimeSeconds: number, baseline: unknown): Look {
  const last = isRecord(baseline) && typeof baseline['bootId'] === 'string' ? baseline['bootId'] : undefined;
  const isAnother = last !== undefined && last !== bootId;
  const time = `${new Date(bootTimeSeconds * 1_000).toISOString().slice(0, 19)}Z`;
  return {
    verdicts: [healthy],
    events: isAnother ? [{ severity: 'info', reason: 'NodeRebooted', message: `the node has rebooted, at ${time} (/proc/stat, btime)` }] : [],
    baseline: { bootId },
    readings: [{ name: 'boot_time', value: bootTimeSeconds, unit: 'seconds', source: '/proc/stat' }],
  };
}
