import { isCount, isRecord } from '../../core/decode.ts';

/** Correctable errors by the place that they were counted for; places without any are left out. */
export type Counts = ReadonlyMap<string, number>;

/** What was counted at a moment. */
export interface Snapshot {
  readonly uptimeMs: number;
  readonly counts: Counts;
}

/** What is kept between looks of one boot. */
export interface ErrorHistory {
  /** Oldest first, of the last hour, some minutes apart. */
  readonly snapshots: readonly Snapshot[];
  /** What was told as an event, or need not be, since it was there before. */
  readonly told: Snapshot;
}

const MINUTE_MS = 60_000;
const WINDOW_MS = 60 * MINUTE_MS;
const STEP_MS = 5 * MINUTE_MS;

/** A node with errors in more places has other troubles; only the places that have most are kept. */
const MOST_PLACES = 64;

/** How much each place grew within the last hour, or since the first look of this boot where that is less. Pure. */
export function growthWithinHour(history: ErrorHistory | undefined, now: Snapshot): Counts {
  const oldest = history?.snapshots.find(({ uptimeMs }) => uptimeMs >= now.uptimeMs - WINDOW_MS);
  return oldest === undefined ? new Map() : growth(oldest.counts, now.counts);
}

/** How much each place grew. A count that is lower than before began anew: its driver was loaded again, or somebody reset it. Pure. */
export function growth(before: Counts, now: Counts): Counts {
  const grown = [...now].map(([place, count]) => {
    const old = before.get(place) ?? 0;
    return [place, count < old ? count : count - old] as const;
  });
  return new Map(grown.filter(([, more]) => more > 0));
}

/** Is it time to tell of growth again? Pure. */
export function mayTell(history: ErrorHistory | undefined, { uptimeMs }: Snapshot): boolean {
  return history !== undefined && uptimeMs >= history.told.uptimeMs + WINDOW_MS;
}

/** With what is seen now. Pure. */
export function remember(history: ErrorHistory | undefined, now: Snapshot, isTold: boolean): ErrorHistory {
  const kept = { uptimeMs: now.uptimeMs, counts: new Map([...now.counts].toSorted((a, b) => b[1] - a[1]).slice(0, MOST_PLACES)) };
  const before = (history?.snapshots ?? []).filter(({ uptimeMs }) => uptimeMs >= now.uptimeMs - WINDOW_MS && uptimeMs <= now.uptimeMs);
  const isDue = (before.at(-1)?.uptimeMs ?? -STEP_MS) <= now.uptimeMs - STEP_MS;
  // Before the first event an hour need not pass.
  const told = isTold ? kept : history?.told ?? { uptimeMs: now.uptimeMs - WINDOW_MS, counts: kept.counts };
  return { snapshots: isDue ? [...before, kept] : before, told };
}

/** As JSON. Pure. */
export function encodeHistory({ snapshots, told }: ErrorHistory): unknown {
  return { snapshots: snapshots.map(encodeSnapshot), told: encodeSnapshot(told) };
}

function encodeSnapshot({ uptimeMs, counts }: Snapshot): unknown {
  return { uptimeMs, counts: Object.fromEntries(counts) };
}

/** A memo as it was kept, or undefined for anything else. Pure. */
export function decodeHistory(memo: unknown): ErrorHistory | undefined {
  if (!isRecord(memo) || !Array.isArray(memo['snapshots'])) return undefined;
  const snapshots = memo['snapshots'].map(decodeSnapshot).filter((snapshot) => snapshot !== undefined);
  const told = decodeSnapshot(memo['told']);
  return told === undefined || snapshots.length !== memo['snapshots'].length ? undefined : { snapshots, told };
}

function decodeSnapshot(value: unknown): Snapshot | undefined {
  if (!isRecord(value) || !isRecord(value['counts']) || !Number.isSafeInteger(value['uptimeMs'])) return undefined;
  const counts = Object.entries(value['counts']);
  if (counts.length > MOST_PLACES || !counts.every(([, count]) => isCount(count))) return undefined;
  return { uptimeMs: Number(value['uptimeMs']), counts: new Map(counts.map(([place, count]) => [place, Number(count)])) };
}
