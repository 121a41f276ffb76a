import type { Check, Look } from '../../core/check.ts';
import { isRecord } from '../../core/decode.ts';
import { lookAtEach } from '../../core/parts.ts';
import { type Verdict, healthy, notApplicable, problem } from '../../core/verdict.ts';
import { countPermanentArp } from '../../linux/proc/arp.ts';
import { type NetStat, parseNetStat } from '../../linux/proc/net-stat.ts';
import { isAtLeast, parseOsrelease } from '../../linux/proc/osrelease.ts';
import { parseNumberFile } from '../../linux/proc/sysctl.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { whyNone } from '../limits/hidden.ts';
import { counterOf } from '../limits/memo.ts';
import { judgeCount } from '../limits/near.ts';
import type { HostSettings } from '../settings.ts';

/** One of the two tables; each is one for all network namespaces of the host, and so is its limit. */
interface Table {
  readonly subject: string;
  /** Only PID 1's file counts, and it exists only in the initial network namespace. */
  readonly statFile: string;
  readonly limitFile: string;
  readonly limitName: string;
  readonly overflow: string;
  /** Entries of the host's network namespace one by one, where a file tells them. */
  readonly entriesFile?: string;
}

export const TABLES: readonly [Table, Table] = [
  {
    subject: 'ARP table',
    statFile: 'proc/1/net/stat/arp_cache',
    limitFile: 'proc/sys/net/ipv4/neigh/default/gc_thresh3',
    limitName: 'net.ipv4.neigh.default.gc_thresh3',
    overflow: 'ARP table overflow',
    entriesFile: 'proc/1/net/arp',
  },
  {
    subject: 'IPv6 neighbour table',
    statFile: 'proc/1/net/stat/ndisc_cache',
    limitFile: 'proc/sys/net/ipv6/neigh/default/gc_thresh3',
    limitName: 'net.ipv6.neigh.default.gc_thresh3',
    overflow: 'IPv6 neighbour table overflow',
  },
];

/**
 * Is there room for further neighbours? The limit can be read in the initial network namespace alone; that a table has
 * overflowed is counted by the kernel, and told everywhere.
 */
export const neighbours: Check<HostSettings> = {
  name: 'neighbours',
  condition: 'KernelLimitNear',
  periodMs: 30_000,
  timeoutMs: 5_000,
  look({ root, settings: { neighboursMaxPercent }, memo }) {
    const next: Record<string, unknown> = {};
    const parts = TABLES.map((table): [string, () => Look] => [
      table.subject,
      () => {
        const look = lookAtTable(root, table, neighboursMaxPercent, isRecord(memo) ? memo[table.subject] : undefined);
        next[table.subject] = look.memo;
        return look;
      },
    ]);
    return { ...lookAtEach(Object.fromEntries(parts)), memo: next };
  },
};

function lookAtTable(root: string, table: Table, percent: number, memo: unknown): Look {
  const stat = readText(root, table.statFile);
  if (stat.kind === 'absent') return { verdicts: [notApplicable(`${table.subject} (${whyNone(root, table.statFile)})`)] };
  const max = readText(root, table.limitFile);
  const limit = max.kind === 'absent' ? undefined : parseNumberFile(valueOrThrow(max), `/${table.limitFile}`);
  const counts = parseNetStat(valueOrThrow(stat), `/${table.statFile}`);
  return judge(table, counts, { limit, exempt: exemptOf(root, table) }, percent, memo);
}

/**
 * Entries that are in the table and not counted against its limit: since Linux 5.0 the permanent ones are exempt
 * (`neigh_alloc` in net/core/neighbour.c), of which VXLAN networks such as flannel's make one for every other node.
 */
function exemptOf(root: string, { entriesFile }: Table): number {
  if (entriesFile === undefined || !isAtLeast(parseOsrelease(valueOrThrow(readText(root, 'proc/sys/kernel/osrelease'))), 5, 0)) return 0;
  return countPermanentArp(valueOrThrow(readText(root, entriesFile)), `/${entriesFile}`);
}

export interface Room {
  /** gc_thresh3, where it is visible. */
  readonly limit: number | undefined;
  readonly exempt: number;
}

/** Pure. Without a usable memo (first look of a boot) the counters are only remembered. */
export function judge(table: Table, stat: NetStat, { limit, exempt }: Room, percent: number, memo: unknown): Look {
  const source = `/${table.statFile}`;
  const before = rememberedOf(memo);
  const [cleanings, overflows] = [stat.sum('forced_gc_runs') ?? 0n, stat.sum('table_fulls')];
  const isOverflowing = before !== undefined && (overflows ?? 0n) > before.overflows;
  const used = Math.max(0, stat.entries - exempt);
  return {
    verdicts: [
      ...judgeRoom(table, { limit, used }, percent, before === undefined || cleanings > before.cleanings),
      // Over two looks: a table that overflows in bursts is full again and again, and between them as well.
      ...(isOverflowing || before?.isOverflowing === true
        ? [problem('NeighbourTableNearLimit', table.overflow, `${table.overflow}: no room for further neighbours (${table.limitName})`)]
        : []),
    ],
    memo: { cleanings: String(cleanings), overflows: String(overflows ?? 0n), isOverflowing },
    readings: [
      { name: 'neighbours', subject: table.subject, value: stat.entries, unit: 'count', source },
      ...(table.entriesFile === undefined ? [] : [{ name: 'neighbours_exempt', subject: table.subject, value: exempt, unit: 'count', source: `/${table.entriesFile}` }]),
      ...(limit === undefined ? [] : [{ name: 'neighbours_limit', subject: table.subject, value: limit, unit: 'count', source: `/${table.limitFile}` }]),
      ...(overflows === undefined ? [] : [{ name: 'neighbours_overflows', subject: table.subject, value: String(overflows), unit: 'count', source }]),
    ],
  };
}

/**
 * Above gc_thresh2, which is half of gc_thresh3 by default, the kernel makes room whenever a neighbour is added. Where it has
 * not done so since the last look, what fills the table is exempt from the limit, or nobody asks for more.
 */
function judgeRoom({ subject, limitName }: Table, { limit, used }: Usage, percent: number, isCleaning: boolean): readonly Verdict[] {
  // It is judged, though only by overflow.
  if (limit === undefined) return [healthy, notApplicable(`${subject} but for overflow (gc_thresh3 needs hostNetwork)`)];
  return [isCleaning ? judgeCount('NeighbourTableNearLimit', { subject, used, limit, limitName }, percent) : healthy];
}

interface Usage {
  readonly limit: number | undefined;
  readonly used: number;
}

interface Memo {
  readonly cleanings: bigint;
  readonly overflows: bigint;
  readonly isOverflowing: boolean;
}

function rememberedOf(memo: unknown): Memo | undefined {
  if (!isRecord(memo)) return undefined;
  const [cleanings, overflows] = [counterOf(memo['cleanings']), counterOf(memo['overflows'])];
  if (cleanings === undefined || overflows === undefined) return undefined;
  return { cleanings, overflows, isOverflowing: memo['isOverflowing'] === true };
}
