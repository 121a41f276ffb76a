import type { Check, Look } from '../../core/check.ts';
import { isRecord, parseCounter } from '../../core/decode.ts';
import { healthy, notApplicable } from '../../core/verdict.ts';
import { type Vmstat, parseVmstat } from '../../linux/proc/vmstat.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import type { HostSettings } from '../settings.ts';

const SOURCE = '/proc/vmstat';

/** Tells OOM kills as events. The counter runs since boot, so only its growth since the last look is news. */
export const oomKills: Check<HostSettings> = {
  name: 'oom-kills',
  condition: 'MemoryPressureHigh',
  periodMs: 30_000,
  timeoutMs: 5_000,
  look: ({ root, memo }) => judge(parseVmstat(valueOrThrow(readText(root, 'proc/vmstat'))), memo),
};

/** Pure. Without a usable memo (first look of a boot) the counter is only remembered. */
export function judge({ oomKills: now }: Vmstat, memo: unknown): Look {
  if (now === undefined) return { verdicts: [notApplicable('this kernel (before 4.13) does not count OOM kills')] };
  const before = lastCount(memo) ?? now;
  const count = now > before ? now - before : 0n;
  const message = `${count} ${count === 1n ? 'process was' : 'processes were'} killed because memory ran out (${SOURCE}, oom_kill)`;
  return {
    verdicts: [healthy],
    events: count > 0n ? [{ severity: 'warn', reason: 'OOMKilling', message }] : [],
    memo: { oomKills: String(now) },
    readings: [{ name: 'oom_kills_since_boot', value: String(now), unit: 'count', source: SOURCE }],
  };
}

function lastCount(memo: unknown): bigint | undefined {
  if (!isRecord(memo) || typeof memo['oomKills'] !== 'string') return undefined;
  return /^[0-9]{1,20}$/.test(memo['oomKills']) ? parseCounter(memo['oomKills'], 'memo') : undefined;
}
