import type { Check, Look } from '../../core/check.ts';
import { isRecord, parseCounter } from '../../core/decode.ts';
import { healthy, notApplicable } from '../../core/verdict.ts';
import { type Vmstat, parseVmstat } from '../../linux/proc/vmstat.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { createSlices } from '../../linux/slices.ts';
import { countInGroups } from '../oom/count.ts';
import { type Counting, type Kills, type Tally, killsSince, readTally, tallyOf, writtenTally } from '../oom/tally.ts';
import { oomEvents } from '../oom/tell.ts';
import type { HostSettings } from '../settings.ts';

const SOURCE = '/proc/vmstat';

const NAMES_TIMEOUT_MS = 500;

/** A kill while the groups are read would be counted in one of the two places only; three in a row are a storm, of which little depends on one. */
const MOST_ROUNDS = 3;

/**
 * Tells OOM kills as events. The counter runs since boot, so only its growth since the last look is news; and only when it has
 * grown are the control groups asked whose processes these were, without the kernel's log. A Pod's group outlives its containers.
 */
export const oomKills: Check<HostSettings> = {
  name: 'oom-kills',
  condition: 'MemoryPressureHigh',
  periodMs: 30_000,
  timeoutMs: 5_000,
  look({ root, memo, signal }) {
    const vmstat = readVmstat(root);
    const before = rememberedOf(memo);
    const { oomKills: now } = vmstat;
    if (now === undefined) return judge(vmstat, before);
    if (now === 0n) return judge(vmstat, before, { tally: new Map(), kills: [], podNames: new Map() });
    // Nothing new, and what the groups count is known.
    if (now === before?.count && before.tally !== undefined) return judge(vmstat, before, { tally: before.tally, kills: [], podNames: new Map() });
    return lookAtGroups(root, before, signal);
  },
};

function readVmstat(root: string): Vmstat {
  return parseVmstat(valueOrThrow(readText(root, 'proc/vmstat')));
}

async function lookAtGroups(root: string, before: Remembered | undefined, signal: AbortSignal): Promise<Look> {
  const slices = createSlices(signal);
  let [vmstat, counting]: [Vmstat, readonly Counting[]] = [readVmstat(root), []];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const earlier = vmstat.oomKills;
    counting = await countInGroups(root, slices);
    vmstat = readVmstat(root);
    if (vmstat.oomKills === earlier) break;
  }
  const kills = before?.tally === undefined ? [] : killsSince(before.tally, counting);
  return judge(vmstat, before, { tally: tallyOf(counting), kills, podNames: await namesFor(root, kills, signal) });
}

async function namesFor(root: string, kills: readonly Kills[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  if (kills.every(({ group }) => group.pod === undefined)) return new Map();
  const { readPodNames } = await import('../../linux/pod-names.ts');
  return await readPodNames(root, { timeoutMs: NAMES_TIMEOUT_MS, signal });
}

/** What the control groups tell. */
interface Found {
  readonly tally: Tally;
  readonly kills: readonly Kills[];
  readonly podNames: ReadonlyMap<string, string>;
}

/** Pure. Without a usable memo (first look of a boot) the counters are only remembered. */
export function judge({ oomKills: now }: Vmstat, before: Remembered | undefined, found?: Found): Look {
  if (now === undefined) return { verdicts: [notApplicable('this kernel (before 4.13) does not count OOM kills')] };
  const last = before?.count ?? now;
  return {
    verdicts: [healthy],
    events: now > last ? oomEvents(now - last, found?.kills ?? [], found?.podNames ?? new Map()) : [],
    memo: { oomKills: String(now), ...(found !== undefined && { groups: writtenTally(found.tally) }) },
    readings: [{ name: 'oom_kills_since_boot', value: String(now), unit: 'count', source: SOURCE }],
  };
}

interface Remembered {
  readonly count: bigint;
  /** Undefined where the groups were not asked yet: then what they count may be old. */
  readonly tally: Tally | undefined;
}

/** Of a memo; undefined for one that cannot be used. */
export function rememberedOf(memo: unknown): Remembered | undefined {
  if (!isRecord(memo) || typeof memo['oomKills'] !== 'string' || !/^[0-9]{1,20}$/.test(memo['oomKills'])) return undefined;
  return { count: parseCounter(memo['oomKills'], 'memo'), tally: readTally(memo['groups']) };
}
