import { isCount, isRecord } from '../../core/decode.ts';

/** A port as it is remembered: `tcp/22@all`, and in words for people. */
export interface NamedPort {
  readonly key: string;
  readonly text: string;
}

/** What this machine usually listens on; outlives boots. */
interface Baseline {
  /** Looks up to now, as long as they only learn. */
  readonly looks: number;
  /** Days on which it was looked, and the last of them by the calendar: a node that was switched off has missed nothing, nor has one whose clock was set. */
  readonly days: number;
  readonly date: number;
  /** By `days`, when each was last seen. */
  readonly known: ReadonlyMap<string, number>;
}

interface Memo {
  /** Seen by the last look for the first time. */
  readonly candidates: ReadonlySet<string>;
  /** Not yet told, and how many more of them there were. */
  readonly pending: readonly NamedPort[];
  readonly more: number;
  /** Looks until something may be told again, and how many there were after the last time. */
  readonly left: number;
  readonly wait: number;
}

export interface Learned {
  /** To be told now: ports that listen and did not before. */
  readonly news: readonly NamedPort[];
  /** Further ones, of which only the number was kept. */
  readonly more: number;
  readonly memo: unknown;
  readonly baseline: unknown;
}

/** Services and DaemonSets of a node that was just set up come within some minutes; after that somebody added something. */
const LEARNING_LOOKS = 10;

/** What comes again after a week of looks is news again. */
const FORGET_DAYS = 7;

/** A node listens on some dozens. */
const MOST_KNOWN = 256;

/** Named in one event. */
const MOST_PENDING = 20;

/** Looks of a minute: after something was told, further news wait and are told together, for twice as long each time, four hours at most. */
const WAIT = { first: 5, most: 240 } as const;

/**
 * Learns what listens, and says what is new: it was there at two looks, and not in the week before. The first looks of
 * all only learn. However many ports come and go, few events are told. Pure; whatever was kept and is not understood counts
 * as not kept.
 *
 * @param date days since 1970
 */
export function learn(present: readonly NamedPort[], kept: { readonly memo: unknown; readonly baseline: unknown }, date: number): Learned {
  const { looks, days, date: lastDate, known } = readBaseline(kept.baseline);
  const today = date === lastDate ? days : days + 1;
  const before = readMemo(kept.memo);
  const next = new Map([...known].filter(([, day]) => today - day <= FORGET_DAYS));
  for (const { key } of present) if (next.has(key)) next.set(key, today);
  const isLearning = looks < LEARNING_LOOKS;
  const unknown = present.filter(({ key }) => !next.has(key));
  const learned = unknown.filter(({ key }) => (isLearning || before.candidates.has(key)) && remember(next, key, today));
  const fresh = isLearning ? [] : learned;
  const waiting = [...before.pending, ...fresh];
  const pending = waiting.slice(0, MOST_PENDING);
  const more = before.more + waiting.length - pending.length;
  const isTold = before.left === 0 && pending.length > 0;
  const candidates = unknown.filter((port) => !learned.includes(port)).slice(0, MOST_KNOWN).map(({ key }) => key);
  const told = isTold ? { pending: [], more: 0 } : { pending, more };
  return {
    news: isTold ? pending : [],
    more: isTold ? more : 0,
    memo: { candidates, ...told, ...nextWait(before, isTold) },
    baseline: { looks: Math.min(looks + 1, LEARNING_LOOKS), days: today, date, known: Object.fromEntries(next) },
  };
}

function nextWait({ left, wait }: Memo, isTold: boolean): Pick<Memo, 'left' | 'wait'> {
  if (left > 0) return { left: left - 1, wait };
  if (!isTold) return { left: 0, wait: 0 };
  const longer = wait === 0 ? WAIT.first : Math.min(2 * wait, WAIT.most);
  return { left: longer, wait: longer };
}

/** Makes room by what was not seen for longest, and not today; without room nothing is remembered, nor told again and again. */
function remember(known: Map<string, number>, key: string, today: number): boolean {
  if (known.size >= MOST_KNOWN) {
    const [oldest] = [...known].toSorted(([, a], [, b]) => a - b);
    if (oldest === undefined || oldest[1] >= today) return false;
    known.delete(oldest[0]);
  }
  known.set(key, today);
  return true;
}

function readBaseline(baseline: unknown): Baseline {
  const { looks, days, date, known } = isRecord(baseline) ? baseline : {};
  if (!isCount(looks) || !isCount(days) || !isCount(date) || !isRecord(known)) return { looks: 0, days: 0, date: 0, known: new Map() };
  const seen = Object.entries(known).flatMap(([key, day]): readonly [string, number][] => (isCount(day) && day <= days ? [[key, day]] : []));
  return { looks, days, date, known: new Map(seen.slice(0, MOST_KNOWN)) };
}

function readMemo(memo: unknown): Memo {
  const { candidates, pending, more, left, wait } = isRecord(memo) ? memo : {};
  return {
    candidates: new Set(Array.isArray(candidates) ? candidates.filter((key) => typeof key === 'string').slice(0, MOST_KNOWN) : []),
    pending: Array.isArray(pending) ? pending.filter(isNamedPort).slice(0, MOST_PENDING) : [],
    more: isCount(more) ? more : 0,
    left: isCount(left) ? Math.min(left, WAIT.most) : 0,
    wait: isCount(wait) ? Math.min(wait, WAIT.most) : 0,
  };
}

function isNamedPort(value: unknown): value is NamedPort {
  return isRecord(value) && typeof value['key'] === 'string' && typeof value['text'] === 'string';
}
