import type { Check, Look, Reading } from '../../core/check.ts';
import { isRecord } from '../../core/decode.ts';
import { type Verdict, healthy, notApplicable, problem } from '../../core/verdict.ts';
import { type NetStat, parseNetStat } from '../../linux/proc/net-stat.ts';
import { parseNumberFile } from '../../linux/proc/sysctl.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { counterOf } from '../limits/memo.ts';
import { judgeCount } from '../limits/near.ts';
import type { HostSettings } from '../settings.ts';

const SUBJECT = 'tracked connections';
const LOST = 'packets of new connections';
const LIMIT = 'net.netfilter.nf_conntrack_max';
const STAT_FILE = 'proc/1/net/stat/nf_conntrack';
const MAX_FILE = 'proc/sys/net/netfilter/nf_conntrack_max';
const COUNT_FILE = 'proc/sys/net/netfilter/nf_conntrack_count';

/** There in the initial network namespace alone: `arp_init` of net/ipv4/arp.c registers it once. */
const INITIAL_ONLY = 'proc/sys/net/ipv4/neigh/default/gc_thresh3';

/**
 * Is there room for further connections? PID 1's file counts those of the host's network namespace from inside any
 * container; nf_conntrack_count is the reader's. The limit is one for all namespaces.
 */
export const conntrack: Check<HostSettings> = {
  name: 'conntrack',
  condition: 'KernelLimitNear',
  periodMs: 30_000,
  timeoutMs: 5_000,
  look({ root, settings: { conntrackMaxPercent }, memo }) {
    const max = readText(root, MAX_FILE);
    if (max.kind === 'absent') return { verdicts: [notApplicable('tracked connections (nf_conntrack is not loaded)')] };
    const limit = parseNumberFile(valueOrThrow(max), `/${MAX_FILE}`);
    const stat = readText(root, STAT_FILE);
    if (stat.kind === 'absent') return lookAtOwnCount(root, limit, conntrackMaxPercent);
    return judge(parseNetStat(valueOrThrow(stat), `/${STAT_FILE}`), limit, conntrackMaxPercent, memo);
  },
};

/**
 * Kernels without CONFIG_NF_CONNTRACK_PROCFS, which distributions leave out as it is deprecated, have no such file of PID 1;
 * nor has a PID 1 that is hidden. What the reader's namespace counts is the host's where both are the initial one.
 */
function lookAtOwnCount(root: string, limit: number, percent: number): Look {
  const count = readText(root, COUNT_FILE);
  if (count.kind === 'absent' || readText(root, INITIAL_ONLY).kind !== 'ok') {
    return { verdicts: [notApplicable(`tracked connections (no /${STAT_FILE}: needs hostNetwork)`)] };
  }
  const used = parseNumberFile(valueOrThrow(count), `/${COUNT_FILE}`);
  return { verdicts: [judgeEntries(used, limit, percent)], readings: entryReadings(used, limit, COUNT_FILE) };
}

/** Pure. */
function judgeEntries(used: number, limit: number, percent: number): Verdict {
  // 0 switches the limit off.
  return limit === 0 ? healthy : judgeCount('ConntrackNearLimit', { subject: SUBJECT, used, limit, limitName: LIMIT }, percent);
}

function entryReadings(used: number, limit: number, file: string): readonly Reading[] {
  return [
    { name: 'conntrack_entries', value: used, unit: 'count', source: `/${file}` },
    { name: 'conntrack_limit', value: limit, unit: 'count', source: `/${MAX_FILE}` },
  ];
}

/** Counters that are told; what each means stands in net/netfilter/nf_conntrack_core.c. */
const TOLD = ['drop', 'insert_failed', 'invalid', 'early_drop'] as const;

/** Counters at one look, and whether it found a loss. */
interface Memo {
  readonly drop: bigint;
  readonly insertFailed: bigint;
  readonly invalid: bigint;
  readonly isLosing: boolean;
}

/** Pure. Without a usable memo (first look of a boot) the counters are only remembered. */
export function judge(stat: NetStat, limit: number, percent: number, memo: unknown): Look {
  const before = rememberedOf(memo);
  const now = { drop: stat.sum('drop') ?? 0n, insertFailed: stat.sum('insert_failed') ?? 0n, invalid: stat.sum('invalid') ?? 0n };
  const isLosing = before !== undefined && lostBetween(before, now) > 0n;
  return {
    verdicts: [
      judgeEntries(stat.entries, limit, percent),
      // Over two looks: a table that overflows in bursts is full again and again, and between them as well.
      ...(isLosing || before?.isLosing === true ? [problem('ConntrackNearLimit', LOST, `${LOST}: dropped for want of an entry (${LIMIT} is ${limit})`)] : []),
    ],
    memo: { drop: String(now.drop), insertFailed: String(now.insertFailed), invalid: String(now.invalid), isLosing },
    readings: [
      ...entryReadings(stat.entries, limit, STAT_FILE),
      ...TOLD.map((name) => ({ name: `conntrack_${name}`, value: String(stat.sum(name) ?? 0n), unit: 'count', source: `/${STAT_FILE}` })),
    ],
  };
}

/**
 * Packets that were dropped for want of an entry. `drop` counts these, and also the loser of a race between two equal
 * packets, which is the fate of many a DNS question and counts as `insert_failed` too, and TCP packets that do not fit,
 * which count as `invalid` too. So what is left over is certain; what these hide is told by the number of entries.
 */
function lostBetween(before: Omit<Memo, 'isLosing'>, now: Omit<Memo, 'isLosing'>): bigint {
  const others = grown(before.insertFailed, now.insertFailed) + grown(before.invalid, now.invalid);
  const dropped = grown(before.drop, now.drop);
  return dropped > others ? dropped - others : 0n;
}

/** The kernel counts in 32 bits per CPU. What went back by more than half of that has begun anew with the module. */
function grown(before: bigint, now: bigint): bigint {
  const difference = BigInt.asUintN(32, now - before);
  return difference < 2n ** 31n ? difference : 0n;
}

function rememberedOf(memo: unknown): Memo | undefined {
  if (!isRecord(memo)) return undefined;
  const [drop, insertFailed, invalid] = ['drop', 'insertFailed', 'invalid'].map((name) => counterOf(memo[name]));
  if (drop === undefined || insertFailed === undefined || invalid === undefined) return undefined;
  return { drop, insertFailed, invalid, isLosing: memo['isLosing'] === true };
}
