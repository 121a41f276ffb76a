import { neverLooked } from './report/observe.ts';
import { SAVED_FIELDS, saveReport, troublesOf } from './report/save.ts';
import type { Moment, ReportPlan, ReportState } from './report/state.ts';

export interface SaverOptions {
  readonly plan: ReportPlan;
  readonly bootId: string;
  /** What the state file holds now, if there is one. */
  readonly savedText: string | undefined;
  readonly onSave: (text: string) => void;
}

/** Decides when the state is worth writing. */
export interface Saver {
  /** The state as it is now; `isLast` when there will be no other chance. Throws what `onSave` throws: then it counts as unsaved. */
  readonly offer: (state: ReportState, now: Moment, isLast?: boolean) => void;
  /** Another process has written the file meanwhile. */
  readonly replaced: (text: string) => void;
}

/**
 * Memos hold counters of the kernel that grow with nearly every look, and a write costs a child process and a block of the
 * disk. One that is five minutes old does little harm: the successor compares over a longer time.
 */
const MEMOS_EVERY_MS = 5 * 60_000;

/** Writes at once what people were told or will be, and what is only remembered now and then. */
export function createSaver({ plan, bootId, savedText, onSave }: SaverOptions): Saver {
  let text = savedText;
  /** When the file last said all of it, as far as anybody has looked. */
  let savedAtMs = -Infinity;
  /** What the file tells, but for what checks remember. */
  let told: Told | undefined;
  return {
    offer(state, now, isLast = false) {
      const isTimeForMemos = isLast || now.monotonicMs - savedAtMs >= MEMOS_EVERY_MS;
      const offered = { state, troubles: troublesText(plan, state, now) };
      if (!isTimeForMemos && told !== undefined && isAlike(told, offered)) return;
      told = undefined;
      const next = saveReport(plan, state, bootId, now);
      if (next !== text) onSave(next);
      [text, told, savedAtMs] = [next, offered, now.monotonicMs];
    },
    replaced(by) {
      [text, told] = [by, undefined];
    },
  };
}

/** To see whether two states are told alike without making their texts, which would be a good part of what a look costs. */
interface Told {
  readonly state: ReportState;
  readonly troubles: string;
}

/** Of the few checks that have any. They alone change with time. */
function troublesText(plan: ReportPlan, { checks }: ReportState, now: Moment): string {
  const troubles = plan.checks.flatMap((check) => {
    const { findings, gaps } = troublesOf({ plan: check, state: checks.get(check.name) ?? neverLooked }, now);
    return findings.length + gaps.length > 0 ? [check.name, findings, gaps] : [];
  });
  return troubles.length > 0 ? JSON.stringify(troubles) : '';
}

/** But for memos and baselines the texts of the two are the same. */
function isAlike(one: Told, other: Told): boolean {
  return one.state.conditions === other.state.conditions && one.state.queue === other.state.queue && one.troubles === other.troubles
    && one.state.checks.entries().every(([name, check]) => {
      const now = other.state.checks.get(name);
      return check === now || (now !== undefined && SAVED_FIELDS.every((key) => check[key] === now[key]));
    });
}
